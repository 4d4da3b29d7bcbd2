//! What a script of a workflow sees: its shell, its variables, and the values of expressions.
//!
//! A test names each expression that it expects, so that a new one in a workflow fails instead of being empty.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use crate::workflow::Workflow;

/// The values of expressions, by what stands between `${{` and `}}`.
pub(crate) type Expressions = BTreeMap<String, String>;

impl Workflow {
    /// The words that start a script's shell.
    pub(crate) fn shell(&self) -> anyhow::Result<Vec<&str>> {
        let shell = self.0["defaults"]["run"]["shell"].as_str().context("no shell is named")?;
        Ok(shell.split(' ').collect())
    }

    /// What is set for a step: the workflow's, the job's and its own, the later ones above the earlier ones.
    pub(crate) fn env(
        &self,
        job: &str,
        step: &Value,
        expressions: &Expressions,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut env = BTreeMap::new();
        for table in [&self.0["env"], &self.job(job)?["env"], &step["env"]] {
            for (name, value) in table.as_object().into_iter().flatten() {
                let value = value.as_str().with_context(|| format!("{name} is no text"))?;
                env.insert(name.clone(), fill(value, expressions)?);
            }
        }
        Ok(env)
    }
}

/// A text with the values of its expressions.
pub(crate) fn fill(text: &str, expressions: &Expressions) -> anyhow::Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").context("an expression has no end")?;
        filled += before;
        filled += &value(expression.trim(), expressions)?;
        rest = after;
    }
    Ok(filled + rest)
}

/// Whether a job's or a step's condition holds; without one, it does.
pub(crate) fn holds(condition: &Value, expressions: &Expressions) -> anyhow::Result<bool> {
    let Some(condition) = condition.as_str() else { return Ok(true) };
    let (left, right) = condition.split_once(" == ").context("this test reads comparisons alone")?;
    let right = match right.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
        Some(text) => text.to_owned(),
        None => value(right, expressions)?,
    };
    Ok(value(left, expressions)? == right)
}

/// The output of a step that did not run is empty, as GitHub has it. Nothing else may be unknown.
fn value(expression: &str, expressions: &Expressions) -> anyhow::Result<String> {
    match expressions.get(expression) {
        Some(value) => Ok(value.clone()),
        None if expression.starts_with("steps.") => Ok(String::new()),
        None => anyhow::bail!("this test gives `{expression}` no value"),
    }
}
