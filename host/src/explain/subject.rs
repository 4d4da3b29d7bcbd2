//! Which object is meant: `Deployment/llama`, `deploy/llama`, `deployments.apps/llama`, as kubectl takes it.

use crate::manifest::{Manifest, Manifests};
use crate::nearest::nearest;
use crate::printable;

/// kubectl's short names of kinds that serve a model.
const SHORT: [(&str, &str); 8] = [
    ("cm", "configmap"),
    ("deploy", "deployment"),
    ("ing", "ingress"),
    ("netpol", "networkpolicy"),
    ("pdb", "poddisruptionbudget"),
    ("pvc", "persistentvolumeclaim"),
    ("sa", "serviceaccount"),
    ("svc", "service"),
];

/// As people and kubectl write an object.
pub(crate) fn called(manifest: &Manifest) -> String {
    printable::line(&format!("{}/{}", manifest.id().kind, manifest.id().name)).into_owned()
}

/// The one object that is meant, or what to write instead.
pub(crate) fn find<'a>(manifests: &'a Manifests, written: &str) -> Result<&'a Manifest, String> {
    let (kind, name) = written.split_once('/').map_or((written, None), |(kind, name)| (kind, Some(name)));
    let is_meant = |it: &&Manifest| is_kind(it, kind) && name.is_none_or(|name| it.id().name == name);
    let found: Vec<&Manifest> = manifests.iter().filter(is_meant).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(unknown(manifests, written)),
        _ => Err(format!("`{}` are several: {}", printable::line(written), list(found.into_iter()))),
    }
}

fn is_kind(manifest: &Manifest, written: &str) -> bool {
    let (kind, group) = written.split_once('.').map_or((written, None), |(kind, group)| (kind, Some(group)));
    let kind = kind.to_ascii_lowercase();
    let kind = SHORT.iter().find(|(short, _)| *short == kind).map_or(kind.as_str(), |(_, kind)| kind);
    let id = manifest.id();
    let own = id.kind.to_ascii_lowercase();
    (kind == own || kind == plural(&own)) && group.is_none_or(|group| group == id.group)
}

/// As Kubernetes names resources: `ingresses`, `networkpolicies`, `services`.
fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

fn unknown(manifests: &Manifests, written: &str) -> String {
    let shown = printable::line(written);
    let names: Vec<String> = manifests.iter().map(called).collect();
    match nearest(written, names.iter().map(String::as_str)) {
        Some(meant) => format!("there is no object `{shown}`; did you mean `{meant}`?"),
        None => format!("there is no object `{shown}`; there are {}", list(manifests.iter())),
    }
}

fn list<'a>(manifests: impl Iterator<Item = &'a Manifest>) -> String {
    manifests.map(called).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Budget;
    use crate::guest::contract;

    fn manifests() -> Manifests {
        let of = |(version, kind, name): (&str, &str, &str)| contract::Manifest {
            json: format!(r#"{{"apiVersion":"{version}","kind":"{kind}","metadata":{{"name":"{name}"}}}}"#),
            origins: Vec::new(),
        };
        let all = [
            ("apps/v1", "Deployment", "llama"),
            ("networking.k8s.io/v1", "NetworkPolicy", "llama"),
            ("networking.k8s.io/v1", "NetworkPolicy", "llama-prefetch"),
            ("networking.k8s.io/v1", "Ingress", "llama"),
        ];
        Manifests::check(all.map(of).into(), false, &Budget::default()).unwrap()
    }

    #[test]
    fn kinds_are_taken_as_kubectl_takes_them() {
        let manifests = manifests();
        let found = |written| find(&manifests, written).map(called);
        for written in ["Deployment/llama", "deploy/llama", "DEPLOYMENTS/llama", "deployment.apps", "deploy"]
        {
            assert_eq!(found(written), Ok(String::from("Deployment/llama")), "{written}");
        }
        assert_eq!(found("networkpolicies/llama"), Ok(String::from("NetworkPolicy/llama")));
        assert_eq!(found("ingresses"), Ok(String::from("Ingress/llama")));
    }

    #[test]
    fn what_is_unknown_or_several_is_told_with_what_there_is() {
        let manifests = manifests();
        let refused = |written| find(&manifests, written).map(called).unwrap_err();
        assert_eq!(
            refused("Deployment/lama"),
            "there is no object `Deployment/lama`; did you mean `Deployment/llama`?"
        );
        assert_eq!(
            refused("netpol"),
            "`netpol` are several: NetworkPolicy/llama, NetworkPolicy/llama-prefetch"
        );
        assert_eq!(
            refused("deployment.batch\u{1b}"),
            "there is no object `deployment.batch\\u{1b}`; there are Deployment/llama, NetworkPolicy/llama, \
             NetworkPolicy/llama-prefetch, Ingress/llama"
        );
    }
}
