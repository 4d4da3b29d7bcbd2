//! Who is measured: ours, Argo CD's own server with its work on disk and in memory, and one that does nothing.

use std::fs;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::support::served::{PLUGIN, Served};
use crate::support::{binary, project};

/// The program that links Argo CD as released; `tests/tools/install.sh argocd-v3.6` builds it.
pub(crate) fn argocd() -> PathBuf {
    project::path(".tools/bin/argocd-v3.6")
}

/// A server that runs.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    pub(crate) socket: PathBuf,
    pid: u32,
    _process: Process,
}

enum Process {
    Ours { _served: Served },
    Theirs { child: Child, _folders: Vec<TempDir> },
}

pub(crate) struct Rivals {
    pub(crate) ours: Rival,
    pub(crate) on_disk: Rival,
    pub(crate) in_memory: Rival,
    pub(crate) ideal: Rival,
}

impl Rivals {
    pub(crate) fn start() -> anyhow::Result<Rivals> {
        // It generates once, so that ours finds compiled code, as in its image. To compile would be in its memory for good.
        let ideal = Rival::ideal()?;
        Ok(Rivals {
            ours: Rival::ours()?,
            on_disk: Rival::theirs("theirs on disk", Path::new(env!("CARGO_TARGET_TMPDIR")))?,
            in_memory: Rival::theirs("theirs on tmpfs", Path::new("/dev/shm"))?,
            ideal,
        })
    }

    pub(crate) fn all(&self) -> [&Rival; 4] {
        [&self.ours, &self.on_disk, &self.in_memory, &self.ideal]
    }
}

impl Rival {
    fn ours() -> anyhow::Result<Rival> {
        let served = Served::start(None)?;
        let (socket, pid) = (served.socket.clone(), served.child.0.id());
        Ok(Rival { name: "ours", socket, pid, _process: Process::Ours { _served: served } })
    }

    /// With plugin.yaml's command, this build of it.
    fn theirs(name: &'static str, work: &Path) -> anyhow::Result<Rival> {
        let folder = tempfile::tempdir()?;
        let program = env!("CARGO_BIN_EXE_cmp-host");
        let command = format!("spec: {{generate: {{command: [{program}, generate, ., --format, json]}}}}\n");
        fs::write(folder.path().join("plugin.yaml"), PLUGIN.to_owned() + &command)?;
        let work = tempfile::tempdir_in(work)?;
        let mut command = Command::new(argocd());
        command.args(["cmp-server", "--config-dir-path"]).arg(folder.path());
        command.env("ARGOCD_PLUGINSOCKFILEPATH", folder.path()).env("ARGOCD_CMP_WORKDIR", work.path());
        command.env("CMP_HOST_CACHE", binary::CACHE);
        let socket = folder.path().join("sglang.sock");
        Rival::start(name, command, socket, vec![folder, work])
    }

    fn ideal() -> anyhow::Result<Rival> {
        let folder = tempfile::tempdir()?;
        let mut generate = binary::command();
        generate.args(["generate", "examples/llama-8b", "--env", "prod", "--format", "json"]);
        let output = generate.output()?;
        ensure!(output.status.success(), "`cmp-host generate` failed");
        let answer = folder.path().join("manifests.json");
        fs::File::create(&answer)?.write_all(&output.stdout)?;
        let mut command = Command::new(argocd());
        let socket = folder.path().join("sglang.sock");
        command.arg("ideal").arg("-socket").arg(&socket).arg("-manifests").arg(answer);
        Rival::start("the ideal", command, socket, vec![folder])
    }

    fn start(
        name: &'static str,
        mut command: Command,
        socket: PathBuf,
        folders: Vec<TempDir>,
    ) -> anyhow::Result<Rival> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.context("cannot run .tools/bin/argocd-v3.6")?;
        let pid = child.id();
        let rival = Rival { name, socket, pid, _process: Process::Theirs { child, _folders: folders } };
        let started = Instant::now();
        while UnixStream::connect(&rival.socket).is_err() {
            ensure!(started.elapsed() < Duration::from_secs(60), "{name} does not serve");
            std::thread::yield_now();
        }
        Ok(rival)
    }

    /// Bytes that are in memory now.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        self.status("VmRSS:")
    }

    /// The most since the last time that this was forgotten.
    pub(crate) fn peak(&self) -> anyhow::Result<f64> {
        self.status("VmHWM:")
    }

    pub(crate) fn forget_peak(&self) -> anyhow::Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.pid), "5")?)
    }

    /// Bytes that the process caused to be written to a disk.
    pub(crate) fn written(&self) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/io", self.pid))?;
        let bytes = text.lines().find_map(|it| it.strip_prefix("write_bytes: "));
        Ok(bytes.context("the kernel counts no bytes")?.trim().parse()?)
    }

    fn status(&self, key: &str) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let value = text.lines().find_map(|it| it.strip_prefix(key)).context("the kernel tells no memory")?;
        Ok(value.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Process::Theirs { child, .. } = self {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
