//! A row of the table, and what all rows need: a good request, and what came of a bad one.

use std::sync::{LazyLock, OnceLock};

use anyhow::{Context, ensure};

use crate::support::client::{Asked, Client, Status};
use crate::support::served::Served;
use crate::support::{client, packed, project};

/// A fault, and its expected code.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) attempt: fn() -> anyhow::Result<Seen>,
}

/// What was seen of it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Seen {
    pub(crate) fn new(code: &str, message: &str) -> Seen {
        let line = message.lines().next().unwrap_or_default();
        let line = line.strip_prefix(code).unwrap_or(line).trim();
        Seen { code: code.to_owned(), message: line.to_owned() }
    }

    /// What a refusal begins with: its code, or a place and then its code.
    pub(crate) fn refused(text: &str) -> Seen {
        let words = text.split([' ', '\n']);
        let is_code = |it: &&str| {
            it.len() > 4 && it.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
        };
        let code = words.clone().find(is_code).unwrap_or("none");
        Seen::new(code, text)
    }

    /// What a server says at last, as a line of its log: in full, and first what stands alone.
    pub(crate) fn stopped(log: &str) -> anyhow::Result<Seen> {
        let last = log.lines().last().unwrap_or_default();
        let line: serde_json::Value = serde_json::from_str(last).with_context(|| log.to_owned())?;
        let text = line["diagnostic"].as_str().unwrap_or_default();
        ensure!(line["level"] == "ERROR" && line["message"].as_str() == text.lines().next(), "{line}");
        Ok(Seen::refused(text))
    }

    pub(crate) fn of(answer: Result<Vec<String>, Status>) -> Seen {
        match answer {
            Ok(manifests) => Seen::new("ok", &format!("{} manifests", manifests.len())),
            Err(status) => Seen::refused(&status.text),
        }
    }
}

/// A request that every server here answers.
pub(crate) static GOOD: LazyLock<Asked> = LazyLock::new(|| Asked {
    archive: packed::of_folder(&project::path("examples/llama-8b")).expect("the example is there"),
    folder: String::from("."),
    variables: vec![
        (String::from("ARGOCD_APP_NAME"), String::from("good")),
        (String::from("ARGOCD_ENV_ENVIRONMENT"), String::from("prod")),
    ],
});

/// The good request, on a connection of its own.
pub(crate) async fn ask(served: &Served) -> anyhow::Result<Vec<String>> {
    let answer = Client::connect(&served.socket).await?.generate(&GOOD).await?;
    answer.map_err(|status| anyhow::anyhow!("a good request fails: {status:?}"))
}

/// Whatever happened, the server still gives the manifests that it gave at first.
pub(crate) async fn require_good(served: &Served) -> anyhow::Result<()> {
    static FIRST: OnceLock<Vec<String>> = OnceLock::new();
    let manifests = ask(served).await?;
    let first = FIRST.get_or_init(|| manifests.clone());
    ensure!(!first.is_empty() && *first == manifests, "a good request gives something else: {manifests:?}");
    Ok(())
}

/// Runs a fault against a fresh server, and then the good request.
pub(crate) fn against(fault: impl AsyncFnOnce(&Served) -> anyhow::Result<Seen>) -> anyhow::Result<Seen> {
    let served = Served::start(None)?;
    client::run(async {
        let seen = fault(&served).await?;
        require_good(&served).await?;
        Ok(seen)
    })
}
