//! The table of all rows: printed, and compared with the committed one.

use std::io::{self, Write};
use std::path::PathBuf;

use similar::TextDiff;

use crate::oracle::first_line;
use crate::row::{Row, Seen};
use crate::support::project;

const HEAD: &str = "id\tname\texpected\tseen\tmessage\n";
/// Characters of a message; the table is for reading.
const MESSAGE: usize = 160;

/// A line of the table.
pub(crate) fn line(row: &Row, seen: &Seen) -> String {
    let text = first_line(&seen.text);
    let mut message: String = text.chars().take(MESSAGE).collect();
    if message.len() < text.len() {
        message.push('…');
    }
    // What is said of a failure begins with its code, which has a column of its own.
    let message = message.strip_prefix(&seen.code).unwrap_or(&message).trim();
    format!("{}\t{}\t{}\t{}\t{message}\n", row.id, row.name, row.expected, seen.code)
}

/// Prints the whole table.
pub(crate) fn print(lines: &[String]) -> anyhow::Result<()> {
    Ok(io::stdout().write_all(whole(lines).as_bytes())?)
}

/// What differs from the committed table; with `BLESS=1` the table is written instead.
pub(crate) fn compare(lines: &[String], is_whole: bool) -> anyhow::Result<Option<String>> {
    let committed = std::fs::read_to_string(path()).unwrap_or_default();
    if !is_whole {
        let new = lines.iter().filter(|it| !committed.contains(it.as_str()));
        return Ok(new.map(|it| format!("not in expected.tsv: {it}")).reduce(|one, other| one + &other));
    }
    let text = whole(lines);
    if std::env::var_os("BLESS").is_some_and(|it| it == "1") {
        std::fs::write(path(), text)?;
        return Ok(None);
    }
    let diff = TextDiff::from_lines(&committed, &text).unified_diff().context_radius(0).to_string();
    Ok((!diff.is_empty()).then(|| format!("tests/guests/expected.tsv says something else:\n{diff}")))
}

fn whole(lines: &[String]) -> String {
    HEAD.to_owned() + &lines.concat()
}

fn path() -> PathBuf {
    project::path("tests/guests/expected.tsv")
}
