//! Environments, and how Argo CD delivers them.

use serde::Deserialize;

use super::units::{Label, Line, ObjectName};

/// What differs in one environment: the same keys as the file's, and the two below.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Environment {
    /// Another environment that this one starts from.
    pub inherits: Option<Label>,
    /// Keys of the base that this environment drops before its own are merged in: `["expose", "gpu.node"]`.
    pub without: Vec<String>,
}

/// How Argo CD delivers the service.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Argo {
    /// Whether Argo CD applies changes by itself. Default: `"auto"` in `dev`, else `"manual"`.
    pub sync: Option<Sync>,
    /// The AppProject. Default: the service's name.
    pub project: Option<ObjectName>,
    /// The branch, tag or commit that is delivered.
    pub revision: Option<Line>,
    /// The cluster that is delivered to, by the name that Argo CD knows. Default: the one that Argo CD runs in.
    pub cluster: Option<Line>,
    /// Several clusters, by the names that Argo CD knows.
    pub clusters: Vec<Line>,
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
