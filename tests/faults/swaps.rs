//! The operator's file and its guests, changed while the server runs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tempfile::TempDir;

use crate::guests::{add, asked, serve};
use crate::row::{Row, Seen};
use crate::support::client::{self, Client};
use crate::support::served::Served;
use crate::support::wat_guest::WatGuest;

pub(crate) fn rows() -> Vec<Row> {
    let row = |name, expected, attempt| Row { id: "D-09", name, expected, attempt };
    vec![
        row("a-guest-that-is-swapped", "ok", swapped),
        row("a-guest-that-is-swapped-by-a-link", "ok", swapped_by_a_link),
        row("a-guest-that-is-half-written", "ok", || {
            kept(|folder| Ok(fs::write(folder.join("team.wasm"), "\0asm")?))
        }),
        row("a-guest-that-is-deleted", "ok", || {
            kept(|folder| Ok(fs::remove_file(folder.join("team.wasm"))?))
        }),
        row("an-operators-file-that-is-wrong", "ok", || {
            kept(|folder| Ok(fs::write(folder.join("cmp-host.toml"), "[")?))
        }),
        row("a-guest-without-a-digest", "HOST_CONFIG", unpinned),
    ]
}

fn operator(name: &str) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    add(folder.path(), "team", &WatGuest::of(name).bytes()?)?;
    Ok(folder)
}

/// The name of the one manifest that the team's guest gives.
async fn answer(served: &Served) -> anyhow::Result<String> {
    let answer = Client::connect(&served.socket).await?.generate(&asked("team", "team")).await?;
    let manifests = answer.map_err(|status| anyhow::anyhow!("{status:?}"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifests.concat())?;
    Ok(manifest["metadata"]["name"].as_str().unwrap_or_default().to_owned())
}

/// Every answer until then is the old one or the new one.
async fn becomes(served: &Served, old: &str, new: &str) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let name = answer(served).await?;
        if name == new {
            return Ok(());
        }
        ensure!(name == old, "the guest is `{name}`");
        ensure!(started.elapsed() < Duration::from_secs(20), "`{new}` is not seen");
    }
}

fn swapped() -> anyhow::Result<Seen> {
    let folder = operator("one")?;
    let served = serve(&folder)?;
    client::run(async {
        ensure!(answer(&served).await? == "one");
        add(folder.path(), "team", &WatGuest::of("two").bytes()?)?;
        becomes(&served, "one", "two").await?;
        Ok(Seen::new("ok", "no request fails meanwhile"))
    })
}

/// As Kubernetes swaps the files of a ConfigMap, all at once; and asked for by SIGHUP.
fn swapped_by_a_link() -> anyhow::Result<Seen> {
    let (one, two) = (operator("one")?, operator("two")?);
    let folder = tempfile::tempdir()?;
    let (link, next) = (folder.path().join("data"), folder.path().join("next"));
    std::os::unix::fs::symlink(one.path(), &link)?;
    let served = Served::start(Some(&link.join("cmp-host.toml")))?;
    client::run(async {
        ensure!(answer(&served).await? == "one");
        std::os::unix::fs::symlink(two.path(), &next)?;
        fs::rename(&next, &link)?;
        served.signal("HUP")?;
        becomes(&served, "one", "two").await?;
        Ok(Seen::new("ok", "no request fails meanwhile"))
    })
}

/// What is wrong is told, and what was in force stays.
fn kept(damage: fn(&Path) -> anyhow::Result<()>) -> anyhow::Result<Seen> {
    let folder = operator("one")?;
    let served = serve(&folder)?;
    client::run(async {
        damage(folder.path())?;
        served.signal("HUP")?;
        let started = Instant::now();
        while !served.log().contains("what was in force stays in force") {
            ensure!(answer(&served).await? == "one", "the old guest is gone");
            ensure!(started.elapsed() < Duration::from_secs(20), "nothing is said of it");
        }
        ensure!(answer(&served).await? == "one", "the old guest is gone");
        Ok(Seen::new("ok", "the old one stays, with a warning"))
    })
}

fn unpinned() -> anyhow::Result<Seen> {
    let folder = operator("one")?;
    fs::write(folder.path().join("cmp-host.toml"), "[guest.team]\npath = \"team.wasm\"\n")?;
    let error = serve(&folder).err().map_or_else(String::new, |it| it.to_string());
    let line = error.lines().find(|it| it.contains("HOST_CONFIG")).unwrap_or_default();
    Ok(Seen::refused(&line.replace(&folder.path().display().to_string(), "FOLDER")))
}
