//! `diff`: four axes, three formats, and each way in which a side may be wrong. What is expected stands beside this file;
//! `BLESS=1` rewrites it.

mod axes;
mod formats;
mod git;
mod upgrade;
mod wrong;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::support::binary::{self, Ran};
use crate::support::history::Git;
use crate::support::project;
use crate::support::spec::SPEC;

/// The spec of most tests: two environments, and little else.
fn spec() -> String {
    format!("{SPEC}[env.dev]\n[env.prod]\nreplicas = 2\ncache.access = \"ReadWriteMany\"\n")
}

/// One commit with one spec below `services/`.
fn sample() -> anyhow::Result<Git> {
    let git = Git::new()?;
    git.write("services/llama/sglang.toml", spec())?;
    git.commit()?;
    Ok(git)
}

fn diff(folder: &Path, args: &[&str]) -> Command {
    let mut command = binary::command();
    command.arg("diff").args(args).current_dir(folder);
    command
}

/// Compares all that a run said with the file of this name.
fn expect(name: &str, ran: &Ran) -> anyhow::Result<()> {
    let Ran { code, stdout, stderr } = ran;
    let code = code.map_or_else(|| String::from("none"), |it| it.to_string());
    let seen = format!("exit {code}\n--- stdout\n{stdout}--- stderr\n{stderr}");
    let path = project::path("tests/cli/diff").join(format!("{name}.txt"));
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(path, seen)?);
    }
    let expected = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    ensure!(seen == expected, "{name}: expected\n{expected}\nbut it said\n{seen}");
    Ok(())
}

fn expect_of(name: &str, folder: &Path, args: &[&str]) -> anyhow::Result<()> {
    expect(name, &binary::run(&mut diff(folder, args))?)
}
