//! `case.toml`: how a case is run, where that is not obvious.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cmp_host::guest::contract;
use serde::Deserialize;

use crate::support::cases::Case;
use crate::support::toml;

/// All of it is optional.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The folder of the spec, from the case's root.
    pub(crate) dir: Option<PathBuf>,
    /// The environments; one run for each.
    pub(crate) env: Vec<String>,
    /// What is asked for.
    pub(crate) output: Output,
    /// Parameters that are texts.
    pub(crate) params: BTreeMap<String, String>,
    /// The parameter `set`.
    pub(crate) set: BTreeMap<String, String>,
    /// Variables of the plugin, by the names that an Application gives them: `SET` arrives as `ARGOCD_ENV_SET`.
    pub(crate) variables: BTreeMap<String, String>,
    /// The Argo CD Application that asks.
    pub(crate) application: Option<Application>,
    /// The operator's file, from the case's root.
    pub(crate) config: Option<PathBuf>,
    /// Whether `origins.txt` is compared.
    pub(crate) origins: bool,
    /// Further arguments of the process.
    pub(crate) args: Vec<String>,
    /// Files that are made, since they cannot be committed or nobody would want to read them.
    pub(crate) generate: BTreeMap<PathBuf, Generated>,
}

/// What a spec is expanded to.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Output {
    /// `cmp-host generate`.
    #[default]
    Manifests,
    /// `cmp-host argocd apps`.
    Delivery,
}

/// As `ARGOCD_APP_NAME`, `ARGOCD_APP_NAMESPACE` and `ARGOCD_APP_PROJECT_NAME` tell it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) project: String,
}

impl From<Application> for contract::Application {
    fn from(it: Application) -> contract::Application {
        contract::Application { name: it.name, namespace: it.namespace, project: it.project }
    }
}

/// What is appended to a file, or that it is a link.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, untagged)]
pub(crate) enum Generated {
    /// A symbolic link.
    Link { link: PathBuf },
    /// Bytes, such as those that are no UTF-8.
    Bytes { bytes: Vec<u8> },
    /// A text, so many times.
    Text {
        text: String,
        #[serde(default = "once")]
        times: usize,
    },
}

fn once() -> usize {
    1
}

impl Settings {
    /// What stands in `case.toml`, or nothing special.
    pub(crate) fn read(case: &Case) -> anyhow::Result<Settings> {
        let path = case.root.join("case.toml");
        if !path.exists() {
            return Ok(Settings::default());
        }
        Ok(serde_json::from_value(toml::to_json(&fs::read_to_string(path)?)?)?)
    }

    /// The variables as an Application's plugin gets them.
    pub(crate) fn plugin_env(&self) -> impl Iterator<Item = (String, &str)> {
        self.variables.iter().map(|(name, value)| (format!("ARGOCD_ENV_{name}"), value.as_str()))
    }

    /// The folder of the spec, from the case's root.
    pub(crate) fn dir<'a>(&'a self, case: &'a Case) -> &'a Path {
        self.dir.as_deref().unwrap_or(&case.dir)
    }
}
