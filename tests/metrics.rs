//! What a platform team reads of a server: the page for Prometheus, which its own linter takes and whose counters add up to
//! what was asked, and a line of the log for each call, however it ends.

#[path = "support"]
mod support {
    #[expect(dead_code, reason = "other tests run it to its end")]
    pub(crate) mod binary;
    #[expect(dead_code, reason = "other tests send more than whole requests")]
    pub(crate) mod client;
    pub(crate) mod packed;
    pub(crate) mod project;
    #[expect(dead_code, reason = "other tests leave its log unread")]
    pub(crate) mod served;
    pub(crate) mod shipped;
    pub(crate) mod wat_guest;
}

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use bytes::Bytes;
use cmp_host::guest::Binary;
use cmp_host::server::proto::plugin::ManifestResponse;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::client::{self, Asked, Client, TRACEPARENT};
use support::served::{PLUGIN, Served};
use support::shipped::N_SHIPPED;
use support::wat_guest::WatGuest;
use support::{packed, project};
use tempfile::TempDir;

/// A kind of call, and how it ends.
struct Kind {
    /// How many are sent.
    n: usize,
    guest: &'static str,
    /// Further parameters.
    parameters: &'static str,
    environment: &'static str,
    timeout: &'static str,
    /// gRPC's code.
    status: &'static str,
    /// Ours.
    code: &'static str,
    level: &'static str,
}

const GOOD: Kind = Kind {
    n: 60,
    guest: "default",
    parameters: "",
    environment: "prod",
    timeout: "60S",
    status: "OK",
    code: "OK",
    level: "INFO",
};
/// Is left by its caller, once its guest runs.
const LEFT: Kind = Kind { n: 1, guest: "hog", status: "CANCELLED", code: "REQUEST_CANCELLED", ..GOOD };
/// Its archive is not the one that was announced.
const TORN: Kind = Kind { n: 2, status: "INVALID_ARGUMENT", code: "ARCHIVE_INVALID", level: "WARN", ..GOOD };
/// A spec's fault is no warning; all else is.
const KINDS: [Kind; 7] = [
    LEFT,
    Kind {
        n: 1,
        guest: "hog",
        timeout: "1S",
        status: "DEADLINE_EXCEEDED",
        code: "REQUEST_DEADLINE",
        level: "WARN",
        ..GOOD
    },
    TORN,
    Kind { n: 25, environment: "none", status: "INVALID_ARGUMENT", code: "SG020", ..GOOD },
    Kind { n: 5, guest: "trap", status: "FAILED_PRECONDITION", code: "GUEST_TRAP", level: "WARN", ..GOOD },
    Kind {
        n: 6,
        parameters: r#",{"name":"limits","map":{"fuel":"1000"}}"#,
        status: "RESOURCE_EXHAUSTED",
        code: "GUEST_FUEL",
        level: "WARN",
        ..GOOD
    },
    GOOD,
];
const REQUESTS: usize = 100;

#[test]
fn counters_add_up_and_promtool_takes_the_page() -> anyhow::Result<()> {
    let operator = operator()?;
    let served = serve(&operator)?;
    client::run(ask(&served))?;
    let page = page(&address(&served.log())?, "/metrics")?;
    let archive = archive()?;
    let statuses = KINDS.iter().map(|it| it.status);
    let requests = statuses.map(|status| {
        let n: usize = KINDS.iter().filter(|it| it.status == status).map(|it| it.n).sum();
        (format!("cmp_host_requests_total{{call=\"GenerateManifest\",code=\"{status}\"}}"), n)
    });
    let others = [
        ("queue_seconds_count", REQUESTS),
        ("receive_seconds_count", REQUESTS),
        ("guest_seconds_count", REQUESTS),
        ("archive_bytes_total", REQUESTS * archive.len()),
        ("archive_entries_total", REQUESTS * entries(&archive)?),
        ("guest_memory_bytes_count", REQUESTS - TORN.n),
        ("manifests_total", GOOD.n * MANIFESTS),
        ("requests_in_flight", 0),
        ("panics_total", 0),
        ("guests", 3),
        ("guest_loads_total{code=\"shipped\"}", N_SHIPPED),
        ("guest_loads_total{code=\"cached\"}", 0),
        ("guest_loads_total{code=\"compiled\"}", 3 - N_SHIPPED),
        ("reloads_total{outcome=\"refused\"}", 0),
        ("last_reload_successful", 1),
    ];
    for (name, expected) in requests.chain(others.map(|(it, n)| (format!("cmp_host_{it}"), n))) {
        let seen = page.lines().find_map(|it| it.strip_prefix(&name)).map(str::trim);
        ensure!(seen == Some(&expected.to_string()), "{name} is {seen:?} and not {expected}\n{page}");
    }
    ensure!(page_is_taken(&page)?, "promtool complains");
    Ok(())
}

