//! SIGTERM under load: whoever got a connection gets an answer, the socket goes, and the process ends.

#[path = "support"]
mod support {
    #[expect(dead_code, reason = "other tests run it to its end")]
    pub(crate) mod binary;
    pub(crate) mod brought;
    #[expect(dead_code, reason = "other tests send more than whole requests")]
    pub(crate) mod client;
    pub(crate) mod packed;
    pub(crate) mod project;
    #[expect(dead_code, reason = "other tests look at more of a server")]
    pub(crate) mod served;
}

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use prost::Message;
use support::brought::Brought;
use support::client::{self, Asked, Client};
use support::served::{PLUGIN, Running, Served};
use support::{binary, packed, project};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// Requests of one second.
const RATE: u32 = 100;
/// When the signal comes.
const BEFORE: usize = 200;

fn asked() -> anyhow::Result<Asked> {
    Ok(Asked {
        archive: packed::of_folder(&project::path("examples/llama-8b"))?,
        folder: String::from("."),
        variables: vec![(String::from("ARGOCD_ENV_ENVIRONMENT"), String::from("prod"))],
    })
}

#[test]
fn who_got_a_connection_gets_an_answer() -> anyhow::Result<()> {
    let mut served = Served::start(None)?;
    let (n_sent, n_answered) = client::run(under_load(&served))?;
    let signalled = Instant::now();
    let (code, log) = served.wait()?;
    ensure!(signalled.elapsed() < Duration::from_secs(20), "it took {:?} to end", signalled.elapsed());
    ensure!(n_sent >= BEFORE, "only {n_sent} requests were sent");
    ensure!(n_sent == n_answered, "{n_sent} requests were sent, and {n_answered} answered");
    ensure!(code == Some(0) && log.contains("all calls are answered"), "{code:?}\n{log}");
    ensure!(!served.socket.exists(), "the socket is still there");
    Ok(())
}

/// Asks until nobody listens any more. The signal comes in the middle, while requests are under way.
async fn under_load(served: &Served) -> anyhow::Result<(usize, usize)> {
    let asked = Arc::new(asked()?);
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut requests = JoinSet::new();
    loop {
        ticks.tick().await;
        let Ok(client) = Client::connect(&served.socket).await else { break };
        let asked = Arc::clone(&asked);
        requests.spawn(async move { client.generate(&asked).await });
        if requests.len() == BEFORE {
            served.signal("TERM")?;
        }
    }
    let n_sent = requests.len();
    let mut n_answered = 0;
    while let Some(answer) = requests.join_next().await {
        answer??.map_err(|status| anyhow::anyhow!("{status:?}"))?;
        n_answered += 1;
    }
    Ok((n_sent, n_answered))
}

/// Argo CD packs the repository after it has connected, and before it sends the first byte of it.
#[test]
fn a_connection_that_is_still_silent_may_go_on() -> anyhow::Result<()> {
    let mut served = Served::start(None)?;
    client::run(async {
        let client = Client::connect(&served.socket).await?;
        check(&client).await?;
        ensure!(health(&client).await? == ServingStatus::Serving);
        ensure!(check_socket(&served.socket)? == (Some(0), String::from("SERVING\n")));
        served.signal("TERM")?;
        gone(&served.socket).await?;
        ensure!(health(&client).await? == ServingStatus::NotServing);
        ensure!(check_socket(&served.socket)? == (Some(4), String::new()));
        let manifests = client.generate(&asked()?).await?.map_err(|status| anyhow::anyhow!("{status:?}"))?;
        ensure!(!manifests.is_empty(), "no manifests");
        Ok(())
    })?;
    let (code, log) = served.wait()?;
    ensure!(code == Some(0), "{code:?}\n{log}");
    Ok(())
}

