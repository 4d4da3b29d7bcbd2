//! SG407: a way in, or a monitor, that the network policy keeps out.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::spec::ServiceType;

pub(super) const LINT: Lint = Lint {
    code: "SG407",
    title: "nobody may call",
    severity: Severity::Warning,
    why: "The NetworkPolicy admits the own namespace and those that `network.from` names. A gateway and Prometheus usually \
          live in others, whose names differ from cluster to cluster and are never guessed: without them routes answer \
          with errors, and metrics stay empty.",
    instead: "`from = [\"…\"]` in `[network]`: the namespaces of the gateway and of Prometheus",
    example: "[monitor]\nlabels = { release = \"prometheus\" }",
    quiet: "[monitor]\nlabels = { release = \"prometheus\" }\n[network]\nfrom = [\"monitoring\"]",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let network = &plan.spec.network;
    if !network.policy || !network.from.is_empty() {
        return;
    }
    let expose = &plan.spec.expose;
    // A load balancer's callers come from anywhere, so its port is open to all.
    if expose.service == ServiceType::LoadBalancer {
        return;
    }
    let (what, key) = if expose.gateway.is_some() || expose.ingress_class.is_some() {
        ("the gateway", "expose.host")
    } else if plan.spec.monitor.is_some() {
        ("Prometheus", "monitor")
    } else {
        return;
    };
    let message = format!("the NetworkPolicy keeps {what} out: `network.from` names nobody");
    let help = "add `from = [\"…\"]` to `[network]` with the namespaces that may call";
    let at = plan.keys.at("network.from").or_else(|| plan.keys.near(key));
    problems.push(LINT.problem(message).at(at).help(help));
}
