//! The Job that downloads the weights before any server starts.

use crate::derive::Plan;
use crate::derive::flags::literal;
use crate::derive::hub;
use crate::derive::labels::{Component, pod_labels, selector};
use crate::derive::model::Source;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::why::Why;
use crate::expand::{config, json, metadata, pod, server, variables, volumes};
use crate::manifest::{
    Container, Job, JobSpec, Pairs, PodAffinity, PodAffinityTerm, PodSpec, PodTemplate, ResourceRequirements,
    TemplateMetadata, WeightedPods,
};
use crate::spec::units::{Label, Line};

/// Downloads every `ID@REVISION` of its arguments. Some repositories hold the weights a second time in formats that SGLang
/// does not read; those are left out.
const FROM_HUB: &str = "\
import sys
from huggingface_hub import snapshot_download
for wanted in sys.argv[1:]:
    model, _, revision = wanted.partition('@')
    print('downloading', wanted, flush=True)
    snapshot_download(model, revision=revision or None,
                      ignore_patterns=['original/*', 'metal/*', 'onnx/*', 'consolidated*.pt*'])
";

/// Downloads a model at a revision to a folder.
const FROM_MODELSCOPE: &str = "\
import sys
from modelscope import snapshot_download
model, revision, folder = sys.argv[1:]
print('downloading', model, revision, flush=True)
snapshot_download(model, revision=revision, local_dir=folder)
";

/// A download that broke off goes on where it stopped, so trying again is cheap.
const RETRIES: u32 = 6;

/// Builds the Job. A Job cannot be changed, so its name ends in a hash of its template: another template is another Job.
/// It has no time to live, or Argo CD would make it again when it is gone.
pub(crate) fn job(plan: &Plan<'_>) -> Option<Object> {
    if !plan.cache.is_prefetched {
        return None;
    }
    let template = template(plan);
    let part = Part::of(Component::Prefetch, name(plan, &json::text(&template)), Wave::Ground);
    let keys = plan.keys;
    let cause = keys.cause("cache.prefetch", "");
    let body = Job { spec: JobSpec { backoff_limit: RETRIES, template } };
    Some(Object::new(plan, part, body, cause).explained(plan, |why| {
        let reason = "a Job cannot be changed, so another template needs another name";
        why.rule("/metadata/name", reason, &["name"]);
        why.fixed("/spec/backoffLimit", "a download that broke off goes on where it stopped");
        why.below("/spec/template", |why| explain(plan, why));
    }))
}

/// Why the pod is what it is, by pointers into its template.
fn explain(plan: &Plan<'_>, why: &mut Why<'_>) {
    let volumes = volumes::prefetch(plan);
    pod::explain_metadata(plan, why);
    why.below("/spec", |why| {
        pod::explain_placed(plan, why);
        why.fixed("/restartPolicy", "a download that broke off goes on where it stopped");
        why.fixed(
            "/terminationGracePeriodSeconds",
            "Kubernetes' own; a download that is stopped loses nothing",
        );
        explain_neighbours(why);
        why.below("/containers/0", |why| explain_container(plan, &volumes, why));
        volumes.explain_volumes(why);
    });
}

fn explain_neighbours(why: &mut Why<'_>) {
    let pods = "/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/0";
    why.below(pods, |why| {
        why.fixed("/weight", "nothing else is preferred, so it weighs all there is");
        let reason = "a volume that one node alone can mount is where a server runs, if one does";
        why.rule("/podAffinityTerm/topologyKey", reason, &["cache.kind", "cache.access"]);
        metadata::selector("/podAffinityTerm/labelSelector", why);
    });
}

fn explain_container(plan: &Plan<'_>, volumes: &volumes::Volumes, why: &mut Why<'_>) {
    why.fixed("/name", "what `kubectl logs` is told");
    let brings = "the server's image brings all that a download needs";
    why.rule("/image", brings, &["image.repo", "image.tag", "image.digest"]);
    let script = "each source of models has a library of its own, which is called by a few lines";
    why.rule("/command", script, &["model.source"]);
    explain_wanted(plan, why);
    for (index, (_, parts)) in variables::prefetch(plan).into_iter().enumerate() {
        why.parts(&format!("/env/{index}"), parts);
    }
    for part in ["requests", "limits"] {
        why.fixed(&format!("/resources/{part}"), "files pass through it, and nothing is loaded");
    }
    server::explain_any(why);
    volumes.explain_mounts(why);
}

