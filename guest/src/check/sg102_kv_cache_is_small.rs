//! SG102: the KV cache holds less than one request may need.

use super::{Lint, fitting};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG102",
    title: "the KV cache is smaller than the context",
    severity: Severity::Warning,
    why: "A request that needs more tokens than the whole KV cache holds is refused, however long the context is said to \
          be; and with fewer than 8192 tokens hardly two requests run at once.",
    instead: "a context that fits, or more room for the cache; the help line names the smallest changes",
    example: "[gpu]\nproduct = \"l4\"",
    quiet: "[gpu]\nproduct = \"l4\"\ncount = 2",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(fit) = plan.fit.filter(|it| it.kv_gib_per_gpu > 0.0) else { return };
    let (Some(held), Some(context)) = (fit.kv_tokens, fitting::context(plan)) else { return };
    if held >= context.max(fitting::LEAST_TOKENS) {
        return;
    }
    let than = if held < context {
        format!("the context of {context}")
    } else {
        "8192, which is little for several requests".to_owned()
    };
    let message = format!(
        "the KV cache holds {held} tokens, fewer than {than}: {:.1} GiB on each {} beside {:.1} GiB of weights",
        fit.kv_gib_per_gpu,
        fitting::device(plan),
        fit.weights_per_gpu_gib,
    );
    let at = plan.keys.at("model.context").or_else(|| plan.keys.near("gpu.product"));
    problems.push(LINT.problem(message).at(at).help(help(plan, held, context)));
}

fn help(plan: &Plan<'_>, held: u32, context: u32) -> String {
    let shorter = fitting::trained(plan).map_or(held, |it| held.min(it)) / 1024 * 1024;
    let shorter = (fitting::LEAST_TOKENS..context)
        .contains(&shorter)
        .then(|| format!("`context = {shorter}` in `[model]`"));
    let larger = fitting::choices(plan, context.max(fitting::LEAST_TOKENS));
    match (shorter, larger) {
        (Some(shorter), Some(larger)) => format!("write {shorter}, or {larger}"),
        (Some(only), None) | (None, Some(only)) => format!("write {only}"),
        (None, None) => "choose larger accelerators or more of them, or weights of fewer bits".into(),
    }
}
