//! SG501: a Service whose name SGLang takes for its settings.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG501",
    title: "the service is called `sglang`",
    severity: Severity::Error,
    why: "Kubernetes gives pods variables named after the Services around them. A Service `sglang` makes `SGLANG_PORT` hold \
          `tcp://…` in every other pod of the namespace, and SGLang reads that variable as a number.",
    instead: "a name that says what is served",
    example: "name = \"sglang\"",
    quiet: "name = \"sglang-chat\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    if plan.name == "sglang" {
        let message = "a service cannot be called `sglang`: it would set `SGLANG_PORT` in its neighbours";
        let help = "choose a name that says what is served, such as `name = \"sglang-chat\"`";
        problems.push(LINT.problem(message).at(plan.keys.near("name")).help(help));
    }
}
