//! The AppProject: what the service's Applications may do, which is what they need and nothing else.

use std::collections::BTreeMap;

use super::fleet::{Fleet, Member};
use super::{Way, application};
use crate::expand::object::{Object, Wave};
use crate::manifest::{
    AppProject, AppProjectSpec, ConfigMap, Deployment, ExternalSecret, GroupKind, HttpRoute, Ingress, Job,
    Kind, Metadata, NamedKind, NetworkPolicy, Pairs, PersistentVolumeClaim, PodDisruptionBudget,
    PrometheusRule, SecretStore, Service, ServiceAccount, ServiceMonitor,
};

/// Builds a project for each service that names none of the platform's. There is one, unless environments have names or
/// Argo CDs of their own.
pub(super) fn projects(fleet: &Fleet<'_>, way: &Way<'_>) -> Vec<Object> {
    let mut owners: BTreeMap<(&str, &str), Vec<&Member<'_>>> = BTreeMap::new();
    for member in fleet.members().filter(|it| it.target.spec.argo.project.is_none()) {
        owners.entry((member.target.argo(), member.target.service())).or_default().push(member);
    }
    owners.values().map(|members| project(members, way)).collect()
}

fn project(members: &[&Member<'_>], way: &Way<'_>) -> Object {
    let target = members[0].target;
    let metadata = Metadata {
        name: target.service().to_owned(),
        namespace: target.argo().to_owned(),
        labels: labels(members),
        annotations: Pairs::new(),
        finalizers: vec![application::FINALIZER],
    };
    let spec = AppProjectSpec {
        source_repos: vec![way.source.repository.clone()],
        destinations: members.iter().map(|it| application::destination(it)).collect(),
        cluster_resource_whitelist: namespaces(members),
        namespace_resource_whitelist: kinds(),
    };
    let keys = target.keys(way.causes);
    let cause = keys.rule("a project of its own permits what the service needs and no more", &["name"]);
    Object::with(metadata, Wave::Ground, AppProject { spec }, cause, keys).told(keys, |why| {
        why.key("/metadata/namespace", "argo.namespace", "where Argo CD runs");
        why.rule("/metadata/labels", "by these people find it; the spec's own come last", &["labels"]);
        why.fixed("/metadata/finalizers", "Applications cannot be deleted after their project");
        why.fixed("/spec/sourceRepos", "the repository of the spec");
        let reason = "the environments' clusters and namespaces";
        why.rule("/spec/destinations", reason, &["argo", "namespace"]);
        let reason = "Argo CD makes the namespaces, and asks the project";
        why.rule("/spec/clusterResourceWhitelist", reason, &["namespace"]);
        let reason = "the kinds that a spec can expand to, and what their pods are seen by";
        why.fixed("/spec/namespaceResourceWhitelist", reason);
    })
}

/// The project belongs to all of its environments, so a label that one alone has is not its own.
fn labels(members: &[&Member<'_>]) -> Pairs {
    let mut labels = application::labels(members[0].target, None);
    for member in members {
        let others = application::labels(member.target, None);
        labels.retain(|key, value| others.get(key) == Some(value));
    }
    labels
}

/// `CreateNamespace=true` is held to the project's rules as any other object is.
fn namespaces(members: &[&Member<'_>]) -> Vec<NamedKind> {
    let mut names: Vec<&String> = members.iter().map(|it| &it.target.namespace).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|it| NamedKind { group: "", kind: "Namespace", name: it.clone() }).collect()
}

/// Every kind that a spec can expand to, and the two between a Deployment and its log: Argo CD shows no pod that the project
/// does not permit.
fn kinds() -> Vec<GroupKind> {
    vec![
        of::<ConfigMap>(),
        of::<PersistentVolumeClaim>(),
        GroupKind { group: "", kind: "Pod" },
        of::<Service>(),
        of::<ServiceAccount>(),
        of::<Deployment>(),
        GroupKind { group: "apps", kind: "ReplicaSet" },
        of::<Job>(),
        of::<ExternalSecret>(),
        of::<SecretStore>(),
        of::<HttpRoute>(),
        of::<PrometheusRule>(),
        of::<ServiceMonitor>(),
        of::<Ingress>(),
        of::<NetworkPolicy>(),
        of::<PodDisruptionBudget>(),
    ]
}

fn of<K: Kind>() -> GroupKind {
    GroupKind { group: group(K::API_VERSION), kind: K::KIND }
}

fn group(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every expected manifest of the project's cases and examples.
    fn texts(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                texts(&path, found);
            } else if name.starts_with("manifests") && name.ends_with(".yaml") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    /// An object begins with both, at the margin.
    fn kinds_of(text: &str) -> Vec<(String, String)> {
        let lines: Vec<&str> = text.lines().collect();
        let pairs = lines.windows(2).filter_map(|it| {
            let api_version = it[0].strip_prefix("apiVersion: ")?;
            Some((group(api_version).to_owned(), it[1].strip_prefix("kind: ")?.to_owned()))
        });
        pairs.collect()
    }

    #[test]
    fn the_project_permits_what_specs_expand_to_and_their_pods() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        texts(&root.join("tests/cases"), &mut found);
        let mut expected: BTreeSet<(String, String)> = found.iter().flat_map(|it| kinds_of(it)).collect();
        for (group, kind) in [("", "Pod"), ("apps", "ReplicaSet")] {
            assert!(expected.insert((group.to_owned(), kind.to_owned())), "{kind} is a spec's own by now");
        }
        let permitted: BTreeSet<_> =
            kinds().iter().map(|it| (it.group.to_owned(), it.kind.to_owned())).collect();
        assert_eq!(permitted, expected);
    }
}
