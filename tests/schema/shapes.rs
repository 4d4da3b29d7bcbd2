//! The schema takes every example, and refuses what the guest refuses for its shape.

use std::fs;

use anyhow::ensure;

use crate::support::cases::{self, Case};
use crate::support::{project, toml};
use crate::verdict::{self, SCHEMA};

/// Unknown keys, wrong types, wrong values, missing keys.
const SHAPES: [&str; 4] = ["SG011", "SG012", "SG013", "SG014"];
/// Wrong by what several keys make together, each of them right.
const BEYOND_A_SCHEMA: [&str; 1] = ["cases/namespace-that-is-too-long"];

#[test]
fn the_schema_takes_every_example() -> anyhow::Result<()> {
    for (case, verdict) in verdicts(cases::all()?.into_iter().filter(Case::is_example))? {
        ensure!(verdict == "ok", "{}: {verdict}", case.name);
        ensure!(
            names_the_schema(&case)?,
            "{}: the first line does not name the schema for editors",
            case.name
        );
    }
    Ok(())
}

#[test]
fn the_schema_refuses_every_wrong_shape() -> anyhow::Result<()> {
    let misshapen: Vec<Case> = cases::all()?.into_iter().filter(is_misshapen).collect();
    ensure!(!misshapen.is_empty(), "no case has a wrong shape");
    let taken: Vec<_> = verdicts(misshapen)?.into_iter().filter(|(_, verdict)| verdict == "ok").collect();
    let names: Vec<&str> = taken.iter().map(|(case, _)| case.name.as_str()).collect();
    ensure!(names.is_empty(), "the schema takes what the guest refuses: {names:?}");
    Ok(())
}

/// What the schema says of each spec that is TOML at all.
fn verdicts(cases: impl IntoIterator<Item = Case>) -> anyhow::Result<Vec<(Case, String)>> {
    let (mut asked, mut lines) = (Vec::new(), String::new());
    for case in cases {
        lines += &format!("{}\n", toml::to_json(&fs::read_to_string(spec(&case))?)?);
        asked.push(case);
    }
    Ok(asked.into_iter().zip(verdict::of_lines(SCHEMA, &lines)?).collect())
}

fn spec(case: &Case) -> std::path::PathBuf {
    case.root.join(&case.dir).join("sglang.toml")
}

/// `#:schema` is a comment that editors know; it is relative to the file.
fn names_the_schema(case: &Case) -> anyhow::Result<bool> {
    let path = spec(case);
    let text = fs::read_to_string(&path)?;
    let named = text.lines().next().and_then(|it| it.strip_prefix("#:schema "));
    let folder = path.parent().unwrap_or(&path);
    Ok(named
        .is_some_and(|it| folder.join(it).canonicalize().ok() == project::path(SCHEMA).canonicalize().ok()))
}

/// The guest's first diagnostic is about the shape of the spec as it is committed.
fn is_misshapen(case: &Case) -> bool {
    let said = fs::read_to_string(case.expected.join("diagnostics.txt")).unwrap_or_default();
    let first = said.lines().next().unwrap_or_default();
    let is_of_shape =
        first.starts_with("sglang.toml:") && SHAPES.iter().any(|code| first.contains(&format!(" {code} ")));
    // A parameter or a generated file may be what is wrong.
    is_of_shape && !case.root.join("case.toml").exists() && !BEYOND_A_SCHEMA.contains(&case.name.as_str())
}
