//! Argo CD's own client: `argocd send`, which `tests/argocd` builds.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::repositories::Repository;
use crate::rivals::{self, Rival};

/// What came of so many requests.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    requests: usize,
    answered: usize,
    manifests: usize,
    pub(crate) seconds: f64,
    #[serde(default)]
    pub(crate) p50_ms: f64,
    #[serde(default)]
    pub(crate) p99_ms: f64,
    errors: BTreeMap<String, usize>,
}

impl Sent {
    pub(crate) fn to(
        rival: &Rival,
        repository: &Repository,
        requests: usize,
        at_once: usize,
    ) -> anyhow::Result<Sent> {
        let mut command = Command::new(rivals::argocd());
        command.arg("send").arg("-socket").arg(&rival.socket).arg("-repository").arg(repository.path());
        command.args(["-app", repository.folder, "-env", "prod"]);
        command.args(["-n", &requests.to_string(), "-at-once", &at_once.to_string()]);
        let output = command.output().context("cannot run `argocd send`")?;
        ensure!(output.status.success(), "`argocd send`: {}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// No error, and manifests in each answer.
    pub(crate) fn require_all(&self, rival: &Rival) -> anyhow::Result<()> {
        let all = self.answered == self.requests && self.manifests >= self.requests;
        ensure!(
            all,
            "{}: {} of {} are answered; {:?}",
            rival.name,
            self.answered,
            self.requests,
            self.errors
        );
        Ok(())
    }
}
