//! The socket's file, and what else may be in its place.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::ensure;
use tempfile::TempDir;

use crate::row::{Row, Seen, require_good};
use crate::support::binary::{self, Ran};
use crate::support::client;
use crate::support::served::{PLUGIN, Served};

pub(crate) fn rows() -> Vec<Row> {
    let row = |name, expected, attempt| Row { id: "D-04", name, expected, attempt };
    vec![
        row("a-socket-that-a-dead-process-left", "ok", dead),
        row("a-socket-that-a-killed-server-left", "ok", killed),
        row("a-socket-of-a-living-process", "HOST_IO", living),
        row("a-folder-where-the-socket-should-be", "HOST_IO", || {
            in_the_way(|path| Ok(fs::create_dir(path)?))
        }),
        row("a-file-where-the-socket-should-be", "HOST_IO", || {
            in_the_way(|path| Ok(fs::write(path, "mine")?))
        }),
        row("a-link-where-the-socket-should-be", "HOST_IO", || {
            in_the_way(|path| Ok(std::os::unix::fs::symlink("elsewhere", path)?))
        }),
        row("no-folder-for-the-socket", "HOST_IO", || elsewhere("none")),
        row("no-folder-for-the-socket-and-a-log-for-people", "HOST_IO", in_text),
        row("a-path-that-the-kernel-cuts", "HOST_IO", || elsewhere(&"a".repeat(120))),
    ]
}

/// A folder with a plugin.yaml.
fn folder() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("plugin.yaml"), PLUGIN)?;
    Ok(folder)
}

/// A server that should not start.
fn refused(folder: &Path, sockets: &Path) -> anyhow::Result<Seen> {
    Seen::stopped(&last_words(folder, sockets, "json")?)
}

fn last_words(folder: &Path, sockets: &Path, logformat: &str) -> anyhow::Result<String> {
    let mut command = binary::command();
    command.arg("serve").arg("--config-dir-path").arg(folder);
    command.args(["--loglevel", "error", "--logformat", logformat]);
    let Ran { code, stderr, .. } = binary::run(command.env("ARGOCD_PLUGINSOCKFILEPATH", sockets))?;
    ensure!(code == Some(4), "it exits with {code:?}: {stderr}");
    Ok(stderr.replace(&sockets.display().to_string(), "SOCKETS"))
}

fn in_text() -> anyhow::Result<Seen> {
    let folder = folder()?;
    Ok(Seen::refused(&last_words(folder.path(), &folder.path().join("none"), "text")?))
}

fn dead() -> anyhow::Result<Seen> {
    let folder = folder()?;
    drop(UnixListener::bind(folder.path().join("sglang.sock"))?);
    serves(folder)
}

fn killed() -> anyhow::Result<Seen> {
    let folder = folder()?;
    let socket = folder.path().join("sglang.sock");
    let mut served = Served::start_in(folder.path(), |_| {})?;
    served.signal("KILL")?;
    served.wait()?;
    ensure!(socket.exists(), "a killed server left nothing");
    serves(folder)
}

fn serves(folder: TempDir) -> anyhow::Result<Seen> {
    let served = Served::start_in(folder.path(), |_| {})?;
    client::run(require_good(&served))?;
    Ok(Seen::new("ok", "it is served again"))
}

fn living() -> anyhow::Result<Seen> {
    let folder = folder()?;
    let served = Served::start_in(folder.path(), |_| {})?;
    let seen = refused(folder.path(), folder.path())?;
    client::run(require_good(&served))?;
    Ok(seen)
}

fn in_the_way(lay: fn(&Path) -> anyhow::Result<()>) -> anyhow::Result<Seen> {
    let folder = folder()?;
    let socket = folder.path().join("sglang.sock");
    lay(&socket)?;
    let seen = refused(folder.path(), folder.path())?;
    ensure!(fs::symlink_metadata(&socket).is_ok(), "what was in the way is gone");
    Ok(seen)
}

fn elsewhere(name: &str) -> anyhow::Result<Seen> {
    let folder = folder()?;
    refused(folder.path(), &folder.path().join(name))
}
