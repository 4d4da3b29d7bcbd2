//! Runs `cmp-host` as a process of its own.

use std::process::Command;

use super::project;

/// The folder of compiled code that the processes of all tests share.
pub(crate) const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// What it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `cmp-host` at the project's root, in an environment that is empty but for the cache.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-host"));
    command.env_clear().env("CMP_HOST_CACHE", CACHE).current_dir(project::path(""));
    command
}

/// Runs it to its end, with nothing on stdin.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Ran> {
    let output = command.stdin(std::process::Stdio::null()).output()?;
    Ok(Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}
