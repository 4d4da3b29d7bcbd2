//! What a repository may look like, and what it may lack.

use anyhow::ensure;

use super::{diff, expect_of, sample};
use crate::support::binary;
use crate::support::history::Git;
use crate::support::repository::Repository;

const SPEC: &str = "services/llama/sglang.toml";

#[test]
fn what_is_no_revision_is_said() -> anyhow::Result<()> {
    let git = sample()?;
    expect_of("unknown-revision", &git.path(""), &["nothing"])?;
    expect_of("folder-as-revision", &git.path(""), &["services"])?;
    expect_of("too-many-arguments", &git.path(""), &["HEAD", ".", "--against-file", "-"])
}

#[test]
fn a_revision_wins_over_a_folder_of_its_name() -> anyhow::Result<()> {
    let git = sample()?;
    git.write("main/README.md", "")?;
    git.edit(SPEC, "replicas = 2", "replicas = 3")?;
    let ran = binary::run(&mut diff(&git.path(""), &["main"]))?;
    ensure!(ran.code == Some(5), "{ran:?}");
    Ok(())
}

#[test]
fn a_folder_without_a_repository_is_said() -> anyhow::Result<()> {
    let repository = Repository::of(crate::support::spec::SPEC)?;
    let ran = binary::run(&mut diff(&repository.path(""), &["--root", "."]))?;
    let help = "is in no git repository; name a folder of a clone that has a working tree";
    ensure!(ran.code == Some(2) && ran.stdout.is_empty() && ran.stderr.contains(help), "{ran:?}");
    Ok(())
}

#[test]
fn a_shallow_clone_says_what_to_fetch() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit(SPEC, "replicas = 2", "replicas = 3")?;
    git.commit()?;
    let url = format!("file://{}", git.path("").display());
    git.run(&["clone", "--quiet", "--depth=1", &url, "shallow"])?;
    let known = binary::run(&mut diff(&git.path("shallow"), &["HEAD"]))?;
    ensure!(known.code == Some(0), "{known:?}");
    let ran = binary::run(&mut diff(&git.path("shallow"), &["HEAD~1"]))?;
    ensure!(ran.code == Some(2) && ran.stderr.contains("git fetch --unshallow"), "{ran:?}");
    Ok(())
}

#[test]
fn a_linked_worktree_and_a_detached_head_are_as_good() -> anyhow::Result<()> {
    let git = sample()?;
    git.run(&["worktree", "add", "--quiet", "--detach", "linked"])?;
    let spec = format!("linked/{SPEC}");
    git.edit(&spec, "replicas = 2", "replicas = 3")?;
    let ran = binary::run(&mut diff(&git.path("linked"), &[]))?;
    ensure!(ran.code == Some(5) && ran.stdout.contains("spec.replicas\n      - 2\n      + 3\n"), "{ran:?}");
    Ok(())
}

/// Half a repository may be the root: files are read below it, in the commit as in the working tree.
#[test]
fn a_root_within_the_repository_holds_on_both_sides() -> anyhow::Result<()> {
    let git = Git::new()?;
    git.write("base.toml", "port = 8000\n")?;
    git.write("team/sglang.toml", format!("extends = \"../base.toml\"\n{}", crate::support::spec::SPEC))?;
    git.commit()?;
    git.edit("base.toml", "8000", "9000")?;
    let whole = binary::run(&mut diff(&git.path("team"), &[]))?;
    ensure!(whole.code == Some(5) && whole.stdout.contains("9000"), "{whole:?}");
    let half = binary::run(&mut diff(&git.path("team"), &["--root", "."]))?;
    ensure!(half.code == Some(1) && half.stderr.contains("SG006"), "{half:?}");
    Ok(())
}
