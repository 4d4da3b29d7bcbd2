//! SG110: a flag for hardware that the replica does not have.

use serde_json::Value;

use super::{Lint, attention, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG110",
    title: "a flag needs hardware that is absent",
    severity: Severity::Error,
    why: "Flags written for large accelerators leak into a small environment when it is merged over them. DeepEP's kernels \
          are built for compute capability 9.0 and newer, attention backends for some generations each, and flags that name \
          RDMA devices need a pod that has some: the server ends when it starts.",
    instead: "take the flag out in this environment: `without = [\"flags.…\"]`",
    example: "[gpu]\nproduct = \"l4\"\n[flags]\nmoe-a2a-backend = \"deepep\"",
    quiet: "[gpu]\nproduct = \"h200\"\n[flags]\nmoe-a2a-backend = \"deepep\"",
};

/// The first capability that the image has DeepEP for.
const DEEPEP: u32 = 90;
/// Flags that name RDMA devices.
const RDMA: &[&str] = &["disaggregation-ib-device", "mooncake-ib-device"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let backend = plan.flags.get("moe-a2a-backend").and_then(Value::as_str);
    if backend.is_some_and(|it| it.starts_with("deepep")) {
        problems.extend(deepep(plan));
    }
    let release = plan.image.flags_as_of();
    for (flag, message) in attention::misplaced(plan, release) {
        // What newer releases check is not known, and backends learn to run on more.
        problems.push(Problem { severity: release.severity(), ..problem(plan, flag, message) });
    }
    for name in RDMA.iter().filter(|it| plan.flags.get(it).is_some()) {
        problems.extend(rdma(plan, name));
    }
}

fn deepep(plan: &Plan<'_>) -> Option<Problem> {
    let compute = plan.gpu.compute?;
    if compute.capability().is_some_and(|it| it >= DEEPEP) {
        return None;
    }
    let message = format!("DeepEP is built for sm90 and newer, and `{}` is {compute}", plan.gpu.label);
    Some(problem(plan, "moe-a2a-backend", message))
}

/// No key of the grammar asks for RDMA yet, so a patch must.
fn rdma(plan: &Plan<'_>, name: &str) -> Option<Problem> {
    let asks = |it: &str| ["rdma/", "/efa", "/rdma", "/ib"].iter().any(|word| it.contains(word));
    let is_patched = patches::leaves(plan).iter().any(|it| it.path.iter().any(|key| asks(key)));
    (!is_patched)
        .then(|| problem(plan, name, format!("`flags.{name}` names RDMA devices, and the pod asks for none")))
}

fn problem(plan: &Plan<'_>, name: &str, message: String) -> Problem {
    let key = format!("flags.{name}");
    let help = match plan.environment {
        Some(environment) => format!(
            "drop this line; or, if other environments need it, write `without = [\"{key}\"]` in `[env.{environment}]`"
        ),
        None => "drop this line".to_owned(),
    };
    LINT.problem(message).at(plan.keys.near(&key)).help(help)
}
