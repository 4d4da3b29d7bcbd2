//! The accelerators: what one replica gets, which nodes have them, and whether the model fits.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::gpus::{self, Compute, Vendor};
use crate::catalog::sizing::{self, Fit, Load, Settings};
use crate::catalog::slices;
use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::derive::model::Model;
use crate::derive::parallel::Parallel;
use crate::manifest::PodToleration;
use crate::problem::one_of;
use crate::spec::{Select, Spec, Toleration, TolerationEffect, TolerationOperator};
use crate::tree::Node;

/// The accelerators of one replica.
pub(crate) struct Gpu {
    /// What messages call it: `H100 SXM 80GB` or the team's own name.
    pub(crate) label: String,
    pub(crate) count: u32,
    /// The catalog's entry.
    pub(crate) known: Option<&'static gpus::Gpu>,
    /// The memory of one, in MiB; none if nothing tells, which is a problem.
    pub(crate) memory_mib: Option<u32>,
    pub(crate) compute: Option<Compute>,
    pub(crate) vendor: Vendor,
    /// The resource that a pod asks for.
    pub(crate) resource: String,
    /// A slice of a device: `1g.10gb`.
    pub(crate) slice: Option<String>,
    /// The node label that tells the product, and the values that are good; none if the spec selects nodes itself.
    pub(crate) product: Option<(String, Vec<String>)>,
    pub(crate) tolerations: Vec<PodToleration>,
}

