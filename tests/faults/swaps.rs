//! The operator's file and its guests, changed while the server runs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tempfile::TempDir;

use crate::guests::{add, asked, serve};
use crate::row::{Row, Seen, require_good};
use crate::support::client::{self, Client};
use crate::support::served::Served;
use crate::support::wat_guest::WatGuest;

pub(crate) fn rows() -> Vec<Row> {
    let row = |name, expected, attempt| Row { id: "D-09", name, expected, attempt };
    vec![
        row("a-guest-that-is-swapped", "ok", swapped),
        row("a-guest-that-is-swapped-by-a-link", "ok", swapped_by_a_link),
        row("an-operators-file-that-comes-before-its-guest", "ok", before_its_guest),
        row("a-hangup-when-nothing-has-changed", "ok", || hangup(Some("[limits]\nmanifests = 700\n"))),
        row("a-hangup-without-an-operators-file", "ok", || hangup(None)),
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

/// As Kubernetes swaps the files of a ConfigMap, all at once.
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
        becomes(&served, "one", "two").await?;
        Ok(Seen::new("ok", "no request fails meanwhile"))
    })
}

/// The file is refused for as long as the guest is missing.
fn before_its_guest() -> anyhow::Result<Seen> {
    let (folder, next) = (operator("one")?, operator("two")?);
    let served = serve(&folder)?;
    client::run(async {
        let config = fs::read_to_string(next.path().join("cmp-host.toml"))?;
        fs::write(folder.path().join("cmp-host.toml"), config.replace("team.wasm", "later.wasm"))?;
        let started = Instant::now();
        while !served.log().contains("what was in force stays in force") {
            ensure!(answer(&served).await? == "one", "the old guest is gone");
            ensure!(started.elapsed() < Duration::from_secs(20), "nothing is said of it");
        }
        fs::rename(next.path().join("team.wasm"), folder.path().join("later.wasm"))?;
        becomes(&served, "one", "two").await?;
        Ok(Seen::new("ok", "it is in force once its guest is there"))
    })
}

/// Everything is loaded once more, and nobody's request fails.
fn hangup(config: Option<&str>) -> anyhow::Result<Seen> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cmp-host.toml");
    config.map(|it| fs::write(&path, it)).transpose()?;
    let served = Served::start(config.map(|_| path.as_path()))?;
    let loadings = || served.log().matches("\"loaded\"").count();
    client::run(async {
        let before = loadings();
        served.signal("HUP")?;
        let started = Instant::now();
        while loadings() == before {
            require_good(&served).await?;
            ensure!(started.elapsed() < Duration::from_secs(20), "nothing is loaded");
        }
        Ok(Seen::new("ok", "it is loaded once more"))
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
    Seen::stopped(&error.replace(&folder.path().display().to_string(), "FOLDER"))
}
