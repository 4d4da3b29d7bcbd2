//! Once its files are read, an expansion asks nothing more of the system: no file, no network.

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::support::brought::Brought;
use crate::support::{binary, tools};

const EXPANSION: [&str; 5] = ["-vv", "generate", "examples/llama-8b", "--env", "prod"];
/// The line of the log after which all that an expansion depends on is there.
const MARKER: &str = "request read";

#[test]
fn nothing_is_opened_once_the_request_is_read() -> anyhow::Result<()> {
    tools::install("strace")?;
    opens_nothing(&[])
}

#[test]
fn nothing_is_opened_for_code_from_the_cache() -> anyhow::Result<()> {
    tools::install("strace")?;
    let brought = Brought::new()?;
    opens_nothing(&["--config", &brought.config(), "--param", "guest=own"])
}

/// The kernel's own account, with the threads, from code that is compiled already.
fn opens_nothing(args: &[&str]) -> anyhow::Result<()> {
    let untraced = binary::run(binary::command().args(EXPANSION).args(args))?;
    ensure!(untraced.code == Some(0), "{untraced:?}");
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    let host = binary::command();
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-s", "128", "-e", "trace=%network,%file,write", "-o"])
        .arg(&trace)
        .arg(host.get_program())
        .args(EXPANSION)
        .args(args)
        .env_clear()
        .env("CMP_HOST_CACHE", binary::CACHE)
        .envs(std::env::var_os("PATH").map(|it| ("PATH", it)))
        .current_dir(host.get_current_dir().context("it has a folder")?);
    let traced = binary::run(&mut strace)?;
    ensure!(traced.code == Some(0) && traced.stdout == untraced.stdout, "{traced:?}");
    ensure!(!traced.stderr.contains("compiling"), "the cache is not warm: {}", traced.stderr);
    let calls = fs::read_to_string(&trace)?;
    let (before, after) = calls.split_once(MARKER).with_context(|| format!("no marker in\n{calls}"))?;
    ensure!(before.contains("sglang.toml"), "reading the spec is not seen:\n{before}");
    let rest: Vec<&str> = after.lines().skip(1).collect();
    ensure!(rest.iter().any(|it| it.contains("write(1, ")), "the manifests are not seen:\n{after}");
    let others: Vec<&&str> = rest.iter().filter(|it| !is_harmless(it)).collect();
    ensure!(others.is_empty(), "after the marker: {others:#?}");
    Ok(())
}

/// Writing to stdout and stderr, and ends of threads and of the process.
fn is_harmless(call: &str) -> bool {
    let call = call.trim_start_matches(|it: char| it.is_ascii_digit()).trim_start();
    ["write(1, ", "write(2, ", "+++ ", "<... write resumed>"].iter().any(|it| call.starts_with(it))
}
