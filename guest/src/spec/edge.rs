//! The service's edge: who reaches it, who watches it, what it reaches itself.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};

use super::units::{
    Duration, GatewayReference, HostName, LabelKey, LabelValue, ObjectName, UrlPath, digits, is_label,
};

/// How callers reach the service from outside of the cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expose {
    /// The host name that callers use.
    pub host: Option<HostName>,
    /// The Gateway that an HTTPRoute attaches to, as `namespace/name`.
    pub gateway: Option<GatewayReference>,
    /// The IngressClass of an Ingress, for clusters without the Gateway API.
    pub ingress_class: Option<ObjectName>,
    /// The prefixes that are routed. Default: `["/v1"]`, which leaves SGLang's open admin routes inside.
    pub paths: Option<Vec<UrlPath>>,
    /// The ClusterIssuer of cert-manager that signs the Ingress's certificate. A Gateway has its own.
    pub tls_issuer: Option<ObjectName>,
    /// Who checks callers. Default: `"key"`.
    pub auth: Auth,
    /// The type of the Service. Default: `"cluster-ip"`.
    pub service: ServiceType,
}

/// Who checks callers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Auth {
    /// SGLang, by `secrets.api-key`.
    #[default]
    Key,
    /// The gateway in front, by a policy of its own.
    Gateway,
}

/// Types of the Service.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ServiceType {
    /// Reached from inside of the cluster, and through a route.
    #[default]
    ClusterIp,
    /// An address of its own, without TLS; needs `secrets.api-key`.
    LoadBalancer,
}

/// What Prometheus and Grafana get.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Monitor {
    /// Labels by which your Prometheus finds monitors and rules: `release = "prometheus"`.
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// How often metrics are read. Default: `"30s"`.
    pub interval: Option<Duration>,
    /// Whether alert rules are made. Default: `true`.
    pub rules: bool,
    /// Whether a Grafana dashboard is made. Default: `false`.
    pub dashboard: bool,
    /// Promises that become alerts.
    pub slo: Slo,
}

impl Default for Monitor {
    fn default() -> Monitor {
        Monitor {
            labels: BTreeMap::new(),
            interval: None,
            rules: true,
            dashboard: false,
            slo: Slo::default(),
        }
    }
}

/// Promises that become alerts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slo {
    /// 95 of 100 answers start within this time.
    pub ttft_p95: Option<Duration>,
    /// 95 of 100 gaps between two tokens are no longer than this.
    pub itl_p95: Option<Duration>,
}

/// Who may call, and what may be called.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Network {
    /// Whether a NetworkPolicy is made. Default: `true`.
    pub policy: bool,
    /// Who may call besides the own namespace: namespaces, or labels of namespaces. The gateway's and Prometheus's
    /// differ from cluster to cluster, so name them.
    pub from: Vec<Peer>,
    /// What the pods may call besides DNS and, where they download weights, HTTPS: namespaces, labels of namespaces, or
    /// CIDRs.
    pub egress: Vec<Peer>,
}

impl Default for Network {
    fn default() -> Network {
        Network { policy: true, from: Vec::new(), egress: Vec::new() }
    }
}

/// The other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// All pods of the namespace of this name.
    Namespace(String),
    /// All pods of the namespaces with these labels.
    Labels(BTreeMap<LabelKey, LabelValue>),
    /// Addresses.
    Cidr(String),
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Peer, D::Error> {
        deserializer.deserialize_any(PeerVisitor)
    }
}

struct PeerVisitor;

impl<'de> Visitor<'de> for PeerVisitor {
    type Value = Peer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a namespace's name, a table of namespace labels, or a CIDR such as `10.0.0.0/8`")
    }

    fn visit_str<E: de::Error>(self, it: &str) -> Result<Peer, E> {
        if is_label(it) {
            Ok(Peer::Namespace(it.to_owned()))
        } else if is_cidr(it) {
            Ok(Peer::Cidr(it.to_owned()))
        } else {
            Err(E::invalid_value(de::Unexpected::Str(it), &self))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Peer, A::Error> {
        BTreeMap::deserialize(de::value::MapAccessDeserializer::new(entries)).map(Peer::Labels)
    }
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let Ok(address) = address.parse::<core::net::IpAddr>() else { return false };
    digits(bits).is_some_and(|it| it <= if address.is_ipv4() { 32 } else { 128 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cidr_needs_an_address_and_its_bits() {
        assert!(is_cidr("10.0.0.0/8") && is_cidr("fd00::/64"));
        assert!(!is_cidr("10.0.0.0") && !is_cidr("10.0.0.0/33") && !is_cidr("host/8"));
        assert!(!is_cidr("10.0.0.0/+8") && !is_cidr("10.0.0.0/08"));
    }
}
