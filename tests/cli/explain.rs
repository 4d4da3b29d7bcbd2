//! `explain` says what the files of `explained/` hold: a command, then what it prints and how it ends. `BLESS=1` rewrites
//! them.

use std::fs;

use anyhow::{Context, bail, ensure};
use similar::TextDiff;

use crate::support::repository::Repository;
use crate::support::spec::SPEC;
use crate::support::{binary, project};

const PROMPT: &str = "$ cmp-host explain ";

#[test]
fn every_explanation_is_as_expected() -> anyhow::Result<()> {
    let folder = project::path("tests/cli/explained");
    let entries = fs::read_dir(&folder)?.map(|it| Ok(it?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut files: Vec<_> =
        entries.into_iter().filter(|it| it.extension().is_some_and(|it| it == "txt")).collect();
    files.sort();
    ensure!(files.len() > 15, "only {} explanations", files.len());
    let mut diffs = String::new();
    for file in files {
        let expected = fs::read_to_string(&file)?;
        let found = explained(&expected).with_context(|| file.display().to_string())?;
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, found)?;
        } else if found != expected {
            let name = file.display().to_string();
            let diff = TextDiff::from_lines(&expected, &found);
            diffs.push_str(&diff.unified_diff().header(&name, "now").to_string());
        }
    }
    ensure!(diffs.is_empty(), "not what is expected\n{diffs}");
    Ok(())
}

/// The command of an expectation, and all that comes of it.
fn explained(expected: &str) -> anyhow::Result<String> {
    let Some(arguments) = expected.lines().next().and_then(|it| it.strip_prefix(PROMPT)) else {
        bail!("the first line is no command")
    };
    let ran = binary::run(binary::command().arg("explain").args(arguments.split_whitespace()))?;
    let code = ran.code.context("it was killed")?;
    ensure!(ran.stdout.is_empty() != (code == 0), "stdout and exit code do not agree: {ran:?}");
    let end = if code == 0 { String::new() } else { format!("(exit code {code})\n") };
    Ok(format!("{PROMPT}{arguments}\n{}{}{end}", ran.stdout, ran.stderr))
}

/// A slash makes no object of a folder that was misspelt, and a folder beside the spec hides no object.
#[test]
fn a_first_word_is_what_it_can_only_be() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("services/chat/sglang.toml", SPEC)?;
    repository.write("services/chat/deploy/README.md", "")?;
    let explain = |folder: &str, words: &[&str]| {
        let mut command = binary::command();
        binary::run(command.arg("explain").args(words).current_dir(repository.path(folder)))
    };
    let misspelt = explain("", &["services/typo"])?;
    let said =
        "SG001 there is no folder `services/typo`, and no spec in this one that could have such an object\n";
    ensure!(misspelt.code == Some(1) && misspelt.stderr.starts_with(said), "{misspelt:?}");
    for words in [&["deploy", "spec.replicas"][..], &["../chat", "deploy", "spec.replicas"]] {
        let found = explain("services/chat", words)?;
        ensure!(found.code == Some(0) && found.stdout.contains("/spec/replicas = 1"), "{found:?}");
    }
    let folder = explain("services", &["chat", "deploy"])?;
    ensure!(folder.code == Some(0), "{folder:?}");
    Ok(())
}
