//! Environments, and how Argo CD delivers them.

use serde::Deserialize;

use super::units::{ClusterName, Label, Line, ObjectName};

/// What differs in one environment: the same keys as the file's, and the two below.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Environment {
    /// Another environment that this one starts from.
    pub inherits: Option<Label>,
    /// Keys of the base that this environment drops before its own are merged in: `["expose", "gpu.node"]`.
    pub without: Vec<String>,
}

/// How Argo CD delivers the service: what `cmp-host argocd apps` makes of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Argo {
    /// Whether Argo CD applies changes by itself. Default: `"auto"` in an environment called `dev`, else `"manual"`.
    pub sync: Option<Sync>,
    /// An AppProject of the platform's, which must exist. Default: one of the service's own, with its name, is made.
    pub project: Option<ObjectName>,
    /// The namespace that Argo CD runs in. Default: `"argocd"`.
    pub namespace: Option<Label>,
    /// The branch, tag or commit that is delivered. Default: what `--revision` says.
    pub revision: Option<Line>,
    /// The cluster that is delivered to, by the name that Argo CD knows. Default: the one that Argo CD runs in. An
    /// environment that `inherits` from one with `clusters` and names one of them here says what is different in it.
    pub cluster: Option<ClusterName>,
    /// Several clusters, by the names that Argo CD knows: an ApplicationSet delivers to each of them.
    pub clusters: Vec<ClusterName>,
    /// Whether objects carry sync waves. Default: `true`.
    pub waves: Option<bool>,
}

/// Whether Argo CD applies changes by itself.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Sync {
    /// As soon as the repository changes.
    Auto,
    /// When somebody says so.
    Manual,
}