/// Derives the accelerators.
pub(crate) fn gpu(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Gpu {
    let product = spec.gpu.product.as_ref().map_or("", |it| it.as_str());
    let known = gpus::find(product);
    if product.is_empty() {
        help_to_name(keys, problems);
    }
    if known.is_none() && !product.is_empty() && !keys.has("gpu.memory-gib") {
        problems.push(unknown(product).at(keys.at("gpu.product")));
    }
    let slice = slice(spec, keys, problems);
    let compute = compute(spec, keys, problems).or(known.map(|it| it.compute));
    let vendor = known.map_or_else(|| vendor(spec, compute), |it| it.vendor);
    Gpu {
        label: product.to_owned(),
        count: spec.gpu.count.unwrap_or(1),
        known,
        memory_mib: memory(spec, known, slice.as_deref()),
        compute,
        vendor,
        resource: resource(spec, vendor, slice.as_deref()),
        slice,
        product: known.and_then(|it| select(spec, it, keys, problems)),
        tolerations: tolerations(spec, vendor),
    }
}

/// Who made an accelerator that the catalog does not know: its resource tells, or else how it computes.
fn vendor(spec: &Spec, compute: Option<Compute>) -> Vendor {
    match (&spec.gpu.resource, compute) {
        (Some(resource), _) => Vendor::of_resource(resource.as_str()),
        (None, Some(Compute::Gfx(_))) => Vendor::Amd,
        (None, _) => Vendor::Nvidia,
    }
}

/// Whoever writes a product as its maker does writes no label, and may still mean a key of the catalog.
fn help_to_name(keys: Keys<'_>, problems: &mut [Problem]) {
    let written = keys.0.find("gpu.product").and_then(Node::text).unwrap_or_default();
    let (at, meant) = (keys.at("gpu.product"), gpus::meant(written));
    let own = problems.iter_mut().find(|it| it.code == "SG013" && at.is_some() && it.at == at);
    if let Some(problem) = own.filter(|_| !meant.is_empty()) {
        problem.help = Some(format!("did you mean {}?", one_of(meant)));
    }
}

fn unknown(product: &str) -> Problem {
    const ELSE: &str = "`memory-gib = …`, `compute = \"…\"` and the label of its nodes, `node = { … }`";
    let problem = Problem::error("SG108", format!("the catalog knows no accelerator `{product}`"));
    let meant = gpus::meant(product);
    match meant[..] {
        [] => problem.help(format!("write {}; or add {ELSE}", one_of(gpus::keys()))),
        _ => problem.help(format!("did you mean {}? Else add {ELSE}", one_of(meant))),
    }
}

fn slice(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let via = spec.gpu.via.as_ref()?.as_str();
    let profile = via.strip_prefix("mig:").filter(|it| slices::mib(it).is_some());
    if profile.is_none() && via != "plugin" {
        let message = format!(
            "`gpu.via` cannot be `{}`; expected `plugin`, or `mig:` and a profile such as `mig:1g.10gb`",
            via.escape_debug()
        );
        problems.push(Problem::error("SG013", message).at(keys.at("gpu.via")));
    }
    profile.map(str::to_owned)
}

fn memory(spec: &Spec, known: Option<&gpus::Gpu>, slice: Option<&str>) -> Option<u32> {
    // One that cannot be has a problem of its own.
    let written = spec.gpu.memory_gib.filter(|it| *it > 0.0).map(|it| (it * 1024.0) as u32);
    slice.and_then(slices::mib).or(written).or(known.map(|it| it.memory_mib))
}

fn compute(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Option<Compute> {
    let written = spec.gpu.compute.as_ref()?.as_str();
    let parsed = Compute::parse(written);
    if parsed.is_none() {
        let message = format!(
            "`gpu.compute` cannot be `{}`; expected a compute capability such as `9.0`",
            written.escape_debug()
        );
        problems.push(Problem::error("SG013", message).at(keys.at("gpu.compute")));
    }
    parsed
}

fn resource(spec: &Spec, vendor: Vendor, slice: Option<&str>) -> String {
    match (&spec.gpu.resource, slice) {
        (Some(written), _) => written.to_string(),
        (None, Some(profile)) => format!("nvidia.com/mig-{profile}"),
        (None, None) => vendor.resource().to_owned(),
    }
}

/// The label by which nodes tell their product.
fn select(
    spec: &Spec,
    known: &gpus::Gpu,
    keys: Keys<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(String, Vec<String>)> {
    let (label, values) = match spec.gpu.select {
        Select::Gfd => (known.vendor.product_label(), known.gfd),
        Select::Gke => ("cloud.google.com/gke-accelerator", known.gke),
        Select::Karpenter => ("karpenter.k8s.aws/instance-gpu-name", known.karpenter),
        Select::EksAuto => ("eks.amazonaws.com/instance-gpu-name", known.karpenter),
        Select::InstanceType => ("node.kubernetes.io/instance-type", known.instance_types),
    };
    // A node label that the spec names itself says it better than the catalog.
    if spec.gpu.node.keys().any(|it| it.as_str() == label) {
        return None;
    }
    if values.is_empty() {
        let message = format!("the catalog knows no value of the node label `{label}` for `{}`", known.key);
        let help =
            format!("choose another `gpu.select`, or write the label: `node = {{ \"{label}\" = \"…\" }}`");
        problems.push(
            Problem::error("SG109", message)
                .at(keys.at("gpu.select").or_else(|| keys.at("gpu.product")))
                .help(help),
        );
        return None;
    }
    Some((label.to_owned(), values.iter().map(ToString::to_string).collect()))
}

/// Nodes are tainted with the resource that they offer; a slice is offered by nodes with the vendor's own taint.
fn tolerations(spec: &Spec, vendor: Vendor) -> Vec<PodToleration> {
    let resource = spec.gpu.resource.as_ref().map_or(vendor.resource(), |it| it.as_str());
    match &spec.gpu.tolerations {
        Some(written) => written.iter().map(toleration).collect(),
        None => vec![PodToleration {
            key: Some(resource.into()),
            operator: "Exists",
            value: None,
            effect: Some("NoSchedule"),
        }],
    }
}

fn toleration(written: &Toleration) -> PodToleration {
    let exists = match written.operator {
        Some(operator) => operator == TolerationOperator::Exists,
        None => written.value.is_none(),
    };
    PodToleration {
        key: written.key.as_ref().map(ToString::to_string),
        operator: if exists { "Exists" } else { "Equal" },
        value: written.value.as_ref().map(ToString::to_string),
        effect: written.effect.map(|it| match it {
            TolerationEffect::NoSchedule => "NoSchedule",
            TolerationEffect::PreferNoSchedule => "PreferNoSchedule",
            TolerationEffect::NoExecute => "NoExecute",
        }),
    }
}

/// How the model fits; none if its weights or the accelerators' memory are unknown.
pub(crate) fn fit(spec: &Spec, gpu: &Gpu, model: &Model, parallel: Parallel) -> Option<Fit> {
    load(spec, gpu, model, parallel).map(|it| sizing::fit(&it))
}

/// What the accelerators are to carry.
pub(crate) fn load<'a>(spec: &'a Spec, gpu: &Gpu, model: &Model, parallel: Parallel) -> Option<Load<'a>> {
    let flag = |name: &str| spec.flags.get(name).map(|it| &it.0);
    let number = |name: &str| {
        flag(name).and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 0)
    };
    Some(Load {
        gpu_mib: gpu.memory_mib?,
        tp: parallel.tp,
        pp: parallel.pp,
        weights_gib: model.weights_gib?,
        model: model.known,
        quantization: spec.model.quantization.as_ref().map(|it| it.as_str()),
        kv_dtype: spec.model.kv_dtype.as_ref().map(|it| it.as_str()),
        mem_fraction_static: flag("mem-fraction-static")
            .and_then(Value::as_f64)
            .filter(|it| 0.0 < *it && *it < 1.0),
        offloaded_gib: f64::from(number("cpu-offload-gb").unwrap_or(0)),
        settings: Settings {
            attn_dp: spec.parallel.attn_dp.unwrap_or(1),
            ep: spec.parallel.ep.unwrap_or(1),
            chunked_prefill: number("chunked-prefill-size"),
            max_running: number("max-running-requests"),
            uses_deepep: flag("moe-a2a-backend").is_some_and(|it| it == "deepep"),
        },
    })
}

/// Node labels that a pod asks for, as one map; values of which any is good need an affinity instead.
pub(crate) fn node_labels(spec: &Spec, gpu: &Gpu) -> BTreeMap<String, String> {
    let product = gpu
        .product
        .iter()
        .filter(|(_, values)| values.len() == 1)
        .map(|(key, values)| (key.clone(), values[0].clone()));
    product.chain(spec.gpu.node.iter().map(|(key, value)| (key.to_string(), value.to_string()))).collect()
}
