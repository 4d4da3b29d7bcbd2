//! Archives that mean harm: each row says what must become of it, and stands in `expected.tsv` with what did.
//!
//! Stdout is the table, and nothing else. `BLESS=1` writes it anew; words on the command line choose rows by id or name.

mod attempt;
mod gzip;
mod headers;
mod kinds;
mod links;
mod names;
#[path = "../support"]
mod support {
    pub(crate) mod archive;
    pub(crate) mod project;
}

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::ensure;
use attempt::{Row, Seen};
use similar::TextDiff;
use support::project;

const TABLE: &str = "tests/archives/expected.tsv";
/// Characters of a message; the table is for reading.
const MESSAGE: usize = 160;
const HEAD: &str = "id\tname\texpected\tseen\tmessage\n";

fn main() -> anyhow::Result<ExitCode> {
    let filters: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let mut rows = rows();
    rows.retain(|row| filters.is_empty() || filters.iter().any(|it| row.id == it || row.name.contains(it)));
    ensure!(!rows.is_empty(), "no row has such a name");
    let mut table = String::from(HEAD);
    let mut complaints = String::new();
    for row in rows {
        let seen = row.attempt();
        table += &line(&row, &seen);
        if seen.code != row.expected {
            complaints += &format!("{} {}: {} instead of {}\n", row.id, row.name, seen.code, row.expected);
        }
    }
    io::stdout().write_all(table.as_bytes())?;
    if filters.is_empty() {
        complaints += &compare(&table)?;
    }
    io::stderr().write_all(complaints.as_bytes())?;
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rows() -> Vec<Row> {
    let mut rows = [gzip::rows(), headers::rows(), kinds::rows(), links::rows(), names::rows()].concat();
    rows.sort_by_key(|it| (it.id, it.name));
    rows
}

fn line(Row { id, name, expected, .. }: &Row, Seen { code, message }: &Seen) -> String {
    let message: String = message.chars().take(MESSAGE).collect();
    format!("{id}\t{name}\t{expected}\t{code}\t{message}\n")
}

/// What the committed table says otherwise.
fn compare(table: &str) -> anyhow::Result<String> {
    let path = project::path(TABLE);
    if std::env::var_os("BLESS").is_some_and(|it| it == "1") {
        fs::write(path, table)?;
        return Ok(String::new());
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    Ok(TextDiff::from_lines(&committed, table).unified_diff().context_radius(0).to_string())
}