fn explain_wanted(plan: &Plan<'_>, why: &mut Why<'_>) {
    if plan.model.source == Source::ModelScope {
        why.key("/args/0", "model.id", "");
        why.key("/args/1", "model.revision", "ModelScope's own default");
        why.rule("/args/2", "the folder in which the server looks for it", &["model.id", "model.revision"]);
        return;
    }
    why.rule("/args/0", "the model and its revision", &["model.id", "model.revision"]);
    let mut next = 1;
    if hub::draft(plan).is_some() {
        let keys = plan.flags.keys_of(hub::DRAFT, plan.spec);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        why.rule(&format!("/args/{next}"), "the draft model comes from the Hub, too", &keys);
        next += 1;
    }
    for (index, (name, _)) in adapters(plan).enumerate() {
        why.entry(&format!("/args/{}", next + index), &["model", "lora", name.as_str()]);
    }
}

/// The Job's name for a template.
fn name(plan: &Plan<'_>, template: &str) -> String {
    format!("{}-prefetch-{}", plan.name, &config::digest(template)[..8])
}

/// Names the Job anew after a patch of the team's has changed its template.
pub(crate) fn rename(plan: &Plan<'_>, job: &mut Object) {
    let tree = job.tree();
    let name = name(plan, &tree["spec"]["template"].to_string());
    tree["metadata"]["name"] = name.as_str().into();
    job.name = name;
}

fn template(plan: &Plan<'_>) -> PodTemplate {
    let volumes = volumes::prefetch(plan);
    let spec = PodSpec {
        restart_policy: Some("OnFailure"),
        containers: vec![container(plan, &volumes)],
        volumes: volumes.volumes(),
        affinity: pod::affinity(plan, beside_servers(plan)),
        ..pod::placed(plan)
    };
    let annotations =
        plan.spec.pod.annotations.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
    PodTemplate {
        metadata: TemplateMetadata { labels: pod_labels(plan, Component::Prefetch), annotations },
        spec,
    }
}

/// A volume that one node alone can mount is where a server runs, if one does: elsewhere the Job would wait for it, and Argo
/// CD for the Job before it replaces that server.
fn beside_servers(plan: &Plan<'_>) -> Option<PodAffinity> {
    let term = PodAffinityTerm {
        topology_key: "kubernetes.io/hostname",
        label_selector: selector(plan, Component::Server),
    };
    plan.cache.is_bound_to_a_node().then(|| PodAffinity {
        preferred_during_scheduling_ignored_during_execution: vec![WeightedPods {
            weight: 100,
            pod_affinity_term: term,
        }],
    })
}

fn container(plan: &Plan<'_>, volumes: &volumes::Volumes) -> Container {
    let script = if plan.model.source == Source::ModelScope { FROM_MODELSCOPE } else { FROM_HUB };
    Container {
        name: "prefetch".into(),
        image: plan.image.reference.clone(),
        image_pull_policy: "IfNotPresent",
        restart_policy: None,
        command: Some(vec!["python3".into(), "-c".into(), script.into()]),
        args: wanted(plan).iter().map(|it| literal(it)).collect(),
        env: variables::prefetch(plan).into_iter().map(|(variable, _)| variable).collect(),
        ports: Vec::new(),
        resources: resources(),
        startup_probe: None,
        readiness_probe: None,
        liveness_probe: None,
        lifecycle: None,
        security_context: server::security_context(),
        termination_message_path: "/dev/termination-log",
        termination_message_policy: "FallbackToLogsOnError",
        volume_mounts: volumes.mounts(),
    }
}

/// The model at its revision; from the Hub also its draft model and the adapters.
fn wanted(plan: &Plan<'_>) -> Vec<String> {
    if plan.model.source == Source::ModelScope {
        let id = plan.spec.model.id.as_ref().map_or("", |it| it.as_str()).to_owned();
        let revision = plan.spec.model.revision.as_ref().map_or("master", |it| it.as_str()).to_owned();
        return vec![id, revision, plan.model.path.clone()];
    }
    let revision = plan.spec.model.revision.as_ref().map(|it| format!("@{it}")).unwrap_or_default();
    let adapters = adapters(plan).map(|(_, id)| id.to_string());
    let model = format!("{}{revision}", plan.model.path);
    std::iter::once(model).chain(hub::draft(plan)).chain(adapters).collect()
}

/// The adapters that are ids rather than paths.
fn adapters<'a>(plan: &Plan<'a>) -> impl Iterator<Item = (&'a Label, &'a Line)> {
    plan.spec.model.lora.iter().filter(|(_, path)| !path.as_str().starts_with('/'))
}

fn resources() -> ResourceRequirements {
    let memory = ("memory".to_owned(), "4Gi".to_owned());
    let requests =
        Pairs::from([("cpu".into(), "1".into()), memory.clone(), ("ephemeral-storage".into(), "2Gi".into())]);
    ResourceRequirements { requests, limits: Pairs::from([memory]) }
}
