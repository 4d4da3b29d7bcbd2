//! SG112: a second model that the arithmetic does not know.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG112",
    title: "the draft model is not counted",
    severity: Severity::Warning,
    why: "Speculative decoding loads the weights and the KV cache of a second model into the same accelerators. How large \
          they are is not known here, so a model that is said to fit may not.",
    instead: "a look at the server's first log lines, and a smaller `mem-fraction-static` if it runs out of memory",
    example: "[flags]\nspeculative-algorithm = \"EAGLE3\"\nspeculative-draft-model-path = \"acme/draft\"",
    quiet: "[flags]\nspeculative-algorithm = \"NGRAM\"",
};

const FLAG: &str = "speculative-draft-model-path";

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(draft) = plan.flags.get(FLAG).and_then(serde_json::Value::as_str) else { return };
    let left = plan
        .fit
        .map_or_else(String::new, |it| format!(": {:.1} GiB are left beside the model", it.kv_gib_per_gpu));
    let message = format!("the draft model `{}` is not counted{left}", draft.escape_debug());
    let help =
        "make sure that its weights and KV cache fit there too, with room for the model's own KV cache";
    problems.push(LINT.problem(message).at(plan.keys.near(&format!("flags.{FLAG}"))).help(help));
}
