//! What the schema says of a document, in the words of a validator that is not ours.

use anyhow::ensure;

use crate::support::tools;

/// The schema of the spec.
pub(crate) const SCHEMA: &str = "guest/schema/sglang.schema.json";

/// One verdict for each line of JSON: `ok`, or what is refused.
pub(crate) fn of_lines(schema: &str, lines: &str) -> anyhow::Result<Vec<String>> {
    tools::install("python")?;
    let said = tools::ask("python/bin/python", ["tests/conformance/json_schema.py", schema], lines)?;
    let verdicts: Vec<String> = said.lines()?.into_iter().map(str::to_owned).collect();
    let n_lines = lines.lines().count();
    ensure!(verdicts.len() == n_lines, "{n_lines} documents and {} verdicts", verdicts.len());
    Ok(verdicts)
}
