//! The External Secrets Operator's objects, `external-secrets.io/v1`.

use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;

use super::{Kind, Pairs};

#[derive(Serialize)]
pub(crate) struct SecretStore {
    pub(crate) spec: SecretStoreSpec,
}

impl Kind for SecretStore {
    const API_VERSION: &'static str = "external-secrets.io/v1";
    const KIND: &'static str = "SecretStore";
}

#[derive(Serialize)]
pub(crate) struct SecretStoreSpec {
    /// One entry, by the provider's name.
    pub(crate) provider: Value,
}

#[derive(Serialize)]
pub(crate) struct ExternalSecret {
    pub(crate) spec: ExternalSecretSpec,
}

impl Kind for ExternalSecret {
    const API_VERSION: &'static str = "external-secrets.io/v1";
    const KIND: &'static str = "ExternalSecret";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExternalSecretSpec {
    pub(crate) refresh_interval: String,
    pub(crate) secret_store_ref: StoreRef,
    pub(crate) target: SecretTarget,
    pub(crate) data: Vec<SecretData>,
}

#[derive(Clone, Serialize)]
pub(crate) struct StoreRef {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretTarget {
    pub(crate) name: String,
    pub(crate) creation_policy: &'static str,
    pub(crate) deletion_policy: &'static str,
    pub(crate) template: Option<SecretTemplate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretTemplate {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) engine_version: &'static str,
    pub(crate) merge_policy: &'static str,
    pub(crate) data: Pairs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretData {
    pub(crate) secret_key: String,
    pub(crate) remote_ref: RemoteRef,
}

/// The policies are the API server's defaults, written out since they stand inside of a list.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemoteRef {
    pub(crate) key: String,
    pub(crate) property: Option<String>,
    pub(crate) conversion_strategy: &'static str,
    pub(crate) decoding_strategy: &'static str,
    pub(crate) metadata_policy: &'static str,
    /// Since 2.3 of the operator.
    pub(crate) null_byte_policy: &'static str,
}
