//! SG302: a probe that gives up before `/health` can answer.

use super::{Lint, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG302",
    title: "a probe gives up after a second",
    severity: Severity::Error,
    why: "`/health` lets the scheduler compute a token, and answers after a second at the earliest; a busy server takes \
          longer. A probe that gives up before never finds it healthy: it restarts, or gets no calls, for ever.",
    instead: "no patch of it: 5 s for the start, 10 s for readiness and 25 s for liveness are written out",
    example: "[patch.Deployment.spec.template.spec]\n\
              containers = [{ name = \"server\", livenessProbe = { timeoutSeconds = 1 } }]",
    quiet: "[patch.Deployment.spec.template.spec]\n\
            containers = [{ name = \"server\", livenessProbe = { timeoutSeconds = 30 } }]",
};

/// SGLang's own container.
const CONTAINER: &str = "server";
const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];
/// As long as `/health` takes at the least, in seconds.
const LEAST_SECONDS: i64 = 1;

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    for (patched, seconds) in patches::numbers(plan, "timeoutSeconds") {
        let [.., probe, _] = patched.path[..] else { continue };
        // What another container's probe asks, nobody here knows.
        let is_own = patched.item == Some(CONTAINER);
        if is_own && PROBES.contains(&probe) && seconds <= LEAST_SECONDS {
            let message =
                format!("a patch lets `{probe}` give up after {seconds} s, before `/health` answers");
            problems.push(LINT.problem(message).at(patched.node.place()).help("drop this line"));
        }
    }
}
