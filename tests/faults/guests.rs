//! Guests that compute for as long as they may, many at once, and callers that do not wait for them.

use std::fs;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::calls::leave_in_the_middle;
use crate::row::{GOOD, Row, Seen, require_good};
use crate::support::client::{self, Asked, Client, piece};
use crate::support::served::{PLUGIN, Served};
use crate::support::shipped::N_SHIPPED;
use crate::support::wat_guest::WatGuest;

pub(crate) fn rows() -> Vec<Row> {
    let row = |id, name, expected, attempt| Row { id, name, expected, attempt };
    vec![
        row("A-33", "two-thousand-calls-that-are-left", "ok", left),
        row("A-33", "two-hundred-guests-that-nobody-waits-for", "ok", abandoned),
        row("A-35", "two-hundred-guests-without-an-end-at-once", "ok", hogs),
        row("C-24", "a-guest-that-outlasts-its-caller", "REQUEST_DEADLINE", outlasting),
        row("C-19", "a-caller-whose-time-ends-in-the-queue", "BUSY_DEADLINE", queued),
        row(
            "C-19",
            "twenty-large-archives-whose-time-ends-in-the-queue",
            "BUSY_DEADLINE",
            queued_with_archives,
        ),
        row("D-05", "applications-that-lower-limits-of-loading-without-a-cache", "ok", lowered),
        row("P18", "an-application-that-asks-for-a-smaller-component", "GUEST_TOO_LARGE", too_large),
    ]
}

/// A folder with the operator's file, whose guest `hog` never ends.
pub(crate) fn operator() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let endless = WatGuest { before: "(loop (br 0))", ..WatGuest::of("hog") };
    add(folder.path(), "hog", &endless.bytes()?)?;
    Ok(folder)
}

/// Adds a guest to the operator's file, pinned, with as much fuel as there can be and a minute of time.
pub(crate) fn add(folder: &Path, name: &str, component: &[u8]) -> anyhow::Result<()> {
    fs::write(folder.join(format!("{name}.wasm")), component)?;
    let sha256 = base16ct::lower::encode_string(&Sha256::digest(component));
    let limits = "[limits]\nfuel = 1000000000000\ntime = \"60s\"\n";
    let guest = format!("[guest.{name}]\npath = \"{name}.wasm\"\nsha256 = \"{sha256}\"\n");
    Ok(fs::write(folder.join("cmp-host.toml"), limits.to_owned() + &guest)?)
}

pub(crate) fn serve(folder: &TempDir) -> anyhow::Result<Served> {
    Served::start(Some(&folder.path().join("cmp-host.toml")))
}

/// The good request, from another Application and for another guest.
pub(crate) fn asked(application: &str, guest: &str) -> Asked {
    let mut asked = GOOD.clone();
    let parameters = format!(r#"[{{"name":"guest","string":"{guest}"}}]"#);
    for (name, value) in [("ARGOCD_APP_NAME", application), ("ARGOCD_APP_PARAMETERS", &parameters)] {
        asked.variables.push((name.to_owned(), value.to_owned()));
    }
    asked
}

async fn begin(served: &Served, asked: &Asked, timeout: &str) -> anyhow::Result<client::Call> {
    let client = Client::connect(&served.socket).await?;
    let mut call = client.begin("GenerateManifest", Some(timeout)).await?;
    for message in asked.messages() {
        call.send(&message).await?;
    }
    Ok(call)
}

fn left() -> anyhow::Result<Seen> {
    let served = Served::start(None)?;
    client::run(async {
        leave_in_the_middle(&served, 200).await?;
        let before = Resources::of(&served)?;
        leave_in_the_middle(&served, 1_800).await?;
        before.require_no_more(&served)?;
        Ok(Seen::new("ok", "no descriptor, no thread and no memory more"))
    })
}

/// A place is free again as soon as its guest has ended, and it ends with its caller.
fn abandoned() -> anyhow::Result<Seen> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(async {
        let hog = asked("hog", "hog");
        for _ in 0..200 {
            begin(&served, &hog, "60S").await?.finish_sending()?.cancel();
        }
        let started = Instant::now();
        require_good(&served).await?;
        ensure!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
        Ok(Seen::new("ok", "their places are free"))
    })
}

/// One Application's guests fill its share of the places, and the others' requests go on.
fn hogs() -> anyhow::Result<Seen> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(async {
        let hog = asked("hog", "hog");
        let mut calls = Vec::new();
        for _ in 0..200 {
            calls.push(begin(&served, &hog, "60S").await?.finish_sending()?);
        }
        let started = Instant::now();
        for _ in 0..20 {
            require_good(&served).await?;
        }
        ensure!(started.elapsed() < Duration::from_secs(20), "20 good requests took {:?}", started.elapsed());
        drop(calls);
        Ok(Seen::new("ok", "20 good requests are answered meanwhile"))
    })
}

fn outlasting() -> anyhow::Result<Seen> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(async {
        let call = begin(&served, &asked("hog", "hog"), "1S").await?;
        let seen = late(call.finish().await?)?;
        require_good(&served).await?;
        Ok(seen)
    })
}

fn queued() -> anyhow::Result<Seen> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(async {
        let hog = asked("hog", "hog");
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let call = begin(&served, &hog, "3S").await?;
            calls.spawn(call.finish());
        }
        let mut waited = Vec::new();
        while let Some(answer) = calls.join_next().await {
            waited.push(late(answer??)?);
        }
        require_good(&served).await?;
        let in_queue = waited.iter().filter(|it| it.code == "BUSY_DEADLINE").count();
        ensure!(in_queue > 150, "{in_queue} of 200 waited in the queue");
        Ok(Seen::new("BUSY_DEADLINE", "the 3000 ms of this call are over"))
    })
}

