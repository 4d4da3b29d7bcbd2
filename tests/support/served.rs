//! A `cmp-host serve` that runs for one test, and ends with it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, bail};
use tempfile::TempDir;

use super::binary;

/// The server, and what it has logged.
pub(crate) struct Served {
    pub(crate) child: Running,
    pub(crate) socket: PathBuf,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
    _folder: Option<TempDir>,
}

/// The least that Argo CD takes.
pub(crate) const PLUGIN: &str = "kind: ConfigManagementPlugin\nmetadata: {name: sglang}\n";

impl Served {
    /// Serves with an operator's file, or without one.
    pub(crate) fn start(config: Option<&Path>) -> anyhow::Result<Served> {
        Served::with(PLUGIN, |command| {
            command.args(config.map(|it| ["--config".as_ref(), it.as_os_str()]).into_iter().flatten());
        })
    }

    /// Serves with this plugin.yaml, and whatever else the command is given. Comes back once the socket is there.
    pub(crate) fn with(plugin: &str, more: impl FnOnce(&mut Command)) -> anyhow::Result<Served> {
        let folder = tempfile::Builder::new().prefix("s").tempdir()?;
        std::fs::write(folder.path().join("plugin.yaml"), plugin)?;
        let served = Served::start_in(folder.path(), more)?;
        Ok(Served { _folder: Some(folder), ..served })
    }

    /// Serves what stands in a folder.
    pub(crate) fn start_in(folder: &Path, more: impl FnOnce(&mut Command)) -> anyhow::Result<Served> {
        let mut command = binary::command();
        command.arg("serve").arg("--config-dir-path").arg(folder);
        command.env("ARGOCD_PLUGINSOCKFILEPATH", folder).current_dir(folder);
        more(&mut command);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("stderr is piped")?);
        let mut log = String::new();
        while !log.contains("\"message\":\"serving; name the plugin") {
            if lines.read_line(&mut log)? == 0 {
                bail!("`serve` ended with {}:\n{log}", child.wait()?);
            }
        }
        let (log, stopped) = (Arc::new(Mutex::new(log)), Arc::new(AtomicBool::new(false)));
        let reader = Some(std::thread::spawn({
            let (log, stopped) = (Arc::clone(&log), Arc::clone(&stopped));
            move || follow(lines, &log, &stopped)
        }));
        let child = Running(child);
        Ok(Served { child, socket: folder.join("sglang.sock"), log, reader, stopped, _folder: None })
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        let status =
            Command::new("kill").arg(format!("-{name}")).arg(self.child.0.id().to_string()).status()?;
        anyhow::ensure!(status.success(), "kill -{name}: {status}");
        Ok(())
    }

    /// Waits until it has ended by itself, and gives its exit code and all that it has logged.
    pub(crate) fn wait(&mut self) -> anyhow::Result<(Option<i32>, String)> {
        let status = self.child.0.wait()?;
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
        Ok((status.code(), self.log()))
    }

    /// Leaves its log in the pipe, until that is full.
    pub(crate) fn stop_reading(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn follow(mut lines: BufReader<ChildStderr>, log: &Mutex<String>, stopped: &AtomicBool) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = lines.read(&mut bytes) {
        while stopped.load(Ordering::Relaxed) {
            // Held until the process ends, which closes the other end of the pipe.
            std::thread::park();
        }
        let text = String::from_utf8_lossy(&bytes[..length]);
        log.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
    }
}

/// Ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
