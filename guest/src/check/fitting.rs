//! What to change so that a model fits, for the lints that say that it does not.

use crate::catalog::sizing::{Choice, Search};
use crate::derive::{Plan, gpu};

/// As many choices as a help line names.
const NAMED: usize = 3;
/// A KV cache for fewer tokens serves hardly more than one request.
pub(super) const LEAST_TOKENS: u32 = 8192;

/// The smallest changes after which the KV cache holds so many tokens: "`count = 2` in `[gpu]`, or …".
pub(super) fn choices(plan: &Plan<'_>, tokens: u32) -> Option<String> {
    let load = gpu::load(plan.spec, &plan.gpu, &plan.model, plan.parallel)?;
    let whole = plan.gpu.known.filter(|_| plan.gpu.slice.is_none());
    let found = Search { load, gpu: whole, dp: plan.parallel.dp, tokens }.choices();
    let found: Vec<String> = found.iter().take(NAMED).map(Choice::to_string).collect();
    (!found.is_empty()).then(|| found.join(", or "))
}

/// The context that requests may have: the spec's own, or what the model was trained for.
pub(super) fn context(plan: &Plan<'_>) -> Option<u32> {
    plan.spec.model.context.or_else(|| trained(plan))
}

/// The context that the model was trained for. One that is only like another model may have been trained for more.
pub(super) fn trained(plan: &Plan<'_>) -> Option<u32> {
    plan.model.known.filter(|_| plan.spec.model.like.is_none()).map(|it| it.context)
}

/// What messages call the model.
pub(super) fn model<'a>(plan: &Plan<'a>) -> &'a str {
    plan.spec.model.id.as_ref().map_or("the model", |it| it.as_str())
}

/// What messages call one accelerator, or the slice of it that is used.
pub(super) fn device(plan: &Plan<'_>) -> String {
    match &plan.gpu.slice {
        Some(slice) => format!("`{slice}` of `{}`", plan.gpu.label),
        None => format!("`{}`", plan.gpu.label),
    }
}
