//! What runs and what it is given: Deployment, Job, ConfigMap, PersistentVolumeClaim, PodDisruptionBudget.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::{Kind, Pairs, PodTemplate, Selector};

#[derive(Serialize)]
pub(crate) struct Deployment {
    pub(crate) spec: DeploymentSpec,
}

impl Kind for Deployment {
    const API_VERSION: &'static str = "apps/v1";
    const KIND: &'static str = "Deployment";
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeploymentSpec {
    pub(crate) replicas: Option<u32>,
    pub(crate) progress_deadline_seconds: u32,
    pub(crate) revision_history_limit: u32,
    pub(crate) strategy: Strategy,
    pub(crate) selector: Selector,
    pub(crate) template: PodTemplate,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) rolling_update: Option<RollingUpdate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RollingUpdate {
    pub(crate) max_surge: u32,
    pub(crate) max_unavailable: u32,
}

#[derive(Serialize)]
pub(crate) struct Job {
    pub(crate) spec: JobSpec,
}

impl Kind for Job {
    const API_VERSION: &'static str = "batch/v1";
    const KIND: &'static str = "Job";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobSpec {
    pub(crate) backoff_limit: u32,
    pub(crate) template: PodTemplate,
}

#[derive(Serialize)]
pub(crate) struct ConfigMap {
    pub(crate) data: Pairs,
}

impl Kind for ConfigMap {
    const API_VERSION: &'static str = "v1";
    const KIND: &'static str = "ConfigMap";
}

#[derive(Serialize)]
pub(crate) struct PersistentVolumeClaim {
    pub(crate) spec: ClaimSpec,
}

impl Kind for PersistentVolumeClaim {
    const API_VERSION: &'static str = "v1";
    const KIND: &'static str = "PersistentVolumeClaim";
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimSpec {
    pub(crate) access_modes: Vec<&'static str>,
    pub(crate) storage_class_name: Option<String>,
    pub(crate) resources: ClaimResources,
}

#[derive(Serialize)]
pub(crate) struct ClaimResources {
    pub(crate) requests: Pairs,
}

#[derive(Serialize)]
pub(crate) struct PodDisruptionBudget {
    pub(crate) spec: DisruptionSpec,
}

impl Kind for PodDisruptionBudget {
    const API_VERSION: &'static str = "policy/v1";
    const KIND: &'static str = "PodDisruptionBudget";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisruptionSpec {
    pub(crate) max_unavailable: CountOrShare,
    pub(crate) selector: Selector,
    pub(crate) unhealthy_pod_eviction_policy: &'static str,
}

/// A number, or a share such as `25%`.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum CountOrShare {
    Count(u32),
    Share(String),
}
