//! The hostile corpus: guests and specs that mean harm, all against one process.
//!
//! Each row says which answer it must get. After each, the process must be as it was before: no descriptor, thread, child
//! or file more, and a good spec still gives the same bytes. Secrets that stand in the environment and beside the
//! repository may turn up nowhere.
//!
//! Stdout is a table, and nothing else; `tests/guests/expected.tsv` holds it. `tests/guests/README.md` says how to add a
//! row.

mod answers;
mod attempt;
mod bombs;
mod components;
mod files;
mod guests;
mod log;
mod oracle;
mod resources;
mod row;
mod secrets;
mod specs;
mod table;
#[path = "../support"]
mod support {
    pub(crate) mod component;
    pub(crate) mod project;
    pub(crate) mod sections;
    pub(crate) mod spec;
    #[expect(dead_code, reason = "other tests have their guest by name")]
    pub(crate) mod wat_guest;
}

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::ensure;

use attempt::Host;
use oracle::Oracle;
use row::Row;

fn main() -> anyhow::Result<ExitCode> {
    if !secrets::are_planted() {
        return secrets::plant_and_run_again();
    }
    let rows = chosen(rows()?);
    ensure!(!rows.is_empty(), "no row has such a name");
    let host = Host::start()?;
    let oracle = Oracle::start(&host)?;
    let mut complaints = Vec::new();
    let mut lines = Vec::new();
    for row in &rows {
        let seen = row.attempt(&host);
        complaints.extend(oracle.complaints(row, &seen, &host)?.into_iter().map(|it| row.says(&it)));
        lines.push(table::line(row, &seen));
    }
    complaints.extend(oracle.complaints_at_the_end()?);
    table::print(&lines)?;
    complaints.extend(table::compare(&lines, filters().next().is_none())?);
    explain(&complaints)?;
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn explain(complaints: &[String]) -> anyhow::Result<()> {
    if complaints.is_empty() {
        return Ok(());
    }
    let text = format!("{} complaints\n\n{}\n", complaints.len(), complaints.join("\n"));
    Ok(io::stderr().write_all(text.as_bytes())?)
}

fn rows() -> anyhow::Result<Vec<Row>> {
    let mut rows = guests::rows()?;
    rows.extend(answers::rows());
    rows.extend(components::rows());
    rows.extend(bombs::rows());
    rows.extend(files::rows());
    rows.extend(specs::rows());
    rows.sort_by(|one, other| (&one.id, &one.name).cmp(&(&other.id, &other.name)));
    Ok(rows)
}

/// All, or those whose id or name holds a word of the command line.
fn chosen(mut rows: Vec<Row>) -> Vec<Row> {
    rows.retain(|row| {
        filters().next().is_none() || filters().any(|it| row.id.contains(&it) || row.name.contains(&it))
    });
    rows
}

fn filters() -> impl Iterator<Item = String> {
    std::env::args().skip(1).filter(|it| !it.starts_with('-'))
}
