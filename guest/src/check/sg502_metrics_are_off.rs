//! SG502: a monitor of a server that has no metrics.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG502",
    title: "a monitor, and no metrics",
    severity: Severity::Error,
    why: "Without `enable-metrics`, which is on unless a spec says otherwise, `/metrics` answers 404: Prometheus has a target \
          that is always down, and no alert ever fires.",
    instead: "no line at all, or no `[monitor]`",
    example: "[monitor]\n[network]\nfrom = [\"monitoring\"]\n[flags]\nenable-metrics = false",
    quiet: "[monitor]\n[network]\nfrom = [\"monitoring\"]",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    // A value that is no switch at all has its own problem.
    if plan.spec.monitor.is_none() || plan.flags.get("enable-metrics").is_some() {
        return;
    }
    let problem = LINT.problem("`[monitor]` reads metrics, and `flags.enable-metrics` turns them off");
    let problem = problem
        .at(plan.keys.near("flags.enable-metrics"))
        .related(plan.keys.at("monitor"), "what reads them");
    problems.push(problem.help("drop this line"));
}
