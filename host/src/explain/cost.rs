//! What an environment asks of its cluster: accelerators by product, cores, memory, disk, and volumes. The host knows
//! Kubernetes and nothing of the grammar, so this holds for the manifests of every guest.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::explain::pods::{self, Count, Pods, is_device};
use crate::explain::subject::called;
use crate::manifest::{Manifest, Manifests};
use crate::printable;
use crate::quantity::Sum;

/// All of it, taken apart and added up.
#[derive(Debug, PartialEq)]
pub(crate) struct Cost {
    pub(crate) pods: Vec<Pods>,
    /// Of the pods that stand, by resource and, for accelerators, by the products that they may be.
    pub(crate) total: BTreeMap<(String, String), Sum>,
    pub(crate) volumes: Vec<Volume>,
}

/// Volumes that are claimed.
#[derive(Debug, PartialEq)]
pub(crate) struct Volume {
    pub(crate) object: String,
    pub(crate) class: Option<String>,
    pub(crate) size: Sum,
    /// How many; none if as many as there are pods, and something else decides on those.
    pub(crate) count: Option<u32>,
}

impl Cost {
    /// Adds up what the manifests ask for.
    pub(crate) fn of(manifests: &Manifests) -> Cost {
        let pods: Vec<Pods> = manifests.iter().filter_map(pods::of).collect();
        let mut total = BTreeMap::new();
        for (pods, count) in pods.iter().filter_map(|it| Some((it, standing(it.count)?))) {
            for (resource, sum) in &pods.requests {
                let product = if is_device(resource) { products(pods) } else { String::new() };
                *total.entry((resource.clone(), product)).or_insert_with(Sum::default) += sum.times(count);
            }
        }
        Cost { pods, total, volumes: manifests.iter().flat_map(volumes).collect() }
    }
}

fn standing(count: Count) -> Option<u32> {
    match count {
        Count::Standing(count) => Some(count),
        Count::UntilDone(_) | Count::Open => None,
    }
}

/// The products of a pod's nodes, as one phrase.
pub(crate) fn products(pods: &Pods) -> String {
    let names: Vec<_> = pods.products.iter().map(|it| printable::line(it)).collect();
    names.join(" or ")
}

/// A claim, or those that a StatefulSet makes for each of its pods.
fn volumes(manifest: &Manifest) -> Vec<Volume> {
    let value = manifest.value();
    if manifest.id().kind == "PersistentVolumeClaim" {
        return vec![volume(manifest, &value["spec"], Some(1))];
    }
    let templates = value["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
    let count = pods::of(manifest).and_then(|it| standing(it.count));
    templates.map(|it| volume(manifest, &it["spec"], count)).collect()
}

fn volume(manifest: &Manifest, spec: &Value, count: Option<u32>) -> Volume {
    Volume {
        object: called(manifest),
        class: spec["storageClassName"].as_str().map(|it| printable::line(it).into_owned()),
        size: Sum::of(&spec["resources"]["requests"]["storage"]),
        count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Budget;
    use crate::guest::contract;

    fn cost(objects: &[(&str, &str)]) -> Cost {
        let of = |(index, (kind, spec)): (usize, &(&str, &str))| contract::Manifest {
            json: format!(
                r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"a{index}"}},"spec":{spec}}}"#
            ),
            origins: Vec::new(),
        };
        let given = objects.iter().enumerate().map(of).collect();
        Cost::of(&Manifests::check(given, false, &Budget::default()).unwrap())
    }

    const POD: &str = r#""template":{"spec":{"nodeSelector":{"nvidia.com/gpu.product":"L4"},"containers":[
        {"name":"a","resources":{"requests":{"cpu":"1500m","nvidia.com/gpu":"2"}}}]}}"#;

    #[test]
    fn pods_that_stand_are_added_up_and_others_are_not() {
        let found = cost(&[
            ("Deployment", &format!(r#"{{"replicas":3,{POD}}}"#)),
            ("Deployment", &format!("{{{POD}}}")),
            ("Job", &format!("{{{POD}}}")),
        ]);
        let total: Vec<_> =
            found.total.iter().map(|((name, product), it)| format!("{name} {product} {it}")).collect();
        assert_eq!(total, ["cpu  4500m", "nvidia.com/gpu L4 6"]);
        let counts: Vec<_> = found.pods.iter().map(|it| it.count).collect();
        assert_eq!(counts, [Count::Standing(3), Count::Open, Count::UntilDone(1)]);
    }

    #[test]
    fn volumes_are_claims_and_templates_of_claims() {
        let claim = r#"{"storageClassName":"fast","resources":{"requests":{"storage":"50Gi"}}}"#;
        let set = format!(r#"{{"replicas":2,{POD},"volumeClaimTemplates":[{{"spec":{claim}}}]}}"#);
        let found = cost(&[("PersistentVolumeClaim", claim), ("StatefulSet", &set)]).volumes;
        let shown: Vec<_> =
            found.iter().map(|it| (it.object.as_str(), it.size.to_string(), it.count)).collect();
        let size = || String::from("50Gi");
        assert_eq!(
            shown,
            [("PersistentVolumeClaim/a0", size(), Some(1)), ("StatefulSet/a1", size(), Some(2))]
        );
        assert_eq!(found[0].class.as_deref(), Some("fast"));
    }
}