/// What the example has in prod.
const MANIFESTS: usize = 13;

#[test]
fn each_call_leaves_a_line_that_says_all_of_it() -> anyhow::Result<()> {
    let operator = operator()?;
    let mut served = serve(&operator)?;
    client::run(ask(&served))?;
    served.signal("TERM")?;
    let (_, log) = served.wait()?;
    let lines: Vec<Value> = log.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let calls = || lines.iter().filter(|it| it["call"] == "GenerateManifest");
    ensure!(calls().count() == REQUESTS, "{log}");
    for kind in KINDS {
        let of_kind: Vec<&Value> = calls().filter(|it| it["code"] == kind.code).collect();
        ensure!(of_kind.len() == kind.n, "{} of {}: {log}", of_kind.len(), kind.code);
        for line in of_kind {
            kind.require(line, operator.path()).with_context(|| format!("{}: {line}", kind.code))?;
        }
    }
    Ok(())
}

impl Kind {
    fn asked(&self) -> anyhow::Result<Asked> {
        let Kind { guest, parameters, environment, .. } = self;
        let parameters = format!(r#"[{{"name":"guest","string":"{guest}"}}{parameters}]"#);
        let variables = [
            ("ARGOCD_APP_NAME", "chat"),
            ("ARGOCD_APP_PROJECT_NAME", "team"),
            ("ARGOCD_APP_REVISION", "0123abcd"),
            ("ARGOCD_APP_PARAMETERS", &parameters),
            ("ARGOCD_ENV_ENVIRONMENT", environment),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Asked { archive: archive()?, folder: String::from("."), variables: variables.into() })
    }

    /// Every field of its line.
    fn require(&self, line: &Value, operator: &Path) -> anyhow::Result<()> {
        let archive = archive()?;
        let is_torn = self.code == TORN.code;
        let known = |it: String| if is_torn { String::new() } else { it };
        let guest = match self.guest {
            "default" => Binary::default_guest().sha256().to_owned(),
            name => sha256(&fs::read(operator.join(format!("{name}.wasm")))?),
        };
        for (field, expected) in [
            ("level", json!(self.level)),
            ("application", json!("chat")),
            ("project", json!("team")),
            ("revision", json!("0123abcd")),
            ("traceparent", json!(TRACEPARENT)),
            ("guest", json!(known(guest))),
            ("archive", json!(known(sha256(&archive)))),
            ("archive_bytes", json!(archive.len())),
            ("entries", json!(entries(&archive)?)),
            ("manifests", json!(if self.code == "OK" { MANIFESTS } else { 0 })),
        ] {
            ensure!(line[field] == expected, "{field} is not {expected}");
        }
        for field in ["queue_ms", "receive_ms", "guest_ms"] {
            ensure!(line[field].is_u64(), "{field} is no number");
        }
        ensure!(self.timeout != "1S" || line["guest_ms"].as_u64() > Some(500), "guest_ms");
        // Nobody knows the fuel of a guest that was interrupted.
        ensure!(line["fuel"].as_u64().is_some() == (!is_torn && self.guest != "hog"), "fuel");
        ensure!(line["message"].as_str().is_some_and(|it| !it.is_empty()), "message");
        Ok(())
    }
}

/// An operator's file with a guest that never ends, and one that traps.
fn operator() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let mut config = String::from("[limits]\nfuel = 1000000000000\ntime = \"60s\"\n");
    for (name, before) in [("hog", "(loop (br 0))"), ("trap", "unreachable")] {
        let component = WatGuest { before, ..WatGuest::of(name) }.bytes()?;
        fs::write(folder.path().join(format!("{name}.wasm")), &component)?;
        let sha256 = sha256(&component);
        config += &format!("[guest.{name}]\npath = \"{name}.wasm\"\nsha256 = \"{sha256}\"\n");
    }
    fs::write(folder.path().join("cmp-host.toml"), config)?;
    Ok(folder)
}

