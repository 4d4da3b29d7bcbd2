//! The server's pod: its containers, where it may run, and why.

use crate::derive::Plan;
use crate::derive::gpu::node_labels;
use crate::derive::labels::{Component, pod_labels, selector};
use crate::expand::object::escaped;
use crate::expand::why::Why;
use crate::expand::{causes, config, metadata, server, sidecars, volumes};
use crate::manifest::{
    Affinity, NameReference, NodeAffinity, NodeRequirement, NodeSelector, NodeSelectorTerm, Pairs,
    PodAffinity, PodSecurityContext, PodSpec, PodTemplate, SeccompProfile, SpreadConstraint,
    TemplateMetadata,
};
use crate::spec::{Security, Spread};

/// The user and group of pods that do not run as root.
const USER: u32 = 1000;

/// Builds the server's pod.
pub(crate) fn server(plan: &Plan<'_>) -> PodTemplate {
    let volumes = volumes::server(plan);
    let metadata =
        TemplateMetadata { labels: pod_labels(plan, Component::Server), annotations: annotations(plan) };
    let spec = PodSpec {
        termination_grace_period_seconds: plan.times.grace,
        topology_spread_constraints: spread(plan),
        init_containers: sidecars::containers(plan).collect(),
        containers: vec![server::container(plan, &volumes)],
        volumes: volumes.volumes(),
        ..placed(plan)
    };
    PodTemplate { metadata, spec }
}

/// Why the server's pod is what it is, by pointers into its template.
pub(crate) fn explain_server(plan: &Plan<'_>, why: &mut Why<'_>) {
    let volumes = volumes::server(plan);
    explain_metadata(plan, why);
    let rolls = "a changed configuration rolls the pods, which Kubernetes by itself does not";
    why.say("/metadata/annotations/checksum~1config", config::cause(plan, rolls));
    why.below("/spec", |why| {
        explain_placed(plan, why);
        why.say("/terminationGracePeriodSeconds", causes::grace(plan));
        explain_spread(plan, why);
        sidecars::explain(plan, why);
        why.below("/containers/0", |why| server::explain(plan, &volumes, why));
        volumes.explain_volumes(why);
    });
}

/// Why a pod carries its labels, and the team's annotations.
pub(crate) fn explain_metadata(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.below("/metadata/labels", |why| metadata::pod_labels(plan, why));
    for key in plan.spec.pod.annotations.keys() {
        metadata::own(why, "/metadata/annotations", &["pod", "annotations", key.as_str()]);
    }
}

/// A pod without containers, placed where the accelerators are: the prefetch Job must fill a volume in their zone.
pub(crate) fn placed(plan: &Plan<'_>) -> PodSpec {
    let labels = node_labels(plan.spec, &plan.gpu);
    let account = plan.service_account.clone();
    PodSpec {
        service_account_name: account,
        automount_service_account_token: false,
        enable_service_links: false,
        restart_policy: None,
        runtime_class_name: plan.spec.gpu.runtime_class.as_ref().map(ToString::to_string),
        priority_class_name: plan.spec.priority.as_ref().map(ToString::to_string),
        termination_grace_period_seconds: 30,
        security_context: security_context(plan.spec.security),
        image_pull_secrets: plan
            .secrets
            .pull
            .iter()
            .map(|name| NameReference { name: name.clone() })
            .collect(),
        node_selector: Some(labels).filter(|it| !it.is_empty()),
        affinity: affinity(plan, None),
        tolerations: plan.gpu.tolerations.clone(),
        topology_spread_constraints: Vec::new(),
        init_containers: Vec::new(),
        containers: Vec::new(),
        volumes: Vec::new(),
    }
}

fn security_context(security: Security) -> PodSecurityContext {
    let nonroot = security == Security::Nonroot;
    let id = nonroot.then_some(USER);
    PodSecurityContext {
        run_as_non_root: nonroot.then_some(true),
        run_as_user: id,
        run_as_group: id,
        fs_group: id,
        // Else the kubelet walks through all the weights at every start to change their owner.
        fs_group_change_policy: nonroot.then_some("OnRootMismatch"),
        seccomp_profile: SeccompProfile { kind: "RuntimeDefault" },
    }
}

/// To nodes, and perhaps to pods.
pub(crate) fn affinity(plan: &Plan<'_>, pod_affinity: Option<PodAffinity>) -> Option<Affinity> {
    let node_affinity = node_affinity(plan);
    (node_affinity.is_some() || pod_affinity.is_some()).then_some(Affinity { node_affinity, pod_affinity })
}

/// Several values of one node label are good: a node selector cannot say that.
fn node_affinity(plan: &Plan<'_>) -> Option<NodeAffinity> {
    let (key, values) = plan.gpu.product.as_ref().filter(|(_, values)| values.len() > 1)?;
    let requirement = NodeRequirement { key: key.clone(), operator: "In", values: values.clone() };
    let selector =
        NodeSelector { node_selector_terms: vec![NodeSelectorTerm { match_expressions: vec![requirement] }] };
    Some(NodeAffinity { required_during_scheduling_ignored_during_execution: selector })
}

