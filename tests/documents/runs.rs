//! What a page marks is run, from its first block to its last, in a folder that begins empty.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::page::{Block, Page};
use crate::support::binary::{self, Ran};
use crate::support::project;

const RUNS: &str = "tests/documents runs this";
const FAILS: &str = "tests/documents runs this and expects a failure";

#[test]
fn the_quick_start_can_be_followed() -> anyhow::Result<()> {
    let page = Page::read(&project::path("docs/quick-start.md"))?;
    let mut script = String::new();
    let mut n_blocks = 0;
    for (index, block) in page.blocks.iter().enumerate() {
        match block.mark.as_deref() {
            Some(RUNS) => script += &block.text,
            Some(FAILS) => {
                script += &failing(block, page.blocks.get(index + 1).context("it shows no answer")?)
            }
            _ => continue,
        }
        n_blocks += 1;
    }
    ensure!(n_blocks >= 3, "only {n_blocks} blocks are marked");
    let ran = run(&script)?;
    ensure!(ran.code == Some(0), "{script}\n{ran:?}");
    for expected in ["kind: Deployment", "context-length"] {
        ensure!(ran.stdout.contains(expected), "nothing shows `{expected}`: {ran:?}");
    }
    Ok(())
}

/// The next block shows how its answer begins.
fn failing(block: &Block, answer: &Block) -> String {
    let first = answer.text.lines().next().unwrap_or_default().replace('\'', "'\\''");
    format!(
        "if {{ {}}} 2>said; then echo 'this passes' >&2; exit 1; fi\ngrep -qxF '{first}' said || {{ cat said >&2; exit 1; }}\nrm said\n",
        block.text
    )
}

#[test]
fn the_guides_tree_is_made_again() -> anyhow::Result<()> {
    let mut command = Command::new(project::path("tests/seed-tree.sh"));
    let ran = binary::run(command.arg(program()).env("CMP_HOST_CACHE", binary::CACHE))?;
    let is_complete = ran.stdout.starts_with("the tree is complete: ");
    ensure!(ran.code == Some(0) && is_complete && ran.stderr.is_empty(), "{ran:?}");
    Ok(())
}

/// In bash, stopping at the first failure, with cmp-host on the path.
fn run(script: &str) -> anyhow::Result<Ran> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("script"), script)?;
    let program = program();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program.parent().unwrap_or(&program).display());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "script"]).current_dir(folder.path());
    command.env_clear().env("PATH", path).env("CMP_HOST_CACHE", binary::CACHE).env("HOME", folder.path());
    binary::run(&mut command)
}

fn program() -> PathBuf {
    PathBuf::from(binary::command().get_program())
}
