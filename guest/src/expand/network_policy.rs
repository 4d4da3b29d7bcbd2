//! NetworkPolicies: who may call the servers, and what the pods may call.

use std::collections::BTreeMap;

use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::derive::model::Source;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::why::Why;
use crate::expand::{metadata, sidecars};
use crate::manifest::{
    AnyPod, EgressRule, IngressRule, IpBlock, NetworkPolicy, NetworkPolicySpec, Pairs, PolicyPeer,
    PolicyPort, Selector,
};
use crate::spec::units::VariableName;
use crate::spec::{Peer, ServiceType, Variable};

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
    Some(object.explained(plan, |why| {
        why.below("/spec", |why| {
            explain_policy(why);
            explain_callers(plan, why);
            explain_egress(plan, downloads, why);
        });
    }))
}

/// Builds the prefetch Job's policy: nobody calls it, and its download may leave.
pub(crate) fn prefetch(plan: &Plan<'_>) -> Option<Object> {
    if !plan.spec.network.policy || !plan.cache.is_prefetched {
        return None;
    }
    let policy = policy(plan, Component::Prefetch, Vec::new(), egress(plan, true));
    let part = Part::of(Component::Prefetch, format!("{}-prefetch", plan.name), Wave::Ground);
    let cause = plan.keys.cause("network.policy", "the download needs the Hub and nothing else");
    Some(Object::new(plan, part, policy, cause).explained(plan, |why| {
        why.below("/spec", |why| {
            explain_policy(why);
            explain_egress(plan, true, why);
        });
    }))
}

fn explain_policy(why: &mut Why<'_>) {
    metadata::selector("/podSelector", why);
    why.fixed("/policyTypes", "what no rule names is forbidden, in both directions");
}

fn explain_callers(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.below("/ingress/0", |why| {
        why.fixed("/from/0", "the own namespace may call; the names of others differ per cluster");
        explain_peers("from", &plan.spec.network.from, 1, |index| format!("/from/{index}"), why);
        explain_port(0, why);
        for (index, (sidecar, name)) in sidecars::port_names(plan).enumerate() {
            let pointer = format!("/ports/{}", index + 1);
            why.fixed(&format!("{pointer}/protocol"), "HTTP is TCP");
            why.entry(&format!("{pointer}/port"), &["sidecar", sidecar, "ports", name]);
        }
    });
    let reason = "callers of a load balancer come from anywhere";
    why.rule("/ingress/1", reason, &["expose.service"]);
    why.below("/ingress/1", |why| explain_port(0, why));
}

fn explain_port(index: usize, why: &mut Why<'_>) {
    why.fixed(&format!("/ports/{index}/protocol"), "SGLang speaks HTTP, which is TCP");
    why.key(&format!("/ports/{index}/port"), "port", "SGLang's own port");
}

/// The peers that the spec names, each at its own place; `first` is the number of the first of them.
fn explain_peers(
    key: &str,
    peers: &[Peer],
    first: usize,
    pointer: impl Fn(usize) -> String,
    why: &mut Why<'_>,
) {
    for (index, peer) in peers.iter().enumerate() {
        let number = index.to_string();
        let path = ["network", key, number.as_str()];
        why.below(&pointer(first + index), |why| match peer {
            Peer::Namespace(_) => {
                why.entry("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name", &path);
            }
            Peer::Cidr(_) => why.entry("/ipBlock/cidr", &path),
            Peer::Labels(labels) => labels.keys().for_each(|label| {
                let path = [path[0], path[1], path[2], label.as_str()];
                metadata::own(why, "/namespaceSelector/matchLabels", &path);
            }),
        });
    }
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
    let https = downloads
        .then(|| EgressRule { to: Vec::new(), ports: download_ports(plan).into_keys().map(tcp).collect() });
    let identity = matches!(plan.model.source, Source::Bucket { .. }).then(|| EgressRule {
        to: vec![address(METADATA_SERVERS)],
        // 80 on AWS and Google, 988 on Google with its own network policies.
        ports: vec![tcp(80), tcp(988)],
    });
    let named =
        plan.spec.network.egress.iter().map(|it| EgressRule { to: vec![peer(it)], ports: Vec::new() });
    std::iter::once(dns).chain(https).chain(identity).chain(named).collect()
}

