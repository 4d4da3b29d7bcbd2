//! NetworkPolicies: who may call the servers, and what the pods may call.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::derive::model::Source;
use crate::expand::object::{Object, Part, Wave};
use crate::manifest::{
    AnyPod, EgressRule, IngressRule, IpBlock, NetworkPolicy, NetworkPolicySpec, Pairs, PolicyPeer,
    PolicyPort, Selector,
};
use crate::spec::{Peer, ServiceType};

/// Where clouds answer pods that ask for their identity: the addresses of their metadata servers.
const METADATA_SERVERS: &str = "169.254.0.0/16";

/// Builds the servers' policy: the named namespaces and the own one may call, and downloads may leave.
pub(crate) fn server(plan: &Plan<'_>) -> Option<Object> {
    if !plan.spec.network.policy {
        return None;
    }
    let downloads = match plan.model.source {
        Source::Hub | Source::ModelScope => !plan.cache.is_prefetched,
        Source::Bucket { .. } => true,
        Source::Claim { .. } | Source::Host { .. } | Source::Image { .. } => false,
    };
    let policy = policy(plan, Component::Server, callers(plan), egress(plan, downloads));
    let cause = plan.keys.cause(
        "network.policy",
        "SGLang's admin routes and its internal sockets must not be open to the cluster",
    );
    let object = Object::new(plan, Part::server(plan.name, Wave::Ground), policy, cause);
    Some(
        object
            .because(
                "/spec/ingress",
                plan.keys.cause("network.from", "the own namespace, since other names differ per cluster"),
            )
            .because(
                "/spec/ingress/1",
                plan.keys.rule("callers of a load balancer come from anywhere", &["expose.service"]),
            )
            .because("/spec/egress", egress_cause(plan, downloads)),
    )
}

/// Builds the prefetch Job's policy: nobody calls it, and its download may leave.
pub(crate) fn prefetch(plan: &Plan<'_>) -> Option<Object> {
    if !plan.spec.network.policy || !plan.cache.is_prefetched {
        return None;
    }
    let policy = policy(plan, Component::Prefetch, Vec::new(), egress(plan, true));
    let part =
        Part { name: format!("{}-prefetch", plan.name), component: Component::Prefetch, wave: Wave::Ground };
    let cause = plan.keys.cause("network.policy", "the download needs the Hub and nothing else");
    Some(Object::new(plan, part, policy, cause).because("/spec/egress", egress_cause(plan, true)))
}

fn policy(
    plan: &Plan<'_>,
    component: Component,
    ingress: Vec<IngressRule>,
    egress: Vec<EgressRule>,
) -> NetworkPolicy {
    let pod_selector = selector(plan, component);
    NetworkPolicy {
        spec: NetworkPolicySpec { pod_selector, policy_types: vec!["Ingress", "Egress"], ingress, egress },
    }
}

fn callers(plan: &Plan<'_>) -> Vec<IngressRule> {
    let sidecars = plan.spec.sidecar.values().flat_map(|it| it.ports.values()).map(|it| tcp(it.0));
    let ports: Vec<PolicyPort> = std::iter::once(tcp(plan.port)).chain(sidecars).collect();
    let own = PolicyPeer { namespace_selector: None, pod_selector: Some(AnyPod {}), ip_block: None };
    let from = std::iter::once(own).chain(plan.spec.network.from.iter().map(peer)).collect();
    let mut rules = vec![IngressRule { from, ports }];
    if is_open(plan) {
        rules.push(IngressRule { from: Vec::new(), ports: vec![tcp(plan.port)] });
    }
    rules
}

/// Callers of a load balancer come with their own addresses. Unless the spec names some, the server's port is open to all,
/// and `secrets.api-key` guards it.
fn is_open(plan: &Plan<'_>) -> bool {
    let names_addresses = plan.spec.network.from.iter().any(|it| matches!(it, Peer::Cidr(_)));
    plan.spec.expose.service == ServiceType::LoadBalancer && !names_addresses
}

fn egress(plan: &Plan<'_>, downloads: bool) -> Vec<EgressRule> {
    // To anywhere, since a DNS cache may answer on an address of the node.
    let dns = EgressRule { to: Vec::new(), ports: vec![PolicyPort { protocol: "UDP", port: 53 }, tcp(53)] };
    let https = downloads.then(|| EgressRule { to: Vec::new(), ports: vec![tcp(443)] });
    let identity = matches!(plan.model.source, Source::Bucket { .. }).then(|| EgressRule {
        to: vec![address(METADATA_SERVERS)],
        // 80 on AWS and Google, 988 on Google with its own network policies.
        ports: vec![tcp(80), tcp(988)],
    });
    let named =
        plan.spec.network.egress.iter().map(|it| EgressRule { to: vec![peer(it)], ports: Vec::new() });
    std::iter::once(dns).chain(https).chain(identity).chain(named).collect()
}

fn egress_cause(plan: &Plan<'_>, downloads: bool) -> Cause {
    let reason = match downloads {
        true => "DNS, HTTPS for the download, and what the spec names",
        false if plan.cache.is_prefetched => "DNS, and what the spec names: the prefetch Job downloads",
        false => "DNS, and what the spec names: nothing is downloaded",
    };
    plan.keys.rule(reason, &["network.egress", "model.source", "cache.prefetch"])
}

fn tcp(port: u16) -> PolicyPort {
    PolicyPort { protocol: "TCP", port }
}

fn address(cidr: &str) -> PolicyPeer {
    PolicyPeer {
        namespace_selector: None,
        pod_selector: None,
        ip_block: Some(IpBlock { cidr: cidr.to_owned() }),
    }
}

fn peer(peer: &Peer) -> PolicyPeer {
    let namespaces = |match_labels: Pairs| PolicyPeer {
        namespace_selector: Some(Selector { match_labels }),
        pod_selector: None,
        ip_block: None,
    };
    match peer {
        Peer::Namespace(name) => {
            namespaces(Pairs::from([("kubernetes.io/metadata.name".into(), name.clone())]))
        }
        Peer::Labels(labels) => {
            namespaces(labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect())
        }
        Peer::Cidr(cidr) => address(cidr),
    }
}
