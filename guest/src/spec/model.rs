//! The model, the image that serves it, and the accelerators it runs on.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::units::{
    ImageDigest, ImageRepository, ImageTag, Label, LabelKey, LabelValue, Line, ObjectName, RepositoryPath,
    ResourceName,
};

/// The model and how it is loaded.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Model {
    /// The model's id on the Hugging Face Hub or on ModelScope: `meta-llama/Llama-3.1-8B-Instruct`.
    pub id: Option<Line>,
    /// A commit, tag or branch of the model's repository. A commit never changes under you.
    pub revision: Option<Line>,
    /// The name that clients ask for, and the label of the metrics. Default: the id.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[^:\u0000-\u001f\u007f-\u009f]+$")))]
    pub served_name: Option<Line>,
    /// The longest prompt and answer together, in tokens. Default: what the model was trained for.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub context: Option<u32>,
    /// `--dtype`: `auto`, `half`, `bfloat16`, …
    pub dtype: Option<Line>,
    /// `--quantization`: `fp8`, `awq`, …
    pub quantization: Option<Line>,
    /// `--kv-cache-dtype`: `auto`, `fp8_e5m2`, …
    pub kv_dtype: Option<Line>,
    /// Runs Python code out of the model's repository. Default: `false`.
    pub trust_remote_code: bool,
    /// `--tool-call-parser`.
    pub tool_call_parser: Option<Line>,
    /// `--reasoning-parser`.
    pub reasoning_parser: Option<Line>,
    /// Where the weights come from: `hf`, `modelscope`, `pvc://claim/path`, `host:///path`, `oci://image@sha256:…`,
    /// `s3://bucket/path`, `gs://bucket/path`. Default: `hf`.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(
            pattern = r"^(hf|modelscope|pvc://[^\s]+|host:///[^\s]*|oci://[^\s@]+@sha256:[0-9a-f]{64}|(s3|gs)://[^\s/]+[^\s]*)$"
        ))
    )]
    pub source: Option<Line>,
    /// A chat template: a file of this repository, relative to the spec.
    pub chat_template: Option<RepositoryPath>,
    /// A model of the catalog with the same layers and KV heads, for a model that the catalog does not know.
    pub like: Option<Line>,
    /// The size of the weights in GiB, for a model that the catalog does not know.
    #[cfg_attr(feature = "schema", schemars(range(max = 100_000), extend("exclusiveMinimum" = 0)))]
    pub weights_gib: Option<f64>,
    /// LoRA adapters: a name for clients, and an id of the Hub or a path in a mounted volume.
    pub lora: BTreeMap<Label, Line>,
}

/// The image that runs SGLang.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Image {
    /// The repository. Default: `lmsysorg/sglang`.
    pub repo: Option<ImageRepository>,
    /// A tag that never moves: `v0.5.23`. `latest` is refused.
    pub tag: Option<ImageTag>,
    /// A digest: `sha256:…`. Either this or a tag.
    pub digest: Option<ImageDigest>,
    /// SGLang's version inside of the image, where the tag does not tell it: `0.5.23`. A tag of a later layer that tells
    /// its own release makes it void.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^v?[0-9]+\.[0-9]+\.[0-9]+(rc[0-9]+|\.post[0-9]+)?$"))
    )]
    pub version: Option<Line>,
    /// An existing Secret with the registry's credentials.
    pub pull_secret: Option<ObjectName>,
}

/// The accelerators of one replica.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gpu {
    /// A key of the catalog: `l4`, `h100-sxm-80gb`, `mi300x`, … Any other name needs `memory-gib` and `compute`.
    pub product: Option<Label>,
    /// How many of them one replica gets. Default: `1`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub count: Option<u32>,
    /// Which node label tells the product. Default: `"gfd"`, the label of NVIDIA's feature discovery.
    pub select: Select,
    /// Further labels that a node must have.
    pub node: BTreeMap<LabelKey, LabelValue>,
    /// The memory of one accelerator in GiB, for a product outside of the catalog.
    #[cfg_attr(feature = "schema", schemars(range(max = 100_000), extend("exclusiveMinimum" = 0)))]
    pub memory_gib: Option<f64>,
    /// The compute capability, for a product outside of the catalog: `"9.0"`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^([0-9]{1,2}\.[0-9]|gfx[0-9a-f]+)$")))]
    pub compute: Option<Line>,
    /// The resource that a device plugin announces. Default: `nvidia.com/gpu` or `amd.com/gpu`.
    pub resource: Option<ResourceName>,
    /// Taints that the pods tolerate. Default: the vendor's own (`nvidia.com/gpu`, any value, `NoSchedule`).
    pub tolerations: Option<Vec<Toleration>>,
    /// The RuntimeClass of the pods, which k3s and RKE need: `nvidia`.
    pub runtime_class: Option<ObjectName>,
    /// `"plugin"`: whole devices; `"mig:1g.10gb"`: a slice of one. Default: `"plugin"`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^(plugin|mig:[0-9]g\.[0-9]+gb)$")))]
    pub via: Option<Line>,
}

/// Which node label tells a GPU's product.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Select {
    /// `nvidia.com/gpu.product`, or `amd.com/gpu.product-name` of AMD's node labeller.
    #[default]
    Gfd,
    /// `cloud.google.com/gke-accelerator`.
    Gke,
    /// `karpenter.k8s.aws/instance-gpu-name`.
    Karpenter,
    /// `eks.amazonaws.com/instance-gpu-name`.
    EksAuto,
    /// `node.kubernetes.io/instance-type`.
    InstanceType,
}

/// A taint that the pods tolerate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Toleration {
    /// The taint's key.
    pub key: Option<LabelKey>,
    /// `Exists` or `Equal`. Default: `Equal` with a value, else `Exists`.
    pub operator: Option<TolerationOperator>,
    /// The taint's value.
    pub value: Option<LabelValue>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: each of them.
    pub effect: Option<TolerationEffect>,
}

/// How a toleration compares.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names are those of Kubernetes")]
pub enum TolerationOperator {
    Exists,
    Equal,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names are those of Kubernetes")]
pub enum TolerationEffect {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

/// How the model is split over the accelerators. Tensor, pipeline and data parallelism multiply to their number.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parallel {
    /// Tensor parallelism. Default: the accelerators that `pp` and `dp` leave.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub tp: Option<u32>,
    /// Pipeline parallelism. Default: `1`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub pp: Option<u32>,
    /// Whole copies of the model in one pod. Default: `1`; prefer `replicas`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub dp: Option<u32>,
    /// Data parallelism of the attention, inside of `tp`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub attn_dp: Option<u32>,
    /// Expert parallelism, inside of `tp`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub ep: Option<u32>,
}
