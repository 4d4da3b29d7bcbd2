//! The pods that an object makes: how many, what each asks of its node, and which nodes it may run on.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::explain::subject::called;
use crate::manifest::Manifest;
use crate::quantity::Sum;

/// What one pod asks for, by the resource's name.
pub(crate) type Requests = BTreeMap<String, Sum>;

/// The pods of one object.
#[derive(Debug, PartialEq)]
pub(crate) struct Pods {
    pub(crate) object: String,
    pub(crate) count: Count,
    pub(crate) requests: Requests,
    /// The products that its nodes may have, where it says so.
    pub(crate) products: Vec<String>,
}

/// How many pods there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// So many, for as long as the object is there.
    Standing(u32),
    /// So many at once, until they are done.
    UntilDone(u32),
    /// Something else decides: an autoscaler, or the number of nodes.
    Open,
}

/// Node labels that tell the product of an accelerator, or the machine that has it.
const PRODUCTS: [&str; 6] = [
    "nvidia.com/gpu.product",
    "amd.com/gpu.product-name",
    "cloud.google.com/gke-accelerator",
    "karpenter.k8s.aws/instance-gpu-name",
    "eks.amazonaws.com/instance-gpu-name",
    "node.kubernetes.io/instance-type",
];

/// Whether a resource is a device: all others are Kubernetes' own.
pub(crate) fn is_device(resource: &str) -> bool {
    resource.split_once('/').is_some_and(|(domain, _)| !domain.ends_with("kubernetes.io"))
}

/// The pods that an object makes, if it makes any.
pub(crate) fn of(manifest: &Manifest) -> Option<Pods> {
    let value = manifest.value();
    let kind = manifest.id().kind.as_str();
    let place = match kind {
        "Pod" => "/spec",
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        _ => "/spec/template/spec",
    };
    let spec = value.pointer(place).filter(|it| it["containers"].is_array())?;
    Some(Pods {
        object: called(manifest),
        count: count(kind, value),
        requests: requests(spec),
        products: products(spec),
    })
}

fn count(kind: &str, value: &Value) -> Count {
    let number =
        |pointer| value.pointer(pointer).and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
    match kind {
        "Pod" => Count::Standing(1),
        "Job" => Count::UntilDone(number("/spec/parallelism").unwrap_or(1)),
        "CronJob" => Count::UntilDone(number("/spec/jobTemplate/spec/parallelism").unwrap_or(1)),
        _ => number("/spec/replicas").map_or(Count::Open, Count::Standing),
    }
}

/// As the scheduler counts: containers and sidecars run together, and every other init container beside the sidecars that
/// were started before it.
fn requests(spec: &Value) -> Requests {
    let mut sidecars = Requests::new();
    let mut starting = Requests::new();
    for container in items(&spec["initContainers"]) {
        let own = asked(container);
        if container["restartPolicy"] == "Always" {
            add(&mut sidecars, &own);
        } else {
            let mut beside = sidecars.clone();
            add(&mut beside, &own);
            largest(&mut starting, beside);
        }
    }
    let mut running = sidecars;
    items(&spec["containers"]).for_each(|it| add(&mut running, &asked(it)));
    largest(&mut running, starting);
    running
}

/// What a container asks for; a limit is asked for where nothing else is.
fn asked(container: &Value) -> Requests {
    let part = |name: &str| container["resources"][name].as_object().into_iter().flatten();
    let all = part("limits").chain(part("requests"));
    all.map(|(name, value)| (name.clone(), Sum::of(value))).collect()
}

/// Adds each of the requests.
pub(crate) fn add(to: &mut Requests, more: &Requests) {
    more.iter().for_each(|(name, it)| *to.entry(name.clone()).or_default() += *it);
}

fn largest(of: &mut Requests, others: Requests) {
    for (name, it) in others {
        let one = of.entry(name).or_default();
        *one = one.max(it);
    }
}

/// What the pod's nodes may be, by node selector or by a required affinity.
fn products(spec: &Value) -> Vec<String> {
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let selected = PRODUCTS.iter().filter_map(|label| text(&spec["nodeSelector"][*label]));
    let required = "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    let terms = spec.pointer(required).into_iter().flat_map(items);
    let expressions = terms.flat_map(|it| items(&it["matchExpressions"]));
    let meant =
        expressions.filter(|it| it["operator"] == "In" && PRODUCTS.iter().any(|label| it["key"] == **label));
    selected.chain(meant.flat_map(|it| items(&it["values"]).filter_map(text))).collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pods(kind: &str, spec: &str) -> Option<Pods> {
        let text =
            format!(r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"a"}},"spec":{spec}}}"#);
        of(&Manifest::parse(&text).unwrap())
    }

    #[test]
    fn a_pod_asks_for_what_runs_at_once() {
        let spec = r#"{"template":{"spec":{
            "initContainers":[
                {"name":"early","resources":{"requests":{"cpu":"8","memory":"1Gi"}}},
                {"name":"proxy","restartPolicy":"Always","resources":{"requests":{"cpu":"100m"}}},
                {"name":"late","resources":{"requests":{"memory":"9Gi"},"limits":{"cpu":1}}}],
            "containers":[{"name":"a","resources":{"requests":{"cpu":"4","memory":"8Gi"},"limits":{"nvidia.com/gpu":"1"}}}]
        }}}"#;
        let found = pods("Deployment", spec).unwrap();
        let shown: Vec<String> = found.requests.iter().map(|(name, it)| format!("{name} {it}")).collect();
        assert_eq!(shown, ["cpu 8", "memory 9Gi", "nvidia.com/gpu 1"]);
        assert_eq!((found.count, found.object.as_str()), (Count::Open, "Deployment/a"));
        assert!(is_device("nvidia.com/gpu") && !is_device("cpu") && !is_device("attachable.kubernetes.io/x"));
    }

    #[test]
    fn products_stand_in_selectors_and_affinities() {
        let spec = r#"{"nodeSelector":{"nvidia.com/gpu.product":"L4","zone":"a"},"affinity":{"nodeAffinity":{
            "requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[
                {"key":"cloud.google.com/gke-accelerator","operator":"In","values":["x","y"]},
                {"key":"zone","operator":"In","values":["b"]}]}]}}},"containers":[{"name":"a"}]}"#;
        assert_eq!(pods("Pod", spec).unwrap().products, ["L4", "x", "y"]);
        assert_eq!(pods("Service", "{}"), None);
        assert_eq!(
            pods("Pod", r#"{"containers":[{"name":"a"}],"replicas":7}"#).unwrap().count,
            Count::Standing(1)
        );
        let job = r#"{"parallelism":3,"template":{"spec":{"containers":[]}}}"#;
        assert_eq!(pods("Job", job).unwrap().count, Count::UntilDone(3));
    }
}
