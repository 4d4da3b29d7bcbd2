//! Volumes: the cache of the weights, and what else is mounted.

use serde::Deserialize;

use super::units::{AbsolutePath, ObjectName, Quantity};

/// Where downloaded weights are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cache {
    /// `pvc`: a claim made for this service; `claim`: one that exists; `host`: a folder of the node; `none`: the pod's own
    /// disk, empty at every start. Default: `"pvc"` for weights that are downloaded, else `"none"`.
    pub kind: Option<CacheKind>,
    /// The claim's size. Default: the weights with a tenth to spare, and 10 GiB.
    pub size: Option<Quantity>,
    /// The StorageClass. Default: the cluster's own default.
    pub class: Option<ObjectName>,
    /// Who may mount the claim. Default: `"ReadWriteOnce"`; more than one replica needs `"ReadWriteMany"`.
    pub access: Option<Access>,
    /// Whether a Job downloads the weights before the servers start, which then need no Hub. Default: `false`.
    pub prefetch: bool,
    /// Where compiled kernels are kept: `empty`, with the pod, or `cache`, beside the weights. Default: `"empty"`.
    pub jit: Jit,
    /// The existing claim, for `kind = "claim"`.
    pub claim: Option<ObjectName>,
    /// The node's folder, for `kind = "host"`.
    pub path: Option<AbsolutePath>,
}

/// Kinds of caches.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CacheKind {
    /// A claim made for this service.
    Pvc,
    /// A claim that exists already.
    Claim,
    /// A folder of the node.
    Host,
    /// The pod's own disk.
    None,
}

/// Access modes of a claim.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Access {
    /// One node at a time.
    ReadWriteOnce,
    /// Any number of nodes.
    ReadWriteMany,
}

impl Access {
    /// The word that Kubernetes uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::ReadWriteOnce => "ReadWriteOnce",
            Access::ReadWriteMany => "ReadWriteMany",
        }
    }
}

/// Where compiled kernels are kept.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Jit {
    /// In a folder that goes with the pod.
    #[default]
    Empty,
    /// In the model cache: survives the pod. All nodes that share the cache need the same GPU.
    Cache,
}

/// Files for the server; exactly one of `secret`, `config-map`, `claim` and `empty`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mount {
    /// Where they appear in the container.
    pub path: Option<AbsolutePath>,
    /// An existing Secret.
    pub secret: Option<ObjectName>,
    /// An existing ConfigMap.
    pub config_map: Option<ObjectName>,
    /// An existing PersistentVolumeClaim.
    pub claim: Option<ObjectName>,
    /// An empty folder of this size.
    pub empty: Option<Quantity>,
    /// Whether the server may only read. Default: `true`, except for `empty`.
    pub read_only: Option<bool>,
}
