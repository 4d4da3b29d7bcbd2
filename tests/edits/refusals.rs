//! Repositories that give nothing back: each says why, and is left as it was.

use anyhow::ensure;

use crate::repositories::{commit, of, prod, short, without_prod};
use crate::support::git::git;
use crate::support::repository::Repository;
use crate::{read, run, spec};

/// The whole of stderr, and the file untouched.
fn require_refused(repository: &Repository, arguments: &[&str], code: i32, said: &str) -> anyhow::Result<()> {
    let before = read(repository)?;
    let ran = run(repository, &["rollback"], &[&["--env", "prod"], arguments].concat())?;
    ensure!(ran.code == Some(code) && ran.stdout.is_empty(), "{ran:?}");
    ensure!(ran.stderr == said, "{said}\n{}", ran.stderr);
    ensure!(read(repository)? == before && !repository.path("sglang.toml.lock").exists());
    Ok(())
}

/// A problem without a place, as it is drawn.
fn problem(code: &str, message: &str, help: &str) -> String {
    format!("{code} {message}\n\nerror[{code}]: {message}\n |\n = help: {help}\n")
}

/// The same of the files of the commit before.
fn then(repository: &Repository, problem: &str) -> anyhow::Result<String> {
    let (first, drawing) = problem.split_once('\n').unwrap_or_default();
    let note = format!("note[SG063]: this is the spec as it was in {}", short(repository, "HEAD~1")?);
    Ok(format!("{first} (+1 more)\n{drawing}\n{note}\n"))
}

#[test]
fn a_folder_that_is_no_repository() -> anyhow::Result<()> {
    let repository = Repository::of(prod("v0.5.22"))?;
    let folder = repository.path("").canonicalize()?;
    let said = format!(
        "error: `{}` is in no git repository; name a folder of a clone that has a working tree\n\n\
         help: see `cmp-host --help`\n",
        folder.display()
    );
    require_refused(&repository, &[], 2, &said)
}

#[test]
fn a_repository_without_commits() -> anyhow::Result<()> {
    let repository = of(&[])?;
    repository.write("sglang.toml", prod("v0.5.22"))?;
    let ran = run(&repository, &["rollback"], &["--env", "prod"])?;
    ensure!(
        ran.code == Some(2)
            && ran.stderr.starts_with("error: there is no revision `HEAD`; nothing is committed here yet\n"),
        "{ran:?}"
    );
    Ok(())
}

#[test]
fn changes_that_are_not_committed() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.21"), prod("v0.5.22")])?;
    repository.write("sglang.toml", prod("v0.5.20"))?;
    let help = "commit it first, or take the changes back: `git status` shows them";
    let said = problem("SG063", "`sglang.toml` has changes that are not committed", help);
    require_refused(&repository, &[], 1, &said)?;
    require_refused(&repository, &["--to", "HEAD~1"], 1, &said)
}

#[test]
fn a_spec_that_is_in_no_commit() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.22")])?;
    git(&repository.path(""), &["rm", "--quiet", "--cached", "sglang.toml"])?;
    git(&repository.path(""), &["commit", "--quiet", "--message", "x"])?;
    let help = "commit it first, or take the changes back: `git status` shows them";
    require_refused(&repository, &[], 1, &problem("SG063", "`sglang.toml` is in no commit yet", help))
}

#[test]
fn a_revision_that_is_not_there() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.22")])?;
    let ran = run(&repository, &["rollback"], &["--env", "prod", "--to", "nowhere"])?;
    ensure!(
        ran.code == Some(2) && ran.stderr.starts_with("error: there is no revision `nowhere`; name a branch"),
        "{ran:?}"
    );
    ensure!(read(&repository)? == prod("v0.5.22"));
    Ok(())
}

