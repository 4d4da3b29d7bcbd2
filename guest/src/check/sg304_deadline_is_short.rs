//! SG304: a rollout that counts as failed while its servers start.

use super::{Lint, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG304",
    title: "the progress deadline is short",
    severity: Severity::Error,
    why: "A rollout that makes no progress for so long counts as failed: Argo CD calls the Application degraded and goes on \
          to no later wave, while the server that it waits for may still load its weights.",
    instead: "no patch of it: the time to stop, the time to start and ten minutes are written out",
    example: "[patch.Deployment.spec]\nprogressDeadlineSeconds = 60",
    quiet: "[patch.Deployment.spec]\nprogressDeadlineSeconds = 3600",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let needed = plan.times.startup;
    for (patched, seconds) in patches::numbers(plan, "progressDeadlineSeconds") {
        if seconds < i64::from(needed) {
            let message =
                format!("a patch calls a rollout failed after {seconds} s, and a start may take {needed} s");
            let help = "drop this line; `probes.startup-minutes` decides both";
            problems.push(LINT.problem(message).at(patched.node.place()).help(help));
        }
    }
}
