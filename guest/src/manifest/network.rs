//! The network: Service, NetworkPolicy, HTTPRoute, Ingress.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::{Kind, Pairs, Selector};

#[derive(Serialize)]
pub(crate) struct Service {
    pub(crate) spec: ServiceSpec,
}

impl Kind for Service {
    const API_VERSION: &'static str = "v1";
    const KIND: &'static str = "Service";
}

#[derive(Serialize)]
pub(crate) struct ServiceSpec {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) selector: Pairs,
    pub(crate) ports: Vec<ServicePort>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePort {
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) target_port: TargetPort,
    pub(crate) protocol: &'static str,
}

/// A port of the pods, by name or number.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum TargetPort {
    Name(&'static str),
    Number(u16),
}

#[derive(Serialize)]
pub(crate) struct NetworkPolicy {
    pub(crate) spec: NetworkPolicySpec,
}

impl Kind for NetworkPolicy {
    const API_VERSION: &'static str = "networking.k8s.io/v1";
    const KIND: &'static str = "NetworkPolicy";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkPolicySpec {
    pub(crate) pod_selector: Selector,
    pub(crate) policy_types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ingress: Vec<IngressRule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) egress: Vec<EgressRule>,
}

#[derive(Serialize)]
pub(crate) struct IngressRule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) from: Vec<PolicyPeer>,
    pub(crate) ports: Vec<PolicyPort>,
}

#[derive(Serialize)]
pub(crate) struct EgressRule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) to: Vec<PolicyPeer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ports: Vec<PolicyPort>,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicyPeer {
    pub(crate) namespace_selector: Option<Selector>,
    pub(crate) pod_selector: Option<AnyPod>,
    pub(crate) ip_block: Option<IpBlock>,
}

/// The empty selector, which chooses all pods of a namespace.
#[derive(Serialize)]
pub(crate) struct AnyPod {}

#[derive(Serialize)]
pub(crate) struct IpBlock {
    pub(crate) cidr: String,
}

#[derive(Clone, Serialize)]
pub(crate) struct PolicyPort {
    pub(crate) protocol: &'static str,
    pub(crate) port: u16,
}

#[derive(Serialize)]
pub(crate) struct HttpRoute {
    pub(crate) spec: HttpRouteSpec,
}

impl Kind for HttpRoute {
    const API_VERSION: &'static str = "gateway.networking.k8s.io/v1";
    const KIND: &'static str = "HTTPRoute";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteSpec {
    pub(crate) parent_refs: Vec<ParentRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hostnames: Vec<String>,
    pub(crate) rules: Vec<HttpRouteRule>,
}

#[derive(Serialize)]
pub(crate) struct ParentRef {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteRule {
    pub(crate) matches: Vec<HttpRouteMatch>,
    pub(crate) backend_refs: Vec<BackendRef>,
    pub(crate) timeouts: RouteTimeouts,
}

#[derive(Serialize)]
pub(crate) struct HttpRouteMatch {
    pub(crate) path: PathMatch,
}

#[derive(Serialize)]
pub(crate) struct PathMatch {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

#[derive(Serialize)]
pub(crate) struct BackendRef {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) weight: u32,
}

#[derive(Serialize)]
pub(crate) struct RouteTimeouts {
    pub(crate) request: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Ingress {
    pub(crate) spec: IngressSpec,
}

impl Kind for Ingress {
    const API_VERSION: &'static str = "networking.k8s.io/v1";
    const KIND: &'static str = "Ingress";
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressSpec {
    pub(crate) ingress_class_name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tls: Vec<IngressTls>,
    pub(crate) rules: Vec<IngressHost>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressTls {
    pub(crate) hosts: Vec<String>,
    pub(crate) secret_name: String,
}

#[derive(Serialize)]
pub(crate) struct IngressHost {
    pub(crate) host: String,
    pub(crate) http: IngressPaths,
}

#[derive(Serialize)]
pub(crate) struct IngressPaths {
    pub(crate) paths: Vec<IngressPath>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressPath {
    pub(crate) path: String,
    pub(crate) path_type: &'static str,
    pub(crate) backend: IngressBackend,
}

#[derive(Serialize)]
pub(crate) struct IngressBackend {
    pub(crate) service: ServiceBackend,
}

#[derive(Serialize)]
pub(crate) struct ServiceBackend {
    pub(crate) name: String,
    pub(crate) port: BackendPort,
}

#[derive(Serialize)]
pub(crate) struct BackendPort {
    pub(crate) name: &'static str,
}
