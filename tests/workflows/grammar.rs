//! actionlint reads the workflows, each beside those that it calls; ShellCheck reads their scripts.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::support::tools::{self, Said};
use crate::support::{binary, project};
use crate::workflow::Workflow;

const FOLDER: &str = ".github/workflows";
const ALONE: [&str; 3] = ["delivery.yaml", "preview.yaml", "promote.yaml"];
const SPLIT: [&str; 2] = ["split/dispatch.yaml", "split/receive.yaml"];

/// What actionlint says of files that lie in one repository.
fn lint(files: &[(&str, String)]) -> anyhow::Result<Said> {
    let folder = repository()?;
    let workflows = folder.path().join(FOLDER);
    fs::create_dir_all(&workflows)?;
    for (name, text) in files {
        fs::write(workflows.join(name), text)?;
    }
    lint_all(&workflows)
}

/// By the empty folder, actionlint finds a workflow that is called.
fn repository() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join(".git"))?;
    Ok(folder)
}

fn lint_all(workflows: &Path) -> anyhow::Result<Said> {
    tools::install("actionlint")?;
    let paths = fs::read_dir(workflows)?.map(|it| Ok(it?.path().into_os_string()));
    let paths = paths.collect::<anyhow::Result<Vec<_>>>()?;
    ensure!(!paths.is_empty(), "{} is empty", workflows.display());
    let options = ["-no-color", "-oneline"].map(OsString::from);
    tools::ask("bin/actionlint", options.into_iter().chain(paths), "")
}

/// That it says nothing.
fn passes(said: &Said) -> anyhow::Result<()> {
    ensure!(said.lines()?.is_empty() && said.stderr.is_empty(), "{said:?}");
    Ok(())
}

fn templates() -> anyhow::Result<Vec<(&'static str, String)>> {
    let read = |path: &'static str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let text = fs::read_to_string(project::path("deploy/github").join(path)).context(path)?;
        Ok((name, text))
    };
    ALONE.into_iter().chain(SPLIT).map(read).collect()
}

#[test]
fn every_template_is_a_workflow() -> anyhow::Result<()> {
    passes(&lint(&templates()?)?)
}

#[test]
fn this_repositorys_own_are_workflows() -> anyhow::Result<()> {
    passes(&lint_all(&project::path(FOLDER))?)
}

#[test]
fn what_init_writes_are_workflows() -> anyhow::Result<()> {
    let folder = repository()?;
    let spec = folder.path().join("services/a service");
    fs::create_dir_all(&spec)?;
    fs::copy(project::path("examples/llama-8b/sglang.toml"), spec.join("sglang.toml"))?;
    let ran = binary::run(binary::command().args(["init", "--ci", "github"]).arg(&spec))?;
    ensure!(ran.code == Some(0) && ran.stdout.is_empty() && ran.stderr.starts_with("wrote "), "{ran:?}");
    passes(&lint_all(&folder.path().join(FOLDER))?)
}

/// A check that lets everything pass would go unnoticed.
#[test]
fn mistakes_are_found() -> anyhow::Result<()> {
    for (right, wrong, rule) in [
        ("needs: build", "needs: built", "[job-needs]"),
        ("git fetch --quiet origin main", "git fetch --quiet origin $FIRST", "[shellcheck]"),
        ("\"$SPEC\"", "\"${{ github.event.head_commit.message }}\"", "[expression]"),
        ("promote.yaml\n", "promotion.yaml\n", "[workflow-call]"),
    ] {
        let mut files = templates()?;
        ensure!(files[0].1.contains(right), "delivery.yaml has no `{right}`");
        files[0].1 = files[0].1.replace(right, wrong);
        let said = lint(&files)?;
        ensure!(said.stdout.contains(rule), "`{wrong}` is not found by {rule}: {said:?}");
    }
    Ok(())
}

/// An action is somebody else's code: its name may move, its commit does not.
#[test]
fn actions_are_pinned_by_commit() -> anyhow::Result<()> {
    for (name, text) in templates()? {
        for line in text.lines().filter(|it| it.contains("uses: ") && !it.contains("uses: ./")) {
            let (_, pin) = line.split_once('@').with_context(|| format!("{name}: {line}"))?;
            let (commit, version) = pin.split_once(" # v").with_context(|| format!("{name}: {line}"))?;
            let is_commit = commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit());
            ensure!(is_commit && version.split('.').count() == 3, "{name}: {line}");
        }
    }
    Ok(())
}

/// Both repositories build alike, and every job gets cmp-host in the same way.
#[test]
fn what_is_copied_stays_the_same() -> anyhow::Result<()> {
    let delivery = Workflow::read("delivery.yaml")?;
    ensure!(delivery.job("build")? == Workflow::read("split/dispatch.yaml")?.job("build")?, "builds differ");
    let get = |path: &str, job: &str| -> anyhow::Result<_> {
        let steps = Workflow::read(path)?.steps(job)?;
        steps.into_iter().find(|it| it["name"] == "Get cmp-host").context(format!("{path} does not get it"))
    };
    let first = get("delivery.yaml", "deliver")?;
    for (path, job) in
        [("promote.yaml", "promote"), ("preview.yaml", "preview"), ("split/receive.yaml", "deliver")]
    {
        ensure!(get(path, job)? == first, "{path} gets cmp-host in another way");
    }
    Ok(())
}