/// The repo-server sends all of its archive, and reports `EOF` of a server that does not take it.
fn queued_with_archives() -> anyhow::Result<Seen> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(async {
        let hog = asked("hog", "hog");
        let mut hogs = Vec::new();
        for _ in 0..2 * available_parallelism()?.get() {
            hogs.push(begin(&served, &hog, "60S").await?.finish_sending()?);
        }
        let large = Asked { archive: vec![0; 8 << 20].into(), ..hog };
        let mut calls = JoinSet::new();
        for _ in 0..20 {
            let (client, large) = (Client::connect(&served.socket).await?, large.clone());
            calls.spawn(async move {
                let mut call = client.begin("GenerateManifest", Some("8S")).await?;
                call.send(&large.metadata()).await?;
                for chunk in large.archive.chunks(16 << 10) {
                    call.send(&piece(chunk)).await?;
                }
                call.finish().await
            });
        }
        while let Some(answer) = calls.join_next().await {
            let seen = late(answer??)?;
            ensure!(seen.code == "BUSY_DEADLINE", "{seen:?}");
        }
        drop(hogs);
        require_good(&served).await?;
        Ok(Seen::new("BUSY_DEADLINE", "each of them could send all of its archive"))
    })
}

/// As on the command line, although the guest is loaded already.
fn too_large() -> anyhow::Result<Seen> {
    let folder = tempfile::tempdir()?;
    add(folder.path(), "team", &WatGuest::of("team").bytes()?)?;
    let served = serve(&folder)?;
    let asked = lowering("team", "component\":\"100");
    client::run(async {
        let seen = Seen::of(Client::connect(&served.socket).await?.generate(&asked).await?);
        require_good(&served).await?;
        Ok(seen)
    })
}

/// Whoever could have a guest compiled by asking for less would hold up everybody, with each request.
fn lowered() -> anyhow::Result<Seen> {
    let folder = tempfile::tempdir()?;
    add(folder.path(), "team", &WatGuest::of("team").bytes()?)?;
    let served = Served::with(PLUGIN, |command| {
        command.arg("--config").arg(folder.path().join("cmp-host.toml")).env("CMP_HOST_CACHE", "/proc/none");
    })?;
    let n_compiled = || served.log().matches("compiling the guest").count();
    let at_start = n_compiled();
    client::run(async {
        for guest in ["default", "team"] {
            for limit in
                ["stack\":\"200KiB", "component\":\"16MiB", "compile-time\":\"60s", "compile-memory\":\"1GiB"]
            {
                let answer = Client::connect(&served.socket).await?.generate(&lowering(guest, limit)).await?;
                ensure!(answer.is_ok(), "{guest} with {limit}: {answer:?}");
            }
        }
        require_good(&served).await
    })?;
    let once = 2 - N_SHIPPED;
    ensure!((at_start, n_compiled()) == (once, once), "{}", served.log());
    Ok(Seen::new("ok", "each guest is compiled once"))
}

fn lowering(guest: &str, limit: &str) -> Asked {
    let mut asked = asked("lowering", guest);
    let parameters =
        format!(r#"[{{"name":"guest","string":"{guest}"}},{{"name":"limits","map":{{"{limit}"}}}}]"#);
    asked.variables.push((String::from("ARGOCD_APP_PARAMETERS"), parameters));
    asked
}

/// How long each part took differs from run to run.
fn late(
    answer: Result<cmp_host::server::proto::plugin::ManifestResponse, client::Status>,
) -> anyhow::Result<Seen> {
    let mut seen = Seen::of(answer.map(|it| it.manifests));
    ensure!(seen.message.contains(" ms in the guest"), "{seen:?}");
    seen.message = seen.message.split(": ").next().unwrap_or_default().to_owned();
    Ok(seen)
}

/// What a process holds.
pub(crate) struct Resources {
    descriptors: usize,
    threads: usize,
    memory: usize,
}

impl Resources {
    pub(crate) fn of(served: &Served) -> anyhow::Result<Resources> {
        let process = Path::new("/proc").join(served.child.0.id().to_string());
        let status = fs::read_to_string(process.join("status"))?;
        let number = |key: &str| -> anyhow::Result<usize> {
            let line = status.lines().find_map(|it| it.strip_prefix(key)).unwrap_or_default();
            Ok(line.trim().trim_end_matches(" kB").parse()?)
        };
        Ok(Resources {
            descriptors: fs::read_dir(process.join("fd"))?.count(),
            threads: number("Threads:")?,
            memory: number("VmRSS:")?,
        })
    }

    /// Calls that are still ending are waited for.
    pub(crate) fn require_no_more(&self, served: &Served) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let now = Resources::of(served)?;
            let is_same = now.descriptors <= self.descriptors && now.threads <= self.threads;
            if is_same && now.memory <= self.memory + (16 << 10) {
                return Ok(());
            }
            ensure!(
                started.elapsed() < Duration::from_secs(10),
                "{} descriptors, {} threads, {} KiB; before {}, {}, {}",
                now.descriptors,
                now.threads,
                now.memory,
                self.descriptors,
                self.threads,
                self.memory
            );
            std::thread::yield_now();
        }
    }
}
