//! Argo CD's objects, `argoproj.io/v1alpha1`: AppProject, Application, ApplicationSet.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::{Kind, Pairs};

#[derive(Serialize)]
pub(crate) struct AppProject {
    pub(crate) spec: AppProjectSpec,
}

impl Kind for AppProject {
    const API_VERSION: &'static str = "argoproj.io/v1alpha1";
    const KIND: &'static str = "AppProject";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppProjectSpec {
    pub(crate) source_repos: Vec<String>,
    pub(crate) destinations: Vec<Destination>,
    pub(crate) cluster_resource_whitelist: Vec<NamedKind>,
    pub(crate) namespace_resource_whitelist: Vec<GroupKind>,
}

/// A cluster and a namespace; the cluster has a name or an address, never both.
#[skip_serializing_none]
#[derive(Clone, Serialize)]
pub(crate) struct Destination {
    pub(crate) name: Option<String>,
    pub(crate) server: Option<&'static str>,
    pub(crate) namespace: String,
}

#[derive(Serialize)]
pub(crate) struct GroupKind {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
}

/// Argo CD 3.2 and what is older do not know the name, and permit all of the kind.
#[derive(Serialize)]
pub(crate) struct NamedKind {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[derive(Serialize)]
pub(crate) struct Application {
    pub(crate) spec: ApplicationSpec,
}

impl Kind for Application {
    const API_VERSION: &'static str = "argoproj.io/v1alpha1";
    const KIND: &'static str = "Application";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationSpec {
    pub(crate) project: String,
    pub(crate) source: Source,
    pub(crate) destination: Destination,
    pub(crate) sync_policy: SyncPolicy,
    pub(crate) revision_history_limit: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignore_differences: Vec<IgnoredDifference>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    #[serde(rename = "repoURL")]
    pub(crate) repository: String,
    pub(crate) target_revision: String,
    pub(crate) path: String,
    pub(crate) plugin: Plugin,
}

#[derive(Serialize)]
pub(crate) struct Plugin {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parameters: Vec<PluginParameter>,
}

#[derive(Serialize)]
pub(crate) struct PluginParameter {
    pub(crate) name: &'static str,
    pub(crate) string: String,
}

/// Without `automated`, syncs are somebody's decision; the API server refuses a `null` there.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncPolicy {
    pub(crate) automated: Option<Automated>,
    pub(crate) sync_options: Vec<&'static str>,
    pub(crate) retry: Retry,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Automated {
    pub(crate) prune: bool,
    pub(crate) self_heal: bool,
    pub(crate) allow_empty: Option<bool>,
}

#[derive(Serialize)]
pub(crate) struct Retry {
    pub(crate) limit: u32,
    pub(crate) backoff: Backoff,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Backoff {
    pub(crate) duration: &'static str,
    pub(crate) factor: u32,
    pub(crate) max_duration: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IgnoredDifference {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) json_pointers: Vec<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct ApplicationSet {
    pub(crate) spec: ApplicationSetSpec,
}

impl Kind for ApplicationSet {
    const API_VERSION: &'static str = "argoproj.io/v1alpha1";
    const KIND: &'static str = "ApplicationSet";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationSetSpec {
    pub(crate) go_template: bool,
    pub(crate) go_template_options: Vec<&'static str>,
    pub(crate) generators: Vec<Generator>,
    pub(crate) template: Template,
}

#[derive(Serialize)]
pub(crate) struct Generator {
    pub(crate) list: ListGenerator,
}

#[derive(Serialize)]
pub(crate) struct ListGenerator {
    pub(crate) elements: Vec<Element>,
}

/// What one Application of a set has for itself.
#[skip_serializing_none]
#[derive(Serialize)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) cluster: String,
    pub(crate) namespace: String,
    pub(crate) revision: String,
    pub(crate) environment: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Template {
    pub(crate) metadata: ApplicationMetadata,
    pub(crate) spec: ApplicationSpec,
}

#[derive(Serialize)]
pub(crate) struct ApplicationMetadata {
    pub(crate) name: &'static str,
    pub(crate) labels: Pairs,
    pub(crate) annotations: Pairs,
    pub(crate) finalizers: Vec<&'static str>,
}
