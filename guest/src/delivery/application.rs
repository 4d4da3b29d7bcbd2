//! The Application: what is delivered to where, and who decides when.

use super::Way;
use super::fleet::Member;
use super::target::Target;
use crate::contract::Source;
use crate::expand::object::{Object, Wave};
use crate::expand::why::Why;
use crate::manifest::{
    Application, ApplicationSpec, Automated, Backoff, Deployment, Destination, IgnoredDifference, Kind,
    Metadata, Pairs, Plugin, PluginParameter, Retry, Source as ApplicationSource, SyncPolicy,
};
use crate::spec::{Scale, Sync};

/// The cluster that Argo CD runs in.
const HERE: &str = "https://kubernetes.default.svc";
/// Deleting the Application deletes what it delivered.
pub(super) const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";
/// The annotation that says which files matter.
const PATHS: &str = "argocd.argoproj.io/manifest-generate-paths";

/// Builds the Application of an environment in one cluster.
pub(super) fn application(member: &Member<'_>, way: &Way<'_>) -> Object {
    let target = member.target;
    let own = Own {
        revision: revision(target, way.source),
        destination: destination(member),
        environment: target.environment.clone(),
    };
    let metadata = Metadata {
        name: member.name.clone(),
        namespace: target.argo().to_owned(),
        labels: labels(target, target.environment.as_deref()),
        annotations: annotations(&way.paths),
        finalizers: vec![FINALIZER],
    };
    let body = Application { spec: spec(target, way.source, own) };
    let keys = target.keys(way.causes);
    let cause = keys.rule("Argo CD delivers each environment by an Application", &["name", "argo"]);
    Object::with(metadata, Wave::Ground, body, cause, keys).told(keys, |why| {
        why.rule("/metadata/name", "the service and the environment", &["name"]);
        why.key("/metadata/namespace", "argo.namespace", "where Argo CD runs");
        why.key("/spec/source/targetRevision", "argo.revision", "what was asked for");
        let reason = "the environment's cluster and namespace";
        why.rule("/spec/destination", reason, &["argo.cluster", "namespace"]);
        explain(target, why);
    })
}

/// What Applications of one set do not share.
pub(super) struct Own {
    pub(super) revision: String,
    pub(super) destination: Destination,
    pub(super) environment: Option<String>,
}

/// The body, of an Application or of a set's template.
pub(super) fn spec(target: &Target, source: &Source, own: Own) -> ApplicationSpec {
    let parameter = |string| PluginParameter { name: "environment", string };
    let path = if source.path.is_empty() { "." } else { &source.path };
    ApplicationSpec {
        project: target.project().to_owned(),
        source: ApplicationSource {
            repository: source.repository.clone(),
            target_revision: own.revision,
            path: path.to_owned(),
            plugin: Plugin {
                name: source.plugin.clone(),
                parameters: own.environment.map(parameter).into_iter().collect(),
            },
        },
        destination: own.destination,
        sync_policy: sync_policy(target),
        revision_history_limit: 5,
        ignore_differences: ignored(target),
    }
}

fn sync_policy(target: &Target) -> SyncPolicy {
    let automated =
        Automated { prune: true, self_heal: true, allow_empty: target.spec.allow_empty.then_some(true) };
    let mut sync_options = vec!["CreateNamespace=true", "PruneLast=true"];
    if is_scaled(target) {
        sync_options.push("RespectIgnoreDifferences=true");
    }
    SyncPolicy {
        automated: (target.sync() == Sync::Auto).then_some(automated),
        sync_options,
        retry: Retry { limit: 5, backoff: Backoff { duration: "30s", factor: 2, max_duration: "5m" } },
    }
}

/// Fields that something else owns, and nothing more: whatever is ignored is not healed either.
fn ignored(target: &Target) -> Vec<IgnoredDifference> {
    let group = Deployment::API_VERSION.rsplit_once('/').map_or("", |(group, _)| group);
    let replicas = IgnoredDifference { group, kind: Deployment::KIND, json_pointers: vec!["/spec/replicas"] };
    if is_scaled(target) { vec![replicas] } else { Vec::new() }
}

fn is_scaled(target: &Target) -> bool {
    target.spec.scale == Some(Scale::External)
}

/// The spec's revision wins, since it stands in the history.
pub(super) fn revision(target: &Target, source: &Source) -> String {
    target.spec.argo.revision.as_ref().map_or_else(|| source.revision.clone(), |it| it.as_str().to_owned())
}

/// By the cluster's name, which says more to people than its address.
pub(super) fn destination(member: &Member<'_>) -> Destination {
    Destination {
        name: member.cluster.map(str::to_owned),
        server: member.cluster.is_none().then_some(HERE),
        namespace: member.target.namespace.clone(),
    }
}

/// No `app.kubernetes.io/instance`: who delivers Applications by an Application may track them by that label.
pub(super) fn labels(target: &Target, environment: Option<&str>) -> Pairs {
    let mut labels = Pairs::from([
        ("app.kubernetes.io/managed-by".into(), "cmp-host".into()),
        ("app.kubernetes.io/part-of".into(), target.service().into()),
    ]);
    labels.extend(environment.map(|it| ("environment".into(), it.into())));
    labels.extend(target.spec.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    labels
}

pub(super) fn annotations(paths: &str) -> Pairs {
    Pairs::from([(PATHS.into(), paths.into())])
}

/// Says why the fields are what they are that an Application and a set's template share.
pub(super) fn explain(target: &Target, why: &mut Why<'_>) {
    why.rule("/metadata/labels", "by these people find it; the spec's own come last", &["labels"]);
    why.fixed("/metadata/annotations", "a commit that touches none of these files changes nothing");
    why.fixed("/metadata/finalizers", "deleting an Application deletes what it delivered");
    why.key("/spec/project", "argo.project", "a project of its own permits what it needs and no more");
    why.fixed("/spec/source", "the folder of the spec, by the plugin that expands it");
    why.key("/spec/syncPolicy", "argo.sync", sync_reason(target));
    why.key("/spec/syncPolicy/automated/allowEmpty", "allow-empty", "no manifests are a mistake");
    let reason = "the namespace is made, and what is new stands before what is old goes";
    why.rule("/spec/syncPolicy/syncOptions", reason, &["scale"]);
    why.fixed("/spec/syncPolicy/retry", "a webhook that is away for minutes needs no person");
    why.fixed("/spec/revisionHistoryLimit", "five syncs tell what changed; a rollback is a commit");
    why.key("/spec/ignoreDifferences", "scale", "an autoscaler owns the number of replicas");
}

fn sync_reason(target: &Target) -> &'static str {
    match target.sync() {
        Sync::Auto => "dev follows the repository",
        Sync::Manual => "what is not dev changes when somebody says so",
    }
}
