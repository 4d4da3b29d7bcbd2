//! What a platform team reads of a server: the page for Prometheus, which its own linter takes and whose counters add up to
//! what was asked, and a line of the log for each call.

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
}

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use cmp_host::guest::Binary;
use serde_json::Value;
use support::client::{self, Asked, Client};
use support::served::{PLUGIN, Served};
use support::{packed, project};

/// A hundred, of which every fourth names an environment that there is not.
const REQUESTS: usize = 100;

#[test]
fn counters_add_up_and_promtool_takes_the_page() -> anyhow::Result<()> {
    let served = Served::with(PLUGIN, |command| {
        command.args(["--metrics-address", "127.0.0.1:0"]);
    })?;
    client::run(ask(&served))?;
    let page = page(&address(&served.log())?, "/metrics")?;
    let count = |line: &str| page.lines().find_map(|it| it.strip_prefix(line)).map(str::trim);
    for (name, expected) in [
        ("cmp_host_requests_total{call=\"GenerateManifest\",code=\"OK\"}", "75"),
        ("cmp_host_requests_total{call=\"GenerateManifest\",code=\"INVALID_ARGUMENT\"}", "25"),
        ("cmp_host_guest_seconds_count", "100"),
        ("cmp_host_manifests_total", "975"),
        ("cmp_host_requests_in_flight", "0"),
        ("cmp_host_panics_total", "0"),
        ("cmp_host_reloads_total{outcome=\"refused\"}", "0"),
        ("cmp_host_last_reload_successful", "1"),
    ] {
        ensure!(count(name) == Some(expected), "{name} is {:?} and not {expected}\n{page}", count(name));
    }
    ensure!(page_is_taken(&page)?, "promtool complains");
    Ok(())
}

#[test]
fn each_call_leaves_a_line_that_names_its_guest() -> anyhow::Result<()> {
    let mut served = Served::start(None)?;
    client::run(ask(&served))?;
    served.signal("TERM")?;
    let (_, log) = served.wait()?;
    let lines: Vec<Value> = log.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let calls = || lines.iter().filter(|it| it["call"] == "GenerateManifest");
    let with = |code: &str| calls().filter(|it| it["code"] == code).count();
    ensure!((with("OK"), with("SG020")) == (75, 25), "{log}");
    let guest = Binary::default_guest();
    ensure!(calls().all(|it| it["guest"] == guest.sha256()), "{log}");
    Ok(())
}

async fn ask(served: &Served) -> anyhow::Result<()> {
    let archive = packed::of_folder(&project::path("examples/llama-8b"))?;
    for number in 0..REQUESTS {
        let environment = if number % 4 == 0 { "none" } else { "prod" };
        let variables = vec![(String::from("ARGOCD_ENV_ENVIRONMENT"), environment.to_owned())];
        let asked = Asked { archive: archive.clone(), folder: String::from("."), variables };
        let answer = Client::connect(&served.socket).await?.generate(&asked).await?;
        ensure!(answer.is_ok() == (environment == "prod"), "{answer:?}");
    }
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
