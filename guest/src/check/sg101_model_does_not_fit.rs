//! SG101: the weights leave no room for a KV cache.

use super::{Lint, fitting};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG101",
    title: "the model does not fit its accelerators",
    severity: Severity::Error,
    why: "SGLang sets memory aside for activations and captured graphs, loads the weights, and gives the KV cache what is \
          left. If nothing is left, the server ends with an out-of-memory error after minutes of loading, again and again. \
          Weights that it quantizes itself are first loaded as they were published.",
    instead: "a larger accelerator, more of them, or weights of fewer bits; the help line names the smallest changes",
    example: "[gpu]\nproduct = \"t4\"",
    quiet: "[gpu]\nproduct = \"a100-40gb\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(fit) = plan.fit.filter(|it| !it.is_possible()) else { return };
    let (model, device) = (fitting::model(plan), fitting::device(plan));
    let message = if fit.kv_gib_per_gpu <= 0.0 {
        format!(
            "{model} does not fit: {:.1} GiB of weights on each {device}, of which weights and KV cache get {:.1} GiB",
            fit.weights_per_gpu_gib, fit.usable_gib,
        )
    } else {
        format!(
            "{model} cannot be loaded: each {device} has {:.1} GiB, and gets {:.1} GiB of weights before SGLang makes them smaller",
            fit.memory_gib, fit.loading_gib,
        )
    };
    problems.push(LINT.problem(message).at(plan.keys.near("gpu.product")).help(help(plan)));
}

fn help(plan: &Plan<'_>) -> String {
    let tokens = plan.spec.model.context.unwrap_or_default().max(fitting::LEAST_TOKENS);
    match fitting::choices(plan, tokens) {
        Some(choices) => format!("write {choices}"),
        None if plan.gpu.slice.is_some() => "choose a larger slice, or a whole device: drop `via`".into(),
        None => "no single change is enough: choose larger accelerators and more of them, or weights of fewer bits".into(),
    }
}
