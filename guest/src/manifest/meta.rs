//! What every object begins with.

use std::collections::BTreeMap;

use serde::Serialize;

/// Labels, annotations, selectors.
pub(crate) type Pairs = BTreeMap<String, String>;

/// The body of an object of one kind.
pub(crate) trait Kind: Serialize {
    /// Group and version.
    const API_VERSION: &'static str;
    /// The kind's name.
    const KIND: &'static str;
}

/// A whole object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope<K> {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) metadata: Metadata,
    #[serde(flatten)]
    pub(crate) body: K,
}

/// The metadata of an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) labels: Pairs,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(crate) annotations: Pairs,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) finalizers: Vec<&'static str>,
}

/// The metadata of a pod template.
#[derive(Serialize)]
pub(crate) struct TemplateMetadata {
    pub(crate) labels: Pairs,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(crate) annotations: Pairs,
}

/// A selector by labels.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    pub(crate) match_labels: Pairs,
}
