//! `docs/seed.md`: what became of each of the 48 mistakes in the guide that this project started from.
//!
//! A row says which mistake it was, what happens to it, and which cases or tests prove that. What it claims is checked here; and
//! that `tests/cases/seed-as-written`, those manifests in words of the grammar, is told all of its mistakes in one run.

mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
}

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;
use support::{binary, project};

const N_MISTAKES: usize = 48;
const VERDICTS: [&str; 3] = ["corrected by construction", "refused", "not expressible"];

/// A row: `| M1 | what it was | what happens to it | the cases and tests that prove it |`.
struct Row {
    mistake: String,
    verdict: String,
    /// Linked from the last cell, relative to the page.
    proofs: Vec<PathBuf>,
}

#[test]
fn every_mistake_has_a_row() -> anyhow::Result<()> {
    let found: Vec<String> = rows()?.into_iter().map(|it| it.mistake).collect();
    let expected: Vec<String> = (1..=N_MISTAKES).map(|it| format!("M{it}")).collect();
    ensure!(found == expected, "the rows are {found:?}");
    Ok(())
}

#[test]
fn every_row_is_proven() -> anyhow::Result<()> {
    for row in rows()? {
        prove(&row).with_context(|| row.mistake.clone())?;
    }
    Ok(())
}

#[test]
fn the_seed_as_written_is_told_every_mistake_at_once() -> anyhow::Result<()> {
    let case = "tests/cases/seed-as-written";
    let ran = binary::run(binary::command().args(["check", case, "--format", "json"]))?;
    let problems: Vec<Value> = serde_json::from_str(&ran.stdout).with_context(|| ran.stderr.clone())?;
    let mut found: Vec<&str> = problems.iter().filter_map(|it| it["code"].as_str()).collect();
    found.sort_unstable();
    let expected = fs::read_to_string(project::path(case).join("codes.txt"))?;
    ensure!(found == expected.lines().collect::<Vec<_>>(), "the codes are {found:?}");
    ensure!(ran.code == Some(1), "`check` exits with {:?}", ran.code);
    Ok(())
}

fn prove(row: &Row) -> anyhow::Result<()> {
    ensure!(
        VERDICTS.iter().any(|it| row.verdict.starts_with(it)),
        "its verdict is none of {VERDICTS:?}: {}",
        row.verdict
    );
    ensure!(!row.proofs.is_empty(), "it links no proof");
    let mut said = String::new();
    for proof in &row.proofs {
        ensure!(is_case(proof) || is_test(proof), "{} is neither case nor test", proof.display());
        if proof.is_dir() {
            said += &diagnostics(proof)?;
        }
    }
    let codes = codes(&row.verdict);
    ensure!(!row.verdict.starts_with("refused") || !codes.is_empty(), "it names no code");
    for code in codes {
        ensure!(said.contains(code), "{code} does not occur in what its cases say");
    }
    Ok(())
}

fn is_case(path: &Path) -> bool {
    path.join("sglang.toml").exists() || path.join("case.toml").exists()
}

/// What no spec can show: a verb, a workflow.
fn is_test(path: &Path) -> bool {
    let folder = project::path("docs/../tests");
    path.starts_with(folder) && path.is_file() && path.extension().is_some_and(|it| it == "rs" || it == "sh")
}

fn rows() -> anyhow::Result<Vec<Row>> {
    let page = project::path("docs/seed.md");
    let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let folder = page.parent().expect("a page is in a folder");
    text.lines().filter(|it| is_row(it)).map(|line| row(line, folder)).collect()
}

fn is_row(line: &str) -> bool {
    line.strip_prefix("| M").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()))
}

fn row(line: &str, folder: &Path) -> anyhow::Result<Row> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [mistake, _, verdict, proof] = cells[..] else {
        anyhow::bail!("a row has four cells, and no `|` in them: {line}")
    };
    let links = proof.split("](").skip(1).filter_map(|it| it.split(')').next());
    let proofs = links.map(|it| folder.join(it)).collect();
    Ok(Row { mistake: mistake.to_owned(), verdict: verdict.to_owned(), proofs })
}

fn diagnostics(case: &Path) -> anyhow::Result<String> {
    let mut said = String::new();
    for entry in fs::read_dir(case)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("diagnostics.")) {
            said += &fs::read_to_string(path)?;
        }
    }
    Ok(said)
}

/// Words such as `SG101`.
fn codes(text: &str) -> Vec<&str> {
    text.split(|it: char| !it.is_ascii_alphanumeric())
        .filter(|it| it.len() == 5 && it.starts_with("SG"))
        .collect()
}
