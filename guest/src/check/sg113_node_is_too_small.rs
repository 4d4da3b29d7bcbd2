//! SG113: more accelerators than nodes have.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG113",
    title: "no node has so many accelerators",
    severity: Severity::Warning,
    why: "A replica is one pod on one node, and nodes with more than eight accelerators are rare: the pod waits for one for \
          ever, and a cluster autoscaler adds none.",
    instead: "at most eight, and larger ones or weights of fewer bits; replicas of several nodes are not built yet",
    example: "[gpu]\ncount = 16",
    quiet: "[gpu]\ncount = 8",
};

/// What the largest usual machines have.
const USUAL: u32 = 8;

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let count = plan.gpu.count;
    if count <= USUAL || plan.gpu.slice.is_some() {
        return;
    }
    let message =
        format!("a replica asks one node for {count} accelerators, and few nodes have more than {USUAL}");
    let help = "write `count = 8` or less, and choose a larger `product`, or weights of fewer bits";
    problems.push(LINT.problem(message).at(plan.keys.near("gpu.count")).help(help));
}
