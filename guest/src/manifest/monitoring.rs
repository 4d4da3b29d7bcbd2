//! The Prometheus Operator's objects.

use serde::Serialize;

use super::{Kind, Pairs, Selector};

#[derive(Serialize)]
pub(crate) struct ServiceMonitor {
    pub(crate) spec: ServiceMonitorSpec,
}

impl Kind for ServiceMonitor {
    const API_VERSION: &'static str = "monitoring.coreos.com/v1";
    const KIND: &'static str = "ServiceMonitor";
}

#[derive(Serialize)]
pub(crate) struct ServiceMonitorSpec {
    pub(crate) selector: Selector,
    pub(crate) endpoints: Vec<Endpoint>,
}

#[derive(Serialize)]
pub(crate) struct Endpoint {
    pub(crate) port: &'static str,
    pub(crate) path: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) interval: String,
}

#[derive(Serialize)]
pub(crate) struct PrometheusRule {
    pub(crate) spec: PrometheusRuleSpec,
}

impl Kind for PrometheusRule {
    const API_VERSION: &'static str = "monitoring.coreos.com/v1";
    const KIND: &'static str = "PrometheusRule";
}

#[derive(Serialize)]
pub(crate) struct PrometheusRuleSpec {
    pub(crate) groups: Vec<RuleGroup>,
}

#[derive(Serialize)]
pub(crate) struct RuleGroup {
    pub(crate) name: String,
    pub(crate) rules: Vec<AlertRule>,
}

#[derive(Serialize)]
pub(crate) struct AlertRule {
    pub(crate) alert: &'static str,
    pub(crate) expr: String,
    #[serde(rename = "for")]
    pub(crate) wait: &'static str,
    pub(crate) labels: Pairs,
    pub(crate) annotations: Pairs,
}