#[test]
fn a_revision_without_the_spec() -> anyhow::Result<()> {
    let repository = of(&[])?;
    git(&repository.path(""), &["commit", "--quiet", "--allow-empty", "--message", "x"])?;
    commit(&repository, &prod("v0.5.22"))?;
    let help = "write a first one with `cmp-host init`, or name the folder that holds your sglang.toml";
    let said = then(&repository, &problem("SG001", "there is no sglang.toml in this folder", help))?;
    require_refused(&repository, &["--to", "HEAD~1"], 1, &said)
}

#[test]
fn a_revision_without_the_environment() -> anyhow::Result<()> {
    let repository = of(&[without_prod(), prod("v0.5.22")])?;
    let ran = run(&repository, &["rollback"], &["--env", "prod", "--to", "HEAD~1"])?;
    ensure!(ran.code == Some(1), "{ran:?}");
    ensure!(ran.stderr.starts_with("sglang.toml:8:2: SG020 there is no environment `prod`"), "{ran:?}");
    ensure!(read(&repository)? == prod("v0.5.22"));
    Ok(())
}

#[test]
fn a_revision_without_an_image() -> anyhow::Result<()> {
    let repository = of(&[spec("[env.prod]\n"), prod("v0.5.22")])?;
    let help = "set one with `cmp-host image set`";
    let said = then(&repository, &problem("SG062", "`prod` has no image: neither a tag nor a digest", help))?;
    require_refused(&repository, &["--to", "HEAD~1"], 1, &said)
}

#[test]
fn an_environment_that_never_had_another_image() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.22"), format!("# a comment\n{}", prod("v0.5.22"))])?;
    let said = problem(
        "SG063",
        "`prod` never had other values: no commit says otherwise",
        "set a value with `cmp-host image set`",
    );
    require_refused(&repository, &[], 1, &said)
}

/// Git knows of no moves, and neither do we: it is said how far was looked.
#[test]
fn a_spec_that_was_moved() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.21"), prod("v0.5.22")])?;
    let folder = repository.path("");
    std::fs::create_dir(repository.path("services"))?;
    git(&folder, &["mv", "sglang.toml", "services/sglang.toml"])?;
    git(&folder, &["commit", "--quiet", "--message", "x"])?;
    let mut command = crate::support::binary::command();
    command.args(["rollback", "services", "--env", "prod"]).current_dir(&folder);
    let ran = crate::support::binary::run(&mut command)?;
    let said = problem(
        "SG063",
        "`prod` has had no other values since its spec stands here; what stood elsewhere was not looked at",
        "if it was moved, `git log --follow` shows what it said before: set that with `cmp-host image set`",
    );
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.ends_with(&said), "{said}{ran:?}");
    Ok(())
}

#[test]
fn a_shallow_clone_that_ends_too_early() -> anyhow::Result<()> {
    let origin = of(&[prod("v0.5.21"), prod("v0.5.22"), format!("# a comment\n{}", prod("v0.5.22"))])?;
    let clone = Repository::empty()?;
    let url = format!("file://{}", origin.path("").display());
    git(&clone.path(""), &["clone", "--quiet", "--depth", "2", &url, "."])?;
    let said = problem(
        "SG063",
        "`prod` has had no other values as far back as this clone goes",
        "this clone is shallow: fetch more of it with `git fetch --unshallow`",
    );
    require_refused(&clone, &[], 1, &said)
}

/// The image of then may not do for the spec of now.
#[test]
fn an_image_that_the_spec_of_now_does_not_take() -> anyhow::Result<()> {
    let latest = prod("latest");
    let repository = of(&[latest, prod("v0.5.22")])?;
    let ran = run(&repository, &["rollback"], &["--env", "prod"])?;
    ensure!(ran.code == Some(1) && ran.stderr.starts_with("sglang.toml:12:13: SG201 "), "{ran:?}");
    ensure!(ran.stderr.contains("note[SG064]: nothing was written"), "{ran:?}");
    ensure!(read(&repository)? == prod("v0.5.22"));
    Ok(())
}
