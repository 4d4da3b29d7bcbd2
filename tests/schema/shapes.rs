//! The schema takes every example, and refuses every file that the guest refuses for its shape.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::laid::Laid;
use crate::settings::Settings;
use crate::support::cases::{self, Case};
use crate::support::{project, toml};
use crate::verdict::{self, SCHEMA};

/// Unknown keys, wrong types, wrong values, missing keys.
const SHAPES: [&str; 4] = ["SG011", "SG012", "SG013", "SG014"];
/// Files of cases whose shape the guest refuses and the schema cannot, and why.
const BEYOND_A_SCHEMA: [(&str, &str, &str); 2] = [
    ("cases/namespace-that-is-too-long", "sglang.toml", "several keys make it together, each of them right"),
    ("cases/keys-of-the-host-are-not-inherited", "base.toml", "in a spec of its own, each key has its place"),
];
/// What the operator's file is called in diagnostics, wherever it lies.
const OPERATORS_FILE: &str = "cmp-host.toml";

#[test]
fn the_schema_takes_every_example() -> anyhow::Result<()> {
    let examples: Vec<Case> = cases::all()?.into_iter().filter(Case::is_example).collect();
    let specs = examples.iter().map(|it| toml::to_json(&fs::read_to_string(spec(it))?));
    let verdicts = verdicts(&specs.collect::<anyhow::Result<Vec<_>>>()?)?;
    for (case, verdict) in examples.iter().zip(verdicts) {
        ensure!(verdict == "ok", "{}: {verdict}", case.name);
        ensure!(
            names_the_schema(case)?,
            "{}: the first line does not name the schema for editors",
            case.name
        );
    }
    Ok(())
}

#[test]
fn the_schema_refuses_every_wrong_shape() -> anyhow::Result<()> {
    let mut asked = Vec::new();
    for case in cases::all()? {
        let documents = misshapen(&case).with_context(|| case.name.clone())?;
        asked.extend(documents.into_iter().map(|(path, it)| ((case.name.clone(), path), it)));
    }
    let (files, documents): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
    ensure!(!files.is_empty(), "no case has a wrong shape");
    let verdicts = verdicts(&documents)?;
    let taken = files.iter().zip(verdicts).filter(|(_, verdict)| verdict == "ok");
    let taken: BTreeSet<(&str, &str)> = taken.map(|((case, path), _)| (&**case, &**path)).collect();
    let beyond: BTreeSet<_> = BEYOND_A_SCHEMA.iter().map(|(case, path, _)| (*case, *path)).collect();
    ensure!(
        taken == beyond,
        "of {} files that the guest refuses, the schema takes {taken:#?}; it is said to take {beyond:#?}",
        files.len()
    );
    Ok(())
}

/// The files of a case in which the guest finds a wrong shape, in any of its runs.
fn misshapen(case: &Case) -> anyhow::Result<Vec<(String, Value)>> {
    let paths = refused(&case.expected)?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let settings = Settings::read(case)?;
    let laid = Laid::new(case, &settings)?;
    paths.into_iter().map(|path| Ok((path.clone(), document(&laid, &settings, &path)?))).collect()
}

/// The files that problems of shape point into. Parameters have no file, and are texts of no type.
fn refused(expected: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut paths = BTreeSet::new();
    // A case that was never blessed has nothing yet, and fails in `golden`.
    for entry in fs::read_dir(expected).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("diagnostics") {
            paths.extend(pointed_into(&fs::read_to_string(path)?));
        }
    }
    Ok(paths)
}

/// Each problem has a headline, `error[SG011]: …`, and then its place, ` --> sglang.toml:3:1`.
fn pointed_into(diagnostics: &str) -> BTreeSet<String> {
    let headlines = SHAPES.map(|code| format!("error[{code}]: "));
    let mut paths = BTreeSet::new();
    let mut is_of_shape = false;
    for line in diagnostics.lines() {
        if line.starts_with("error[") || line.starts_with("warning[") {
            is_of_shape = headlines.iter().any(|it| line.starts_with(it.as_str()));
        } else if let Some(place) = line.trim_start().strip_prefix("--> ").filter(|_| is_of_shape) {
            paths.extend(place.rsplitn(3, ':').nth(2).map(str::to_owned));
        }
    }
    paths
}

/// A file as the schema is to see it.
fn document(laid: &Laid, settings: &Settings, path: &str) -> anyhow::Result<Value> {
    let defaults = settings.config.as_ref().filter(|_| path == OPERATORS_FILE);
    let file = laid.root.join(defaults.map_or(Path::new(path), PathBuf::as_path));
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let mut document = toml::to_json(text.strip_prefix('\u{feff}').unwrap_or(&text))?;
    if defaults.is_some() {
        document = document["defaults"].take();
    }
    // The spec alone says what every service must say; a base without it would be refused for that, and for nothing else.
    if path != laid.spec() {
        let keys = document.as_object_mut().context("a document of TOML is a table")?;
        keys.entry("schema").or_insert_with(|| 1.into());
        keys.entry("name").or_insert_with(|| "any".into());
    }
    Ok(document)
}

fn verdicts(documents: &[Value]) -> anyhow::Result<Vec<String>> {
    verdict::of_lines(SCHEMA, &documents.iter().map(|it| format!("{it}\n")).collect::<String>())
}

fn spec(case: &Case) -> PathBuf {
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
