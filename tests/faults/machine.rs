//! A machine that gives less than a server would like.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use tokio::task::JoinSet;

use crate::guests::Resources;
use crate::row::{GOOD, Row, Seen, ask, require_good};
use crate::support::client::{self, Client};
use crate::support::served::{PLUGIN, Served};

pub(crate) fn rows() -> Vec<Row> {
    let row = |id, name, expected, attempt| Row { id, name, expected, attempt };
    vec![
        row("D-03", "no-folder-that-can-be-written", "ok", nothing_to_write),
        row("D-05", "a-cache-that-cannot-be-made", "ok", || started_with("CMP_HOST_CACHE", "/proc/none")),
        row("D-10", "no-descriptors-left", "ok", no_descriptors),
        row("D-13", "a-log-that-nobody-reads", "ok", blocked_log),
        row("D-14", "no-home-and-no-path", "ok", || started_with("HOME", "")),
        row("D-14", "another-user", "ok", another_user),
        row("D-14", "variables-that-argocd-cmp-server-takes", "ok", odd_variables),
        row("D-14", "a-variable-that-argocd-cmp-server-refuses", "none", wrong_variable),
        row("D-17", "two-thousand-requests-of-which-some-fail", "ok", soak),
    ]
}

fn good(served: &Served, message: &str) -> anyhow::Result<Seen> {
    client::run(require_good(served))?;
    Ok(Seen::new("ok", message))
}

/// Nothing is written for a request, so nothing that can be written is needed.
fn nothing_to_write() -> anyhow::Result<Seen> {
    let served = Served::with(PLUGIN, |command| {
        command.env("TMPDIR", "/proc").env_remove("CMP_HOST_CACHE");
    })?;
    good(&served, "no folder for temporary files, no cache")
}

fn started_with(name: &str, value: &str) -> anyhow::Result<Seen> {
    let served = Served::with(PLUGIN, |command| {
        command.env_remove("CMP_HOST_CACHE").env(name, value);
    })?;
    good(&served, "compiled at the start")
}

/// Those that hold descriptors end, and whoever waits meanwhile is accepted then.
fn no_descriptors() -> anyhow::Result<Seen> {
    let served = limited("ulimit -n 64; exec \"$@\"")?;
    client::run(async {
        let mut held = Vec::new();
        for _ in 0..100 {
            held.push(std::os::unix::net::UnixStream::connect(&served.socket)?);
        }
        drop(held);
        require_good(&served).await?;
        Ok(Seen::new("ok", "it accepts again"))
    })
}

/// The same server, begun by a shell.
fn limited(script: &str) -> anyhow::Result<Served> {
    Served::with(PLUGIN, |command| {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, "sh"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        *command = shell;
    })
}

/// The log is a pipe that is full: lines are dropped, and requests are not held up.
fn blocked_log() -> anyhow::Result<Seen> {
    let served = Served::with(PLUGIN, |command| {
        command.args(["--loglevel", "trace"]);
    })?;
    served.stop_reading();
    let started = Instant::now();
    client::run(async {
        for _ in 0..100 {
            ask(&served).await?;
        }
        Ok(())
    })?;
    ensure!(started.elapsed().as_secs() < 60, "100 requests took {:?}", started.elapsed());
    Ok(Seen::new("ok", "100 requests are answered"))
}

/// As on OpenShift, which chooses a user that no file knows.
fn another_user() -> anyhow::Result<Seen> {
    let is_root = Command::new("id").arg("-u").stderr(Stdio::null()).output()?.stdout == b"0\n";
    let served = match is_root {
        // The folder belongs to root, and so does the socket's place: that user may write to it here.
        true => limited(
            "chmod 0777 . && exec setpriv --reuid 12345 --regid 0 --clear-groups --no-new-privs \"$@\"",
        )?,
        false => Served::start(None)?,
    };
    good(&served, "it serves as a user without a name")
}

/// A chart leaves a variable empty. Of a number that is none, Argo CD warns.
fn odd_variables() -> anyhow::Result<Seen> {
    for (name, value) in [
        ("ARGOCD_GRPC_MAX_SIZE_MB", ""),
        ("ARGOCD_GRPC_MAX_SIZE_MB", "abc"),
        ("ARGOCD_GRPC_MAX_SIZE_MB", "-1"),
        ("ARGOCD_CMP_SERVER_LOGLEVEL", ""),
        ("ARGOCD_CMP_SERVER_LOGLEVEL", "INFO"),
        ("ARGOCD_CMP_SERVER_LOGFORMAT", ""),
        ("ARGOCD_CMP_SERVER_LOGFORMAT", "JSON"),
    ] {
        let served = Served::with(PLUGIN, |command| {
            command.env(name, value);
        });
        let served = served.with_context(|| format!("{name}={value}"))?;
        client::run(require_good(&served))?;
        let warns = served.log().contains("no number of MiB; 100 is used");
        ensure!(warns == matches!(value, "abc" | "-1"), "{name}={value}: {}", served.log());
    }
    Ok(Seen::new("ok", "it serves with each of them"))
}

fn wrong_variable() -> anyhow::Result<Seen> {
    let served = Served::with(PLUGIN, |command| {
        command.env("ARGOCD_CMP_SERVER_LOGFORMAT", "xml");
    });
    let error = served.err().context("it serves")?.to_string();
    Ok(Seen::new("none", error.lines().find(|it| it.starts_with("error")).unwrap_or_default()))
}

fn soak() -> anyhow::Result<Seen> {
    let served = Served::start(None)?;
    client::run(async {
        mixed(&served, 300).await?;
        let before = Resources::of(&served)?;
        mixed(&served, 1_700).await?;
        before.require_no_more(&served)?;
        Ok(Seen::new("ok", "no descriptor, no thread and no memory more"))
    })
}

/// One of ten has an environment that there is not.
async fn mixed(served: &Served, n_requests: usize) -> anyhow::Result<()> {
    let mut bad = GOOD.clone();
    bad.variables.push((String::from("ARGOCD_ENV_ENVIRONMENT"), String::from("none")));
    let mut requests = JoinSet::new();
    for number in 0..n_requests {
        let is_good = number % 10 != 0;
        let (socket, asked) = (served.socket.clone(), if is_good { GOOD.clone() } else { bad.clone() });
        requests.spawn(async move {
            let answer = Client::connect(&socket).await?.generate(&asked).await?;
            ensure!(answer.is_ok() == is_good, "{answer:?}");
            Ok(())
        });
        if requests.len() == 20 {
            while let Some(request) = requests.join_next().await {
                request??;
            }
        }
    }
    while let Some(request) = requests.join_next().await {
        request??;
    }
    Ok(())
}