fn spread(plan: &Plan<'_>) -> Vec<SpreadConstraint> {
    let keys: &[&str] = match plan.spec.spread {
        Spread::None => &[],
        Spread::Host => &["kubernetes.io/hostname"],
        Spread::Zone => &["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
    };
    let is_alone = plan.replicas.is_some_and(|it| it < 2);
    let constraint = |topology_key: &&'static str| SpreadConstraint {
        max_skew: 1,
        topology_key,
        // A cluster with one zone or one free node must still run the service.
        when_unsatisfiable: "ScheduleAnyway",
        label_selector: selector(plan, Component::Server),
    };
    keys.iter().filter(|_| !is_alone).map(constraint).collect()
}

/// The checksum rolls the pods when their configuration changes, which Kubernetes by itself does not.
fn annotations(plan: &Plan<'_>) -> Pairs {
    let team = plan.spec.pod.annotations.iter().map(|(key, value)| (key.to_string(), value.clone()));
    team.chain([("checksum/config".to_owned(), config::checksum(plan))]).collect()
}

fn explain_spread(plan: &Plan<'_>, why: &mut Why<'_>) {
    for index in 0..spread(plan).len() {
        why.below(&format!("/topologySpreadConstraints/{index}"), |why| {
            why.fixed("/maxSkew", "as even as it can be");
            let lost = "one lost node should not take all replicas";
            why.choice("/topologyKey", "spread", "the spec says what replicas are spread over", lost);
            let reason = "a cluster with one zone or one free node must still run the service";
            why.fixed("/whenUnsatisfiable", reason);
            metadata::selector("/labelSelector", why);
        });
    }
}

/// Why a pod runs where and as whom it does, by pointers into it.
pub(crate) fn explain_placed(plan: &Plan<'_>, why: &mut Why<'_>) {
    let account = causes::derived(plan, "service-account.name", "the service's own identity", &["name"]);
    why.say("/serviceAccountName", account);
    why.fixed("/automountServiceAccountToken", "SGLang never calls the cluster's API");
    let neighbours = "variables of neighbouring Services could be taken for SGLang's own";
    why.fixed("/enableServiceLinks", neighbours);
    why.key("/runtimeClassName", "gpu.runtime-class", "");
    why.key("/priorityClassName", "priority", "");
    explain_security(why);
    if plan.spec.image.pull_secret.is_some() {
        why.key("/imagePullSecrets/0/name", "image.pull-secret", "");
    }
    if plan.secrets.registry.is_some() {
        let pointer = format!("/imagePullSecrets/{}/name", plan.secrets.pull.len() - 1);
        why.rule(&pointer, "the Secret that is filled from the store", &["secrets.registry"]);
    }
    explain_nodes(plan, why);
    explain_tolerations(plan, why);
}

fn explain_security(why: &mut Why<'_>) {
    why.below("/securityContext", |why| {
        for pointer in ["/runAsNonRoot", "/runAsUser", "/runAsGroup", "/fsGroup"] {
            why.rule(pointer, "the spec wants a user other than root", &["security"]);
        }
        let reason = "else the kubelet walks through all the weights at every start to change their owner";
        why.rule("/fsGroupChangePolicy", reason, &["security"]);
        why.fixed("/seccompProfile", "the container runtime's own filter of system calls hinders nothing");
    });
}

fn explain_nodes(plan: &Plan<'_>, why: &mut Why<'_>) {
    if let Some((label, _)) = &plan.gpu.product {
        let reason = format!("nodes with {} say so by this label", plan.gpu.label);
        why.rule(&format!("/nodeSelector/{}", escaped(label)), reason, &["gpu.product", "gpu.select"]);
    }
    let required = "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution";
    why.below(&format!("{required}/nodeSelectorTerms/0/matchExpressions/0"), |why| {
        why.rule("/key", "the label by which nodes tell their product", &["gpu.select"]);
        why.fixed("/operator", "one product has several names, and any of them will do");
        for index in 0..plan.gpu.product.as_ref().map_or(0, |(_, names)| names.len()) {
            let name = format!("a name under which nodes know {}", plan.gpu.label);
            why.rule(&format!("/values/{index}"), name, &["gpu.product", "gpu.select"]);
        }
    });
    for label in plan.spec.gpu.node.keys() {
        metadata::own(why, "/nodeSelector", &["gpu", "node", label.as_str()]);
    }
}

fn explain_tolerations(plan: &Plan<'_>, why: &mut Why<'_>) {
    let Some(written) = &plan.spec.gpu.tolerations else {
        let tainted = "nodes with accelerators are tainted with their resource's name";
        return why.rule("/tolerations/0", tainted, &["gpu.product", "gpu.resource"]);
    };
    // None at all, which is something to say.
    why.key("/tolerations", "gpu.tolerations", "");
    for (index, toleration) in written.iter().enumerate() {
        let number = index.to_string();
        why.below(&format!("/tolerations/{index}"), |why| {
            for field in ["key", "operator", "value", "effect"] {
                let path = ["gpu", "tolerations", number.as_str(), field];
                why.entry(&format!("/{field}"), &path);
            }
            if toleration.operator.is_none() {
                why.fixed("/operator", "a toleration with a value compares it, and any other asks for none");
            }
        });
    }
}