/// What a probe with gRPC sees.
async fn health(client: &Client) -> anyhow::Result<ServingStatus> {
    let request = HealthCheckRequest::default().encode_to_vec();
    let answer = client.call::<HealthCheckResponse>("grpc.health.v1.Health/Check", &[request], None).await?;
    answer.map(|it| it.status()).map_err(|status| anyhow::anyhow!("{status:?}"))
}

/// What a probe with our own program sees: the exit code and stdout.
fn check_socket(socket: &Path) -> anyhow::Result<(Option<i32>, String)> {
    let output = binary::command().arg("check-socket").arg(socket).output()?;
    Ok((output.status.code(), String::from_utf8(output.stdout)?))
}

async fn check(client: &Client) -> anyhow::Result<()> {
    let answer = client
        .call::<cmp_host::server::proto::plugin::CheckPluginConfigurationResponse>(
            "CheckPluginConfiguration",
            &[Vec::new()],
            None,
        )
        .await?;
    answer.map(drop).map_err(|status| anyhow::anyhow!("{status:?}"))
}

/// Waits until the socket's file is removed.
async fn gone(socket: &Path) -> anyhow::Result<()> {
    let (_keep, mut never) = watch::channel(());
    while socket.exists() {
        drop(tokio::time::timeout(Duration::from_millis(1), never.changed()).await);
    }
    Ok(())
}

/// A call that never ends is given up when the grace period is over, or at once at a second signal.
#[test]
fn a_second_signal_ends_it_at_once() -> anyhow::Result<()> {
    let mut served = Served::start(None)?;
    client::run(async {
        let client = Client::connect(&served.socket).await?;
        let mut call = client.begin("GenerateManifest", None).await?;
        call.send(&asked()?.metadata()).await?;
        served.signal("TERM")?;
        gone(&served.socket).await?;
        served.signal("TERM")?;
        call.answer::<cmp_host::server::proto::plugin::ManifestResponse>()
            .await
            .map(drop)
            .err()
            .context("an answer")?;
        Ok(())
    })?;
    let (code, log) = served.wait()?;
    ensure!(code == Some(0) && log.contains("a second signal"), "{code:?}\n{log}");
    Ok(())
}

/// To compile takes seconds. Process 1 of a container gets no signal that it has not asked for, and would be killed later.
#[test]
fn signals_are_heard_while_guests_are_compiled() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("plugin.yaml"), PLUGIN)?;
    let brought = Brought::new()?;
    let mut command = binary::command();
    command.arg("serve").arg("--config-dir-path").arg(folder.path()).arg("--sockets").arg(folder.path());
    command.args(["--config", &brought.config()]);
    let child = command.env("CMP_HOST_CACHE", "/proc/none").stderr(Stdio::piped()).spawn()?;
    let mut starting = Running(child);
    let mut lines = BufReader::new(starting.0.stderr.take().context("stderr is piped")?);
    let mut log = String::new();
    while !log.contains("compiling the guest") {
        ensure!(lines.read_line(&mut log)? > 0, "it ended before it compiled:\n{log}");
    }
    let process = starting.0.id().to_string();
    for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        ensure!(catches(&process, number)?, "{name} is not asked for yet");
    }
    for name in ["HUP", "TERM"] {
        ensure!(
            Command::new("kill").args([&format!("-{name}"), &process]).status()?.success(),
            "kill -{name}"
        );
    }
    lines.read_to_string(&mut log)?;
    ensure!(starting.0.wait()?.code() == Some(0), "{log}");
    ensure!(!folder.path().join("sglang.sock").exists(), "the socket is still there");
    Ok(())
}

/// Whether a process has a handler for a signal.
fn catches(process: &str, number: u32) -> anyhow::Result<bool> {
    let status = std::fs::read_to_string(Path::new("/proc").join(process).join("status"))?;
    let mask = status.lines().find_map(|it| it.strip_prefix("SigCgt:")).context("the kernel tells")?;
    Ok(u64::from_str_radix(mask.trim(), 16)? >> (number - 1) & 1 == 1)
}
