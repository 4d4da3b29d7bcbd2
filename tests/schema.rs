//! The JSON Schemas and the pages of the grammar and of the operator's file are fresh, and the schema is as strict as the guest is about shapes: a
//! validator that is not ours says so.

mod support {
    pub(crate) mod cases;
    pub(crate) mod project;
    pub(crate) mod toml;
    pub(crate) mod tools;
}

use std::fs;

use anyhow::ensure;
use support::cases::{self, Case};
use support::{project, toml, tools};

const SCHEMA: &str = "guest/schema/sglang.schema.json";
const PAGE: &str = "docs/spec.md";
const OPERATORS_SCHEMA: &str = "docs/cmp-host.schema.json";
const OPERATORS_PAGE: &str = "docs/cmp-host-toml.md";
/// Unknown keys, wrong types, wrong values, missing keys.
const SHAPES: [&str; 4] = ["SG011", "SG012", "SG013", "SG014"];
/// Wrong by what several keys make together, each of them right.
const BEYOND_A_SCHEMA: [&str; 1] = ["cases/namespace-that-is-too-long"];

#[test]
fn what_the_grammar_generates_is_fresh() -> anyhow::Result<()> {
    for (path, fresh) in [
        (SCHEMA, cmp_guest::spec::schema::text()),
        (PAGE, cmp_guest::spec::reference::page()),
        (OPERATORS_SCHEMA, cmp_host::config::schema::text()),
        (OPERATORS_PAGE, cmp_host::config::schema::page()),
    ] {
        if std::env::var_os("BLESS").is_some() {
            fs::write(project::path(path), &fresh)?;
        }
        let committed = fs::read_to_string(project::path(path)).unwrap_or_default();
        ensure!(committed == fresh, "{path} is stale; `make bless` renews it");
    }
    Ok(())
}

/// The example of the operator's page is the first that people copy.
#[test]
fn the_operators_schema_takes_its_page_and_refuses_slips() -> anyhow::Result<()> {
    tools::install("python")?;
    let page = fs::read_to_string(project::path(OPERATORS_PAGE))?;
    let example = page.split("```toml\n").nth(1).and_then(|it| it.split("```").next()).unwrap_or_default();
    ensure!(example.contains("[guest."), "the page has no example");
    let slips = [
        "[limit]",
        "[limits]\nfuel = 0",
        "[limits]\nfuel = \"1\"",
        "[limits]\ntime = 10",
        "[limits]\nmemory = \"1GB\"",
        "[guest.a]",
        "[guest.default]\npath = \"a\"",
        "[guest.A]\npath = \"a\"",
        "[guest.a]\npath = \"a\"\nsha256 = \"A\"",
        "[guest.a]\npath = \"a\"\nprojects = \"a\"",
        "defaults = 1",
    ];
    let mut lines = format!("{}\n", toml::to_json(&example.replace('…', &"0".repeat(60)))?);
    for slip in slips {
        lines += &format!("{}\n", toml::to_json(slip)?);
    }
    let said =
        tools::ask("python/bin/python", ["tests/conformance/json_schema.py", OPERATORS_SCHEMA], &lines)?;
    let verdicts = said.lines()?;
    ensure!(verdicts.first() == Some(&"ok"), "the example is refused: {verdicts:?}");
    let taken: Vec<&str> =
        slips.into_iter().zip(&verdicts[1..]).filter(|(_, it)| **it == "ok").map(|(slip, _)| slip).collect();
    ensure!(verdicts.len() == slips.len() + 1 && taken.is_empty(), "the schema takes {taken:?}");
    Ok(())
}

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
    tools::install("python")?;
    let (mut asked, mut lines) = (Vec::new(), String::new());
    for case in cases {
        lines += &format!("{}\n", toml::to_json(&fs::read_to_string(spec(&case))?)?);
        asked.push(case);
    }
    let said = tools::ask("python/bin/python", ["tests/conformance/json_schema.py", SCHEMA], &lines)?;
    let verdicts: Vec<String> = said.lines()?.into_iter().map(str::to_owned).collect();
    ensure!(verdicts.len() == asked.len(), "{} specs and {} verdicts", asked.len(), verdicts.len());
    Ok(asked.into_iter().zip(verdicts).collect())
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
