//! `cases/NAME`: a repository, what is asked for (`case.toml`), and all that comes of it: stdout, stderr, and the spec after.
//! `BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::support::repository::Repository;
use crate::support::{binary, project, toml};

/// What is expected, beside the repository.
const EXPECTED: [&str; 3] = ["after.toml", "stdout.txt", "stderr.txt"];

#[test]
fn every_case_comes_to_what_is_expected() -> anyhow::Result<()> {
    let mut folders: Vec<_> = fs::read_dir(project::path("tests/edits/cases"))?
        .map(|it| Ok(it?.path()))
        .collect::<anyhow::Result<_>>()?;
    folders.sort();
    ensure!(!folders.is_empty(), "there are no cases");
    for folder in folders {
        check(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}

fn check(folder: &Path) -> anyhow::Result<()> {
    let case = toml::to_json(&fs::read_to_string(folder.join("case.toml"))?)?;
    let arguments: Vec<&str> =
        case["args"].as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
    let repository = repository(folder)?;
    let before = crate::read(&repository)?;
    let run = || binary::run(binary::command().args(&arguments).current_dir(repository.path("")));
    let ran = run()?;
    ensure!(ran.code.map(i64::from) == Some(case["code"].as_i64().unwrap_or(0)), "{ran:?}");
    let after = crate::read(&repository)?;
    let written = if after == before { "" } else { &after };
    for (name, text) in EXPECTED.into_iter().zip([written, &ran.stdout, &ran.stderr]) {
        compare(&folder.join(name), text)?;
    }
    let again = run()?;
    ensure!(again.code == ran.code && crate::read(&repository)? == after, "a second time: {again:?}");
    ensure!(again.code != Some(0) || again.stdout.is_empty(), "a second time: {again:?}");
    ensure!(fs::read_dir(repository.path(""))?.count() == files(folder)?.len(), "something is left behind");
    Ok(())
}

fn repository(folder: &Path) -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    for name in files(folder)? {
        repository.write(&name, fs::read(folder.join(&name))?)?;
    }
    Ok(repository)
}

fn files(folder: &Path) -> anyhow::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|it| Ok(it?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(names.into_iter().filter(|it| it != "case.toml" && !EXPECTED.contains(&it.as_str())).collect())
}

/// An empty text has no file.
fn compare(path: &Path, text: &str) -> anyhow::Result<()> {
    if std::env::var_os("BLESS").is_some() {
        match text.is_empty() {
            true if path.exists() => fs::remove_file(path)?,
            true => {}
            false => fs::write(path, text)?,
        }
        return Ok(());
    }
    let expected = if path.exists() { fs::read_to_string(path)? } else { String::new() };
    let diff = similar::TextDiff::from_lines(expected.as_str(), text).unified_diff().to_string();
    ensure!(diff.is_empty(), "{} is another; BLESS=1 takes it\n{diff}", path.display());
    Ok(())
}