/// Variables that send downloads elsewhere: to a proxy, to a mirror, to a store of one's own.
const DETOURS: &[&str] = &[
    "ALL_PROXY",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "HF_ENDPOINT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "MODELSCOPE_DOMAIN",
    "RUNAI_STREAMER_S3_ENDPOINT",
    "all_proxy",
    "http_proxy",
    "https_proxy",
];

/// The ports of downloads, each with the variable that asks for it: HTTPS, and where the team sends them.
fn download_ports<'a>(plan: &Plan<'a>) -> BTreeMap<u16, Option<&'a str>> {
    let detour = |(name, variable): (&'a VariableName, &'a Variable)| match variable {
        Variable::Text(address) if DETOURS.contains(&name.as_str()) => {
            Some((port_of(address)?, Some(name.as_str())))
        }
        _ => None,
    };
    plan.spec.vars.iter().filter_map(detour).chain([(443, None)]).collect()
}

/// The port of an address such as `http://user@proxy:3128/path`.
fn port_of(address: &str) -> Option<u16> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    // One that is empty turns a proxy off.
    let authority = rest.split(['/', '?']).next()?.rsplit('@').next().filter(|it| !it.is_empty())?;
    // An IPv6 address stands in brackets and has colons of its own.
    let port = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
    match (port, scheme.to_ascii_lowercase().as_str()) {
        (Some((_, port)), _) => port.parse().ok().filter(|it| *it > 0),
        (None, "http") => Some(80),
        (None, "socks4" | "socks4a" | "socks5" | "socks5h") => Some(1080),
        (None, _) => Some(443),
    }
}

fn explain_egress(plan: &Plan<'_>, downloads: bool, why: &mut Why<'_>) {
    why.fixed(
        "/egress/0",
        "names are looked up everywhere: a DNS cache may answer on an address of the node",
    );
    let mut next = 1;
    if downloads {
        let pointer = format!("/egress/{next}");
        why.rule(&pointer, "weights are downloaded by HTTPS", &["model.source", "cache.prefetch"]);
        for (index, (_, variable)) in download_ports(plan).into_iter().enumerate() {
            if let Some(variable) = variable {
                let key = format!("vars.{variable}");
                why.rule(&format!("{pointer}/ports/{index}"), "this variable sends downloads there", &[&key]);
            }
        }
        next += 1;
    }
    if matches!(plan.model.source, Source::Bucket { .. }) {
        let reason = "clouds answer there when pods ask for the identity that may read the bucket";
        why.rule(&format!("/egress/{next}/to"), reason, &["model.source"]);
        why.rule(
            &format!("/egress/{next}/ports"),
            "80 on AWS and Google, 988 on Google's own",
            &["model.source"],
        );
        next += 1;
    }
    let named = &plan.spec.network.egress;
    explain_peers("egress", named, next, |index| format!("/egress/{index}/to/0"), why);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_port() {
        for (address, port) in [
            ("http://proxy:3128", Some(3128)),
            ("http://user:word@proxy:3128/path", Some(3128)),
            ("proxy:8080", Some(8080)),
            ("http://minio.minio.svc", Some(80)),
            ("https://s3.example.com/bucket", Some(443)),
            ("socks5h://proxy", Some(1080)),
            ("http://[fd00::1]:9000", Some(9000)),
            ("http://[fd00::1]", Some(80)),
            ("HTTP://proxy", Some(80)),
            ("http://proxy:port", None),
            ("http://proxy:0", None),
            ("", None),
        ] {
            assert_eq!(port_of(address), port, "{address}");
        }
    }
}
