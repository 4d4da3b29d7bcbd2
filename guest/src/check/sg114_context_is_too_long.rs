//! SG114: a context that the model was not trained for.

use super::{Lint, fitting};
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
    instead: "a context of at most the model's, or a model with a longer one; to stretch it, the configuration that the \
              model's authors name, as `json-model-override-args` in `[flags]`",
    example: "[model]\nid = \"microsoft/phi-4\"\ncontext = 32768",
};

/// What makes SGLang warn instead: `_derive_context_length` of its `model_config.py`, 0.5.23.
const ALLOWING: &str = "SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN";
/// What SGLang takes for no: `EnvBool` of its `environ.py`, 0.5.23.
const NO: &[&str] = &["0", "false", "n", "no"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let (Some(context), Some(trained)) = (plan.spec.model.context, fitting::trained(plan)) else { return };
    if context <= trained || is_allowed(plan) || plan.flags.get("json-model-override-args").is_some() {
        return;
    }
    let message = format!(
        "a context of {context} is longer than the {trained} tokens of `{}`",
        fitting::model(plan).escape_debug()
    );
    let problem = match plan.model.source {
        Source::Hub | Source::ModelScope => LINT.problem(message),
        _ => LINT.warning(message),
    };
    let at = plan.keys.near("model.context");
    problems.push(problem.at(at).help(format!("write `context = {trained}`, or less, in `[model]`")));
}

fn is_allowed(plan: &Plan<'_>) -> bool {
    let said = plan.spec.vars.iter().find(|(name, _)| name.as_str() == ALLOWING);
    said.is_some_and(|(_, value)| match value {
        Variable::Text(text) => !NO.contains(&text.to_ascii_lowercase().as_str()),
        Variable::Secret { .. } => true,
    })
}
