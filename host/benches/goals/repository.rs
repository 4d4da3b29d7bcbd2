//! A whole repository: `check` of all of its specs, and `diff` of all of them against a commit from which each differs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use wait4::Wait4;

use crate::Goal;

const ROUNDS: usize = 5;
const FEW: usize = 50;
const MANY: usize = 500;

/// What all specs share. It differs from the commit, so that every environment of every spec does.
const BASE: &str = r#"schema = 1
image.tag = "v0.5.23"
gpu.product = "l4"
network.from = ["monitoring"]
monitor.labels = { release = "prometheus" }
secrets = { store = { cluster = "platform" }, hf-token = "llm/hf" }
[env.dev]
[env.staging]
[env.prod]
replicas = 2
cache.access = "ReadWriteMany"
"#;
const SPEC: &str = r#"extends = "../../base.toml"
model = { id = "meta-llama/Llama-3.1-8B-Instruct", quantization = "fp8", context = 32768 }
"#;

/// Measures both sizes in turns. The times are the least of several, since whatever else runs here only adds to them; what is
/// linear is the processor's time, which it hardly touches.
pub(crate) fn goals() -> anyhow::Result<Vec<Goal>> {
    let folder = tempfile::tempdir()?;
    let (few, many) = (lay_out(folder.path(), FEW)?, lay_out(folder.path(), MANY)?);
    let cache = folder.path().join("cache");
    let [check_few, check] = least(&few, &many, &cache, "check", 0)?;
    let [diff_few, diff] = least(&few, &many, &cache, "diff", 5)?;
    for (what, run) in [("check", check), ("diff", diff)] {
        println!("{what} of {MANY} specs: {:.2} s, of which the processors ran {:.2} s", run.wall, run.cpu);
    }
    let each = |many: Run, few: Run| (many.cpu / MANY as f64) / (few.cpu / FEW as f64);
    Ok(vec![
        Goal {
            what: "check of 500 specs in three environments",
            measured: check.wall,
            unit: " s",
            at_most: 2.0,
        },
        Goal {
            what: "diff of 500 specs in three environments",
            measured: diff.wall,
            unit: " s",
            at_most: 4.0,
        },
        Goal {
            what: "check of a spec among 500, as a part of one among 50",
            measured: each(check, check_few),
            unit: "",
            at_most: 1.3,
        },
        Goal {
            what: "diff of a spec among 500, as a part of one among 50",
            measured: each(diff, diff_few),
            unit: "",
            at_most: 1.3,
        },
    ])
}

/// In seconds.
#[derive(Clone, Copy)]
struct Run {
    wall: f64,
    cpu: f64,
}

/// A repository of one commit, and a working tree in which the base says something else.
fn lay_out(folder: &Path, specs: usize) -> anyhow::Result<PathBuf> {
    let root = folder.join(specs.to_string());
    for index in 0..specs {
        let folder = root.join(format!("services/chat-{index:03}"));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("sglang.toml"), format!("{SPEC}name = \"chat-{index:03}\"\n"))?;
    }
    fs::write(root.join("base.toml"), BASE.replace("v0.5.23", "v0.5.22"))?;
    git(&root, &["init", "--quiet", "--initial-branch=main"])?;
    git(&root, &["add", "."])?;
    git(
        &root,
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=a commit"],
    )?;
    fs::write(root.join("base.toml"), BASE)?;
    Ok(root)
}

fn git(root: &Path, args: &[&str]) -> anyhow::Result<()> {
    let status =
        Command::new("git").args(args).current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").status();
    ensure!(status.context("cannot start git")?.success(), "git {args:?} failed");
    Ok(())
}

fn least(few: &Path, many: &Path, cache: &Path, verb: &str, code: i32) -> anyhow::Result<[Run; 2]> {
    let mut runs = [Run { wall: f64::MAX, cpu: f64::MAX }; 2];
    for _ in 0..ROUNDS {
        for (least, root) in runs.iter_mut().zip([few, many]) {
            let run = run(root, cache, verb, code)?;
            *least = Run { wall: least.wall.min(run.wall), cpu: least.cpu.min(run.cpu) };
        }
    }
    Ok(runs)
}

fn run(root: &Path, cache: &Path, verb: &str, code: i32) -> anyhow::Result<Run> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-host"));
    command
        .arg(verb)
        .current_dir(root)
        .env("CMP_HOST_CACHE", cache)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let ended = command.spawn().context("cannot start cmp-host")?.wait4()?;
    let wall = start.elapsed().as_secs_f64();
    ensure!(ended.status.code() == Some(code), "cmp-host {verb} ended with {}", ended.status);
    Ok(Run { wall, cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64() })
}
