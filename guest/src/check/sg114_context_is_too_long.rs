//! SG114: a context that the model was not trained for.

use super::{Lint, fitting};
use crate::catalog::flags::Release;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::derive::model::Source;
use crate::spec::Variable;

pub(super) const LINT: Lint = Lint {
    code: "SG114",
    title: "the context is longer than the model's",
    severity: Severity::Error,
    why: "SGLang reads the longest context out of the model's own configuration and does not start with a longer one. It \
          can be told to, with `SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN`, and answers beyond what the model was trained \
          for are then often nonsense. Weights of a volume, an image or a bucket may have a configuration of their own, so \
          there it is a warning.",
    instead: "a context of at most the model's, or a model with a longer one; to stretch it, what the model's authors say, \
              and `max_position_embeddings` with it, as `json-model-override-args` in `[flags]`",
    example: "[model]\nid = \"microsoft/phi-4\"\ncontext = 32768",
    quiet: "[model]\nid = \"microsoft/phi-4\"\ncontext = 16384",
};

/// What makes SGLang warn instead: `_derive_context_length` of its `model_config.py`, 0.5.23. The older name is rewritten
/// when it starts.
const ALLOWING: [&str; 2] =
    ["SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN", "SGL_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN"];
/// What SGLang takes for yes: `EnvBool` of its `environ.py`, 0.5.23.
const YES: &[&str] = &["1", "true", "y", "yes"];
/// Models whose context SGLang multiplied by the factor of their linear scaling (`get_context_length`), before 0.5.15.
const MULTIPLIED: &[&str] = &["google/gemma-3-27b-it"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let (Some(context), Some(trained)) = (plan.spec.model.context, fitting::trained(plan)) else { return };
    if context <= trained || is_allowed(plan) || is_overridden(plan) {
        return;
    }
    let message = format!(
        "a context of {context} is longer than the {trained} tokens of `{}`",
        fitting::model(plan).escape_debug()
    );
    let problem = match plan.model.source {
        Source::Hub | Source::ModelScope if !is_multiplied(plan) => LINT.problem(message),
        _ => LINT.warning(message),
    };
    let at = plan.keys.near("model.context");
    problems.push(problem.at(at).help(format!("write `context = {trained}`, or less, in `[model]`")));
}

fn is_allowed(plan: &Plan<'_>) -> bool {
    let mut said = plan.spec.vars.iter().filter(|(name, _)| ALLOWING.contains(&name.as_str()));
    said.any(|(_, value)| match value {
        Variable::Text(text) => YES.contains(&text.to_ascii_lowercase().as_str()),
        Variable::Secret { .. } => true,
    })
}

/// Whether the model's configuration is told another length; scaling alone leaves it as it is.
fn is_overridden(plan: &Plan<'_>) -> bool {
    let arguments = plan.flags.get("json-model-override-args").and_then(serde_json::Value::as_str);
    arguments.is_some_and(|it| it.contains("\"max_position_embeddings\""))
}

fn is_multiplied(plan: &Plan<'_>) -> bool {
    let is_old = plan.image.release.is_some_and(|it| it < Release::new(0, 5, 15));
    is_old && plan.model.known.is_some_and(|it| MULTIPLIED.contains(&it.id))
}