/// Without a cache, so that every guest is compiled.
fn serve(operator: &TempDir) -> anyhow::Result<Served> {
    Served::with(PLUGIN, |command| {
        command.arg("--config").arg(operator.path().join("cmp-host.toml"));
        command.args(["--metrics-address", "127.0.0.1:0", "--loglevel", "debug"]);
        command.env("CMP_HOST_CACHE", "/proc/none");
    })
}

fn archive() -> anyhow::Result<Bytes> {
    packed::of_folder(&project::path("examples/llama-8b"))
}

fn entries(archive: &Bytes) -> anyhow::Result<usize> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive.as_ref()));
    Ok(archive.entries()?.count())
}

fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// All kinds. The guest that nobody waits for has ended long before the last.
async fn ask(served: &Served) -> anyhow::Result<()> {
    for kind in KINDS {
        for _ in 0..kind.n {
            match kind.code {
                it if it == LEFT.code => leave(served, &kind).await?,
                _ => ask_for(served, &kind).await.with_context(|| kind.code)?,
            }
        }
    }
    Ok(())
}

async fn ask_for(served: &Served, kind: &Kind) -> anyhow::Result<()> {
    let asked = kind.asked()?;
    let mut messages = asked.messages();
    if kind.code == TORN.code {
        let other = Asked { archive: Bytes::from_static(b"another"), ..asked };
        messages[0] = other.metadata();
    }
    let client = Client::connect(&served.socket).await?;
    let answer = client.call::<ManifestResponse>("GenerateManifest", &messages, Some(kind.timeout)).await?;
    let code = answer.as_ref().err().map_or("OK", |it| it.text.lines().next().unwrap_or_default());
    ensure!(code.contains(kind.code), "{answer:?}");
    Ok(())
}

/// The guest runs once the request is read; no other call's is at that time.
async fn leave(served: &Served, kind: &Kind) -> anyhow::Result<()> {
    let client = Client::connect(&served.socket).await?;
    let mut call = client.begin("GenerateManifest", Some(kind.timeout)).await?;
    for message in kind.asked()?.messages() {
        call.send(&message).await?;
    }
    let call = call.finish_sending()?;
    while !served.log().contains("\"message\":\"request read\"") {
        // What was sent leaves while this yields.
        tokio::task::yield_now().await;
    }
    call.cancel();
    Ok(())
}

/// The log says which port the kernel chose.
fn address(log: &str) -> anyhow::Result<String> {
    let line = log.lines().find(|it| it.contains("serving /metrics")).context("the log tells no address")?;
    let line: Value = serde_json::from_str(line)?;
    Ok(line["address"].as_str().context("the line has no address")?.to_owned())
}

fn page(address: &str, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").context("an answer has a head")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
    Ok(body.to_owned())
}

fn page_is_taken(page: &str) -> anyhow::Result<bool> {
    let installed = Command::new(project::path("tests/tools/install.sh")).arg("promtool").status()?;
    ensure!(installed.success(), "promtool cannot be installed");
    let mut promtool = Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).spawn()?;
    promtool.stdin.take().context("stdin is piped")?.write_all(page.as_bytes())?;
    Ok(promtool.wait()?.success())
}
