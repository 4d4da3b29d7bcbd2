//! SG101: the weights leave no room for a KV cache.

use super::{Lint, fitting};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG101",
    title: "the model does not fit its accelerators",
    severity: Severity::Error,
    why: "SGLang sets memory aside for activations and captured graphs, loads the weights, and gives the KV cache what is \
          left. If nothing is left, the server ends with an out-of-memory error after minutes of loading, again and again.",
    instead: "a larger accelerator, more of them, or weights of fewer bits; the help line names the smallest changes",
    example: "[gpu]\nproduct = \"t4\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(fit) = plan.fit.filter(|it| it.kv_gib_per_gpu <= 0.0) else { return };
    let message = format!(
        "{} does not fit: {:.1} GiB of weights on each {}, of which weights and KV cache get {:.1} GiB",
        fitting::model(plan),
        fit.weights_per_gpu_gib,
        fitting::device(plan),
        fit.usable_gib,
    );
    let tokens = plan.spec.model.context.unwrap_or_default().max(fitting::LEAST_TOKENS);
    let help = match fitting::choices(plan, tokens) {
        Some(choices) => format!("write {choices}"),
        None if plan.gpu.slice.is_some() => "choose a larger slice, or a whole device: drop `via`".into(),
        None => "no single change is enough: choose larger accelerators and more of them, or weights of fewer bits".into(),
    };
    problems.push(LINT.problem(message).at(plan.keys.near("gpu.product")).help(help));
}
