//! The whole process `cmp-host generate` against kustomize building the same manifests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use wait4::Wait4;

use crate::{Goal, turns};

const ROUNDS: usize = 60;
const HOST: &str = env!("CARGO_BIN_EXE_cmp-host");

/// The example that is measured.
pub(crate) fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/llama-8b")
}

/// Measures wall time and peak memory.
pub(crate) fn goals() -> anyhow::Result<Vec<Goal>> {
    let folder = tempfile::tempdir()?;
    let kustomization = folder.path().join("kustomization");
    let host = install(folder.path())?;
    lay_out(&host, &kustomization)?;
    let kustomize = kustomize(&kustomization)?;
    let (ours, theirs) = turns::medians(ROUNDS, || run(&mut host()), || run(&mut kustomize()));
    let memory = peak_mib(&mut host())?;
    println!("process: {:.1} ms, kustomize {:.1} ms, peak {memory:.1} MiB", ours * 1e3, theirs * 1e3);
    Ok(vec![
        Goal {
            what: "wall time of generate, as a part of kustomize's",
            measured: ours / theirs,
            unit: "",
            at_most: 0.05,
        },
        Goal { what: "peak memory of generate", measured: memory, unit: " MiB", at_most: 20.0 },
    ])
}

/// Copies the program, as whoever installs it does. A file that the linker has just written lies in the kernel's memory in
/// single pages, and one that was copied or read from a disk, as kubectl's was, in pieces of many: a fifth of a start.
fn install(folder: &Path) -> anyhow::Result<impl Fn() -> Command + use<>> {
    let (program, cache) = (folder.join("cmp-host"), folder.join("cache"));
    fs::copy(HOST, &program)?;
    Ok(move || generate(&program, &cache))
}

/// A `generate` of the example, with compiled code in this folder.
fn generate(program: &Path, cache: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("generate").arg(example()).args(["--env", "prod"]).env("CMP_HOST_CACHE", cache);
    command
}

/// The manifests that `generate` gives, as a kustomization that changes nothing about them.
fn lay_out(host: impl Fn() -> Command, kustomization: &Path) -> anyhow::Result<()> {
    let status = host().arg("--output-dir").arg(kustomization).status()?;
    ensure!(status.success(), "cmp-host generate failed");
    let names = fs::read_dir(kustomization)?.map(|it| Ok(it?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<anyhow::Result<Vec<String>>>()?;
    names.sort();
    let list: String = names.iter().map(|it| format!("- {it}\n")).collect();
    Ok(fs::write(kustomization.join("kustomization.yaml"), format!("resources:\n{list}"))?)
}

/// kubectl's kustomize where there is a kubectl, else Go's own.
fn kustomize(folder: &Path) -> anyhow::Result<impl Fn() -> Command + use<>> {
    let folder = folder.to_owned();
    let kubectl = Command::new("kubectl")
        .args(["version", "--client"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let has_kubectl = kubectl.is_ok_and(|it| it.success());
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/bin/kustomize");
    ensure!(
        has_kubectl || tools.exists(),
        "there is neither kubectl nor kustomize: run `make bench`, which installs one"
    );
    Ok(move || {
        let mut command = if has_kubectl { Command::new("kubectl") } else { Command::new(&tools) };
        command.arg(if has_kubectl { "kustomize" } else { "build" }).arg(&folder);
        command
    })
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|it| it.success()), "{command:?} failed");
}

/// A child's figure begins with its parent's size, so this must run while this process is still small.
fn peak_mib(command: &mut Command) -> anyhow::Result<f64> {
    let child = command.stdout(Stdio::null()).spawn().context("cannot start cmp-host")?;
    let usage = child.wait4()?;
    ensure!(usage.status.success(), "cmp-host generate failed");
    Ok(usage.rusage.maxrss as f64 / 1024.0 / 1024.0)
}
