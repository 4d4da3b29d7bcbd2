//! SG405: what people ask stands in the logs.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG405",
    title: "prompts are logged in production",
    severity: Severity::Warning,
    why: "`log-requests` writes prompts and answers into the log, where they are kept, shipped and read by people who were \
          never meant to see them.",
    instead: "`without = [\"flags.log-requests\"]` in the environment; or `log-requests-level = 1`, which leaves the texts out",
    example: "[flags]\nlog-requests = true",
    quiet: "[flags]\nlog-requests = true\nlog-requests-level = 1",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(environment) = plan.environment.filter(|it| it.starts_with("prod")) else { return };
    // Levels 0 and 1 write times and parameters; texts begin with 2, the default.
    let is_plain =
        plan.flags.get("log-requests-level").and_then(serde_json::Value::as_u64).is_some_and(|it| it < 2);
    if !plan.flags.is_on("log-requests") || is_plain {
        return;
    }
    let message = format!("`log-requests` writes the prompts of `{environment}` into its logs");
    let help = format!(
        "write `log-requests-level = 1` in `[flags]`, or drop this line; if other environments need it, write `without = [\"flags.log-requests\"]` in `[env.{environment}]`"
    );
    problems.push(LINT.problem(message).at(plan.keys.near("flags.log-requests")).help(help));
}
