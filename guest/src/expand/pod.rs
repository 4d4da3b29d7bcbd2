//! The server's pod: its containers, where it may run, and why.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::gpu::node_labels;
use crate::derive::labels::{Component, pod_labels, selector};
use crate::expand::{causes, config, server, sidecars, volumes};
use crate::manifest::{
    Affinity, NameReference, NodeAffinity, NodeRequirement, NodeSelector, NodeSelectorTerm, Pairs,
    PodAffinity, PodSecurityContext, PodSpec, PodTemplate, SeccompProfile, SpreadConstraint,
    TemplateMetadata,
};
use crate::spec::{Security, Spread};

/// The user and group of pods that do not run as root.
const USER: u32 = 1000;

/// A pod template, and why its fields are what they are, by pointers into the object that holds it.
pub(crate) struct Pod {
    pub(crate) template: PodTemplate,
    pub(crate) causes: Vec<(String, Cause)>,
}

/// Builds the server's pod.
pub(crate) fn server(plan: &Plan<'_>) -> Pod {
    let volumes = volumes::server(plan);
    let server = server::container(plan, &volumes);
    let mut causes = placement_causes(plan);
    causes
        .extend(server.causes.into_iter().map(|(pointer, cause)| (format!("/containers/0{pointer}"), cause)));
    causes.extend(volumes.causes());
    causes.extend(sidecars::causes(plan));
    let metadata =
        TemplateMetadata { labels: pod_labels(plan, Component::Server), annotations: annotations(plan) };
    let spec = PodSpec {
        termination_grace_period_seconds: plan.times.grace,
        topology_spread_constraints: spread(plan),
        init_containers: sidecars::containers(plan).collect(),
        containers: vec![server.container],
        volumes: volumes.volumes(),
        ..placed(plan)
    };
    let causes = causes.into_iter().map(|(pointer, cause)| (format!("/spec/template/spec{pointer}"), cause));
    Pod { causes: causes.chain(metadata_causes(plan)).collect(), template: PodTemplate { metadata, spec } }
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

fn metadata_causes(plan: &Plan<'_>) -> Vec<(String, Cause)> {
    let keys = plan.keys;
    vec![
        (
            "/spec/template/metadata/labels".into(),
            keys.rule("the selector's labels, and those of the spec", &["labels", "pod.labels"]),
        ),
        (
            "/spec/template/metadata/annotations".into(),
            keys.rule(
                "the checksum of the configuration rolls the pods, and the spec's annotations",
                &["pod.annotations"],
            ),
        ),
    ]
}

/// Why a pod runs where and as whom it does, by pointers into it.
pub(crate) fn placement_causes(plan: &Plan<'_>) -> Vec<(String, Cause)> {
    let keys = plan.keys;
    let nodes =
        keys.rule(format!("nodes with {}", plan.gpu.label), &["gpu.product", "gpu.select", "gpu.node"]);
    let pairs = [
        ("/serviceAccountName", keys.cause("service-account.name", "the service's own identity")),
        ("/automountServiceAccountToken", Cause::Defaulted("SGLang never calls the cluster's API".into())),
        (
            "/enableServiceLinks",
            Cause::Defaulted("variables of neighbouring Services could be taken for SGLang's own".into()),
        ),
        ("/runtimeClassName", keys.cause("gpu.runtime-class", "")),
        ("/priorityClassName", keys.cause("priority", "")),
        ("/terminationGracePeriodSeconds", causes::grace(plan)),
        ("/securityContext", keys.cause("security", "SGLang's image expects root, and gets no capability")),
        (
            "/imagePullSecrets",
            keys.rule("credentials of the image's registry", &["image.pull-secret", "secrets.registry"]),
        ),
        ("/nodeSelector", nodes.clone()),
        ("/affinity", nodes),
        (
            "/tolerations",
            keys.cause("gpu.tolerations", "nodes with accelerators are tainted with their resource's name"),
        ),
        ("/topologySpreadConstraints", keys.cause("spread", "one lost node should not take all replicas")),
    ];
    pairs.into_iter().map(|(pointer, cause)| (pointer.to_owned(), cause)).collect()
}
