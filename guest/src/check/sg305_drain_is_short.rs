//! SG305: answers are cut when a server stops.

use super::{Lint, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG305",
    title: "the time to drain is short",
    severity: Severity::Warning,
    why: "On SIGTERM SGLang finishes the answers in flight, and looks every 5 seconds whether it has. The kubelet kills it \
          when the grace period ends, and every stream that still runs is cut. Long answers take minutes.",
    instead: "at least as many seconds as the longest answer takes; the grace period follows from it",
    example: "[probes]\ndrain-seconds = 10",
    quiet: "[probes]\ndrain-seconds = 60",
};

/// An answer of a thousand tokens at 30 ms each.
const LEAST_SECONDS: u32 = 30;

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let drain = plan.times.drain;
    if drain < LEAST_SECONDS {
        let message = format!("a server that stops has {drain} seconds for the answers in flight");
        let help = format!("write `drain-seconds = {LEAST_SECONDS}` or more; the default is 300");
        problems.push(LINT.problem(message).at(plan.keys.near("probes.drain-seconds")).help(help));
    }
    let needed = plan.times.grace;
    for (patched, seconds) in patches::numbers(plan, "terminationGracePeriodSeconds") {
        if seconds < i64::from(needed) {
            let message =
                format!("a patch kills the server after {seconds} seconds, and draining asks for {needed}");
            problems.push(
                LINT.problem(message)
                    .at(patched.node.place())
                    .help("drop this line, and write `probes.drain-seconds`"),
            );
        }
    }
}
