//! Faults of the machine and of those who ask, against a server that lives through them.
//!
//! Each row makes one, and says with which code it must be answered; afterwards a good request gets the same manifests as
//! before. Stdout is the table; `tests/faults/expected.tsv` holds it, and `BLESS=1` writes it.
//!
//! What has no row, and why:
//!
//! - C-17, a stream that stalls: its 30 seconds would have to be waited for. One that ends with its caller's deadline is C-24.
//! - D-02, a compiler that is killed: `tests/compiling.rs`.
//! - D-06, a clock that jumps: it would be the whole machine's. Nothing here reads it but the log.
//! - D-07 and D-08, a registry that is down: guests are files, and the program opens no connection.
//! - D-11 and D-12, too little memory or processor: both need a cgroup of one's own. Fuel that is the same on a slow machine,
//!   and limits that hold, are `tests/hostile`.
//! - D-15, a kernel without a jail: the program asks for none.
//! - D-16, a panic: no call has a way to one, and a switch for it would be another. `call.rs` and `service.rs` test theirs.

mod calls;
mod frames;
mod guests;
mod machine;
mod row;
mod sockets;
mod swaps;
#[path = "../support"]
mod support {
    #[expect(dead_code, reason = "other tests look at stdout")]
    pub(crate) mod binary;
    pub(crate) mod client;
    pub(crate) mod packed;
    pub(crate) mod project;
    pub(crate) mod served;
    pub(crate) mod shipped;
    pub(crate) mod wat_guest;
}

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use similar::TextDiff;

use row::Row;
use support::project;

const HEAD: &str = "id\tname\texpected\tseen\tmessage\n";

fn main() -> anyhow::Result<ExitCode> {
    let filters: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let mut table = HEAD.to_owned();
    let mut complaints = Vec::new();
    for row in rows() {
        if !filters.is_empty() && !filters.iter().any(|it| row.id.contains(it) || row.name.contains(it)) {
            continue;
        }
        let seen = (row.attempt)().with_context(|| format!("{} {}", row.id, row.name));
        let seen = seen.unwrap_or_else(|error| row::Seen::new("none", &format!("{error:#}")));
        if seen.code != row.expected {
            complaints.push(format!("{} {}: {} {}", row.id, row.name, seen.code, seen.message));
        }
        table += &format!("{}\t{}\t{}\t{}\t{}\n", row.id, row.name, row.expected, seen.code, seen.message);
    }
    io::stdout().write_all(table.as_bytes())?;
    if filters.is_empty() {
        complaints.extend(differs(&table)?);
    }
    io::stderr().write_all(complaints.join("\n").as_bytes())?;
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = sockets::rows().into_iter().chain(calls::rows()).collect();
    rows.extend(frames::rows());
    rows.extend(guests::rows());
    rows.extend(machine::rows());
    rows.extend(swaps::rows());
    rows.sort_by_key(|it| (it.id, it.name));
    rows
}

fn differs(table: &str) -> anyhow::Result<Option<String>> {
    let path = project::path("tests/faults/expected.tsv");
    if std::env::var_os("BLESS").is_some_and(|it| it == "1") {
        std::fs::write(path, table)?;
        return Ok(None);
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let diff = TextDiff::from_lines(&committed, table).unified_diff().context_radius(0).to_string();
    Ok((!diff.is_empty()).then(|| format!("tests/faults/expected.tsv says something else:\n{diff}")))
}
