//! The same files give the same bytes: in any folder, as any user, in any locale and time zone.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::support::binary;
use crate::support::examples;
use crate::support::repository::Repository;

/// Each with an environment of its own.
const EXAMPLES: [(&str, &str); 3] = [("llama-8b", "prod"), ("llama-70b", "prod"), ("embeddings-s3", "prod")];
/// Debian's `nobody`.
const NOBODY: u32 = 65534;

#[test]
fn the_same_files_give_the_same_bytes() -> anyhow::Result<()> {
    for (example, environment) in EXAMPLES {
        let here = print(
            Command::new(binary()).env("CMP_HOST_CACHE", binary::CACHE).env("LC_ALL", "C").env("TZ", "UTC"),
            example,
            environment,
            "a",
        )?;
        let mut stranger = stranger()?;
        let there = print(&mut stranger.command, example, environment, "somewhere/else entirely/ü")?;
        ensure!(here == there, "{example} gives other bytes elsewhere");
    }
    Ok(())
}

fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_cmp-host")
}

fn print(command: &mut Command, example: &str, environment: &str, folder: &str) -> anyhow::Result<Vec<u8>> {
    let repository = Repository::empty()?;
    examples::copy(example, &repository.path(folder))?;
    let command = command.args(["generate", ".", "--env", environment]).current_dir(repository.path(folder));
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    Ok([output.stdout, output.stderr].concat())
}

/// A command of somebody who shares nothing with us but the binary's bytes; the folder goes with it.
struct Stranger {
    command: Command,
    _home: Repository,
}

fn stranger() -> anyhow::Result<Stranger> {
    let home = Repository::empty()?;
    let binary = home.path("cmp-host");
    // A copy of our own making would be open for writing in whatever another test starts meanwhile, and so "busy".
    let copied = Command::new("install").args(["-m", "755", self::binary()]).arg(&binary).status()?;
    ensure!(copied.success(), "cannot copy {}", self::binary());
    let mut command = Command::new(&binary);
    command.env_clear().envs([
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Kiritimati"),
    ]);
    command
        .env("HOME", home.path(""))
        .env("USER", "nobody")
        .env("RUST_LOG", "trace")
        .env("KUBECONFIG", "/nowhere");
    become_nobody(&mut command, &home.path(""))?;
    Ok(Stranger { command, _home: home })
}

/// Only root can become somebody else.
fn become_nobody(command: &mut Command, home: &Path) -> anyhow::Result<()> {
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self")?) == 0;
    if is_root {
        chown(home, Some(NOBODY), Some(NOBODY))?;
        command.uid(NOBODY).gid(NOBODY);
    }
    ensure!(
        is_root || std::env::var_os("CI").is_none(),
        "this is not run by root, so nobody else can be tried"
    );
    Ok(())
}
