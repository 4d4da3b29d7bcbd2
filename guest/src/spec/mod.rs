//! The grammar: what a team may write. The doc comments are the users' reference, and the JSON Schema repeats them.

mod edge;
mod environment;
mod model;
mod run;
mod secrets;
mod storage;
pub mod units;

#[cfg(feature = "schema")]
pub mod reference;
#[cfg(feature = "schema")]
pub mod schema;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use edge::{Auth, Expose, Monitor, Network, Peer, ServiceType, Slo};
pub use environment::{Argo, Environment, Sync};
pub use model::{Gpu, Image, Model, Parallel, Select, Toleration, TolerationEffect, TolerationOperator};
pub use run::{Disruption, FlagValue, MaxUnavailable, Pod, Probes, Resources, Sidecar, Variable};
pub use secrets::{AwsStore, ClusterStore, GcpStore, Secrets, ServiceAccount, Store, VaultStore};
pub use storage::{Access, Cache, CacheKind, Jit, Mount};
use units::{
    Label, LabelKey, LabelValue, MountName, NamespaceTemplate, ObjectName, RepositoryPath, ServiceName,
    VariableName,
};

/// A service that serves one language model with SGLang.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spec {
    /// The version of this grammar: `1`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    pub schema: Option<u32>,
    /// The service's name; every object's name starts with it. A DNS-1035 label of at most 40 characters, and not
    /// `sglang`: a Service of that name injects `SGLANG_PORT` into its neighbours.
    pub name: Option<ServiceName>,
    /// The namespace of every object. `{name}` and `{env}` stand for the service's name and the environment's.
    /// Default: `{name}-{env}`, or `{name}` for a spec without environments.
    pub namespace: Option<NamespaceTemplate>,
    /// A spec in the same repository that this one starts from, relative to this file. What stands here wins.
    pub extends: Option<RepositoryPath>,
    /// The platform's guest that expands this file. The host reads it, and only here. Default: this one.
    pub guest: Option<Label>,
    /// Limits of the platform that this service lowers for itself. The host reads them, and only here.
    pub limits: BTreeMap<Label, FlagValue>,
    /// Labels of every object; never part of a selector.
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// Annotations of every object.
    pub annotations: BTreeMap<LabelKey, String>,
    /// What stands on the pods alone.
    pub pod: Pod,
    /// Whether an expansion without any manifest is meant. Default: `false`.
    pub allow_empty: bool,
    /// How many servers run. Default: `1`. Left out of the manifests when something else owns it (`scale`).
    #[cfg_attr(feature = "schema", schemars(range(max = 10_000)))]
    pub replicas: Option<u32>,
    /// `"external"`: an autoscaler of yours owns the number of replicas, so the manifests leave it open.
    pub scale: Option<Scale>,
    /// The port of the API, of health checks and of metrics. Default: `30000`.
    pub port: Option<Port>,
    /// How a new version replaces the old one. Default: `"auto"`.
    pub rollout: Rollout,
    /// The model and how it is loaded.
    pub model: Model,
    /// The image that runs SGLang.
    pub image: Image,
    /// The accelerators of one replica.
    pub gpu: Gpu,
    /// How the model is split over the accelerators.
    pub parallel: Parallel,
    /// The shape of one replica: a single node.
    pub topology: Topology,
    /// Where downloaded weights are kept.
    pub cache: Cache,
    /// Flags of SGLang, without their dashes, checked against the image's version. `false` takes a switch out again.
    pub flags: BTreeMap<String, FlagValue>,
    /// Environment variables of the server: texts, or a key of a Secret. One that a key of the spec decides is refused.
    pub vars: BTreeMap<VariableName, Variable>,
    /// Further files for the server: certificates, credentials, data.
    pub mounts: BTreeMap<MountName, Mount>,
    /// Further containers beside the server.
    pub sidecar: BTreeMap<Label, Sidecar>,
    /// What one server asks of its node; derived from the model where nothing is said.
    pub resources: Resources,
    /// How long a start and a farewell may take.
    pub probes: Probes,
    /// How callers reach the service from outside of the cluster. Without this table: not at all.
    pub expose: Expose,
    /// Where tokens and keys come from.
    pub secrets: Secrets,
    /// The identity of the pods.
    pub service_account: ServiceAccount,
    /// What Prometheus and Grafana get. Without this table: nothing.
    pub monitor: Option<Monitor>,
    /// What the replicas are spread over. Default: `"host"`.
    pub spread: Spread,
    /// The PriorityClass of the pods; it must exist.
    pub priority: Option<ObjectName>,
    /// How many replicas a drained node may take at once.
    pub disruption: Disruption,
    /// Who may call, and what may be called.
    pub network: Network,
    /// `"root-min"`: root with no capability, which is what SGLang's image expects; `"nonroot"`: user 1000.
    /// Default: `"root-min"`.
    pub security: Security,
    /// A LocalQueue of Kueue that admits the pods.
    pub queue: Option<LabelValue>,
    /// How Argo CD delivers the service.
    pub argo: Argo,
    /// The last resort: JSON merge patches by kind (`patch.Deployment`) or by kind and name
    /// (`patch."Service/llama-headless"`). Lists of named items are merged by `name`.
    pub patch: BTreeMap<String, BTreeMap<String, FlagValue>>,
    /// The environments: each one says what differs from the rest of the file.
    pub env: BTreeMap<Label, Environment>,
}

/// Who owns the number of replicas.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Scale {
    /// An autoscaler that is not part of this spec.
    External,
}

/// A TCP port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(pub u16);

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Port, D::Error> {
        let expected = &"a port from 1 to 65535";
        let number = i64::deserialize(deserializer)?;
        let port = u16::try_from(number).ok().filter(|it| *it > 0);
        port.map(Port)
            .ok_or_else(|| serde::de::Error::invalid_value(serde::de::Unexpected::Signed(number), expected))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Port {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Port".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 65535 })
    }
}

/// How a new version replaces the old one.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Rollout {
    /// `recreate` for one replica or a volume that one node alone can mount, else `replace`.
    #[default]
    Auto,
    /// Stop all, then start all.
    Recreate,
    /// Stop one, then start one: needs no spare accelerator.
    Replace,
    /// Start one, then stop one: needs spare accelerators and a volume that several nodes can mount.
    Surge,
}

/// The shape of one replica.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Topology {
    /// `"single"`: a replica is one pod on one node.
    pub kind: TopologyKind,
}

/// The shape of one replica.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TopologyKind {
    /// One pod on one node.
    #[default]
    Single,
}

/// What replicas are spread over.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Spread {
    /// Over nodes, as far as there are any.
    #[default]
    Host,
    /// Over zones first, then over nodes.
    Zone,
    /// As the scheduler likes.
    None,
}

/// The security context of the pods.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Security {
    /// Root inside of the container, with no capability and no way to gain any.
    #[default]
    RootMin,
    /// User and group 1000; every path that is written lies on a volume. Not yet seen on a GPU by us.
    Nonroot,
}
