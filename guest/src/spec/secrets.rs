//! Tokens and keys, and the identity that may read them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::units::{Duration, LabelKey, Line, ObjectName, RemoteKey};

/// Where tokens and keys come from: an outside store, or a Secret that exists.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Secrets {
    /// The outside store that the External Secrets Operator reads. Exactly one of `aws`, `gcp`, `vault` and `cluster`.
    pub store: Store,
    /// An existing Secret instead of a store; `hf-token`, `api-key` and `admin-key` then name its keys.
    pub existing: Option<ObjectName>,
    /// The Hub's token: its key in the store or in the existing Secret. In a store whose secrets hold several values, as all
    /// of Vault's do, the value's name stands behind a `#`: `prod/sglang#hf-token`.
    pub hf_token: Option<RemoteKey>,
    /// The key that callers must send: its key in the store or in the existing Secret, as `hf-token`.
    pub api_key: Option<RemoteKey>,
    /// The key of SGLang's admin routes: its key in the store or in the existing Secret, as `hf-token`.
    pub admin_key: Option<RemoteKey>,
    /// Registry credentials: the store's key of a whole `.dockerconfigjson`. Becomes a pull Secret of the pods.
    pub registry: Option<RemoteKey>,
    /// How often the store is read. Default: `"1h"`.
    pub refresh: Option<Duration>,
}

/// An outside secret store.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Store {
    /// AWS Secrets Manager.
    pub aws: Option<AwsStore>,
    /// Google Secret Manager.
    pub gcp: Option<GcpStore>,
    /// HashiCorp Vault.
    pub vault: Option<VaultStore>,
    /// The name of a ClusterSecretStore of the platform.
    pub cluster: Option<ClusterStore>,
}

/// The name of a ClusterSecretStore.
pub type ClusterStore = ObjectName;

/// AWS Secrets Manager; either a role or a service account that has one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AwsStore {
    /// The region: `us-west-2`.
    pub region: Option<Line>,
    /// The role that may read the secrets; a ServiceAccount is made for it.
    pub role_arn: Option<Line>,
    /// A ServiceAccount of the namespace that exists already and has a role.
    pub service_account: Option<ObjectName>,
}

/// Google Secret Manager; either a Google service account or a Kubernetes one that has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GcpStore {
    /// The project of the secrets.
    pub project: Option<Line>,
    /// The cluster's location, for workload identity.
    pub cluster_location: Option<Line>,
    /// The cluster's name, for workload identity.
    pub cluster_name: Option<Line>,
    /// The Google service account that may read the secrets; a ServiceAccount is made for it.
    pub google_service_account: Option<Line>,
    /// A ServiceAccount of the namespace that exists already and has workload identity.
    pub service_account: Option<ObjectName>,
}

/// HashiCorp Vault with Kubernetes authentication.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VaultStore {
    /// The server's address: `https://vault.example.com:8200`.
    pub server: Option<Line>,
    /// The mount of the KV engine. Default: `secret`.
    pub path: Option<Line>,
    /// Vault's role.
    pub role: Option<Line>,
    /// The mount of the Kubernetes authentication. Default: `kubernetes`.
    pub mount: Option<Line>,
    /// A ServiceAccount of the namespace that exists already. Default: one is made.
    pub service_account: Option<ObjectName>,
}

/// The identity of the pods. It never gets a token of the cluster's API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceAccount {
    /// Its name. Default: the service's name.
    pub name: Option<ObjectName>,
    /// Whether it is made here; `false` for one that exists. Default: `true`.
    pub create: bool,
    /// Annotations for workload identity: `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account`.
    pub annotations: BTreeMap<LabelKey, String>,
}

impl Default for ServiceAccount {
    fn default() -> ServiceAccount {
        ServiceAccount { name: None, create: true, annotations: BTreeMap::new() }
    }
}
