//! SG303: a server is killed while it still loads.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG303",
    title: "the time to start is short",
    severity: Severity::Warning,
    why: "The kubelet kills a server that is not ready in time, and the next one starts from nothing: it never gets \
          further. The estimate is downloading, loading and capturing graphs, doubled, since networks and disks differ.",
    instead: "more minutes, or no line at all: the estimate is the default",
    example: "[probes]\nstartup-minutes = 5",
    quiet: "[probes]\nstartup-minutes = 30",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let (given, estimate) = (plan.times.startup, plan.times.estimate);
    if given >= estimate {
        return;
    }
    let minutes = estimate.div_ceil(60);
    let weights = plan.model.weights_gib.unwrap_or_default();
    let message =
        format!("a start may take {} minutes, and {weights:.0} GiB of weights ask for {minutes}", given / 60);
    let help = format!("write `startup-minutes = {minutes}`, or drop the line");
    problems.push(LINT.problem(message).at(plan.keys.near("probes.startup-minutes")).help(help));
}
