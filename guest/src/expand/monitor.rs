//! What Prometheus reads, and what it should call people for.

use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::expand::causes;
use crate::expand::object::{Object, Part, Wave, escaped};
use crate::expand::server::PORT;
use crate::manifest::{
    AlertRule, Endpoint, Pairs, PrometheusRule, PrometheusRuleSpec, RuleGroup, ServiceMonitor,
    ServiceMonitorSpec,
};
use crate::spec::Monitor;
use crate::spec::units::Duration;

/// Builds the ServiceMonitor. SGLang serves metrics on the port of its API, open even where callers need a key.
pub(crate) fn service_monitor(plan: &Plan<'_>) -> Option<Object> {
    let monitor = plan.spec.monitor.as_ref()?;
    let interval = monitor.interval.as_ref().map_or_else(|| "30s".to_owned(), ToString::to_string);
    let endpoint = Endpoint { port: PORT, path: "/metrics", scheme: "http", interval };
    let spec = ServiceMonitorSpec { selector: selector(plan, Component::Server), endpoints: vec![endpoint] };
    let object = Object::new(
        plan,
        Part::server(plan.name, Wave::Edge),
        ServiceMonitor { spec },
        plan.keys.cause("monitor", ""),
    );
    let interval = plan.keys.cause("monitor.interval", "twice a minute");
    Some(labelled(plan, monitor, object).because("/spec/endpoints/0/interval", interval))
}

/// Builds the alert rules.
pub(crate) fn prometheus_rule(plan: &Plan<'_>) -> Option<Object> {
    // Where no server is meant to run, the absence of one would call people for ever.
    let is_off = plan.replicas == Some(0);
    let monitor = plan.spec.monitor.as_ref().filter(|it| it.rules && !is_off)?;
    let groups = vec![RuleGroup { name: plan.name.to_owned(), rules: rules(plan, monitor) }];
    let cause = plan.keys.cause("monitor.rules", "somebody should know before the callers do");
    let object = Object::new(
        plan,
        Part::server(plan.name, Wave::Edge),
        PrometheusRule { spec: PrometheusRuleSpec { groups } },
        cause,
    );
    let slo = plan.keys.rule("the promises of the spec", &["monitor.slo.ttft-p95", "monitor.slo.itl-p95"]);
    let promised = FIXED_RULES..FIXED_RULES + promises(plan, monitor).len();
    Some(promised.fold(labelled(plan, monitor, object), |object, index| {
        object.because(&format!("/spec/groups/0/rules/{index}"), slo.clone())
    }))
}

/// Prometheus's operator finds monitors and rules by labels of the platform's own.
fn labelled(plan: &Plan<'_>, monitor: &Monitor, object: Object) -> Object {
    monitor.labels.iter().fold(object, |object, (key, value)| {
        let pointer = format!("/metadata/labels/{}", escaped(key.as_str()));
        let cause = causes::entry(plan, "monitor.labels", key.as_str());
        object.label(key.as_str(), value.as_str()).because(&pointer, cause)
    })
}

/// How many rules there are without any promise.
const FIXED_RULES: usize = 4;

fn rules(plan: &Plan<'_>, monitor: &Monitor) -> Vec<AlertRule> {
    let here = series(plan);
    let (namespace, name) = (&plan.namespace, plan.name);
    let fixed: [AlertRule; FIXED_RULES] = [
        alert(
            "SGLangDown",
            "critical",
            "5m",
            format!("absent(up{{{here}}} == 1)"),
            format!("no server of {name} in {namespace} answers"),
        ),
        alert(
            "SGLangQueueBacklog",
            "warning",
            "10m",
            // A server takes what fits its KV cache and queues the rest: ten waiting for each server is a lasting shortage.
            // With priorities, SGLang counts each of them in a series of its own, and all in the one without.
            format!("sum(sglang:num_queue_reqs{{{here}, priority=\"\"}}) / count(up{{{here}}} == 1) > 10"),
            format!("more than ten requests wait for each server of {name} in {namespace}"),
        ),
        alert(
            "SGLangKvCacheFull",
            "warning",
            "10m",
            format!("max(sglang:token_usage{{{here}}}) > 0.95"),
            format!("the KV cache of {name} in {namespace} is full, so running requests are put back"),
        ),
        alert(
            "SGLangRestarts",
            "warning",
            "1m",
            format!(
                "sum(increase(kube_pod_container_status_restarts_total{{namespace=\"{namespace}\", pod=~\"{name}-[a-z0-9]+-[a-z0-9]+\", container=\"server\"}}[1h])) > 2"
            ),
            format!("servers of {name} in {namespace} crash again and again"),
        ),
    ];
    fixed.into_iter().chain(promises(plan, monitor)).collect()
}

fn promises(plan: &Plan<'_>, monitor: &Monitor) -> Vec<AlertRule> {
    let here = series(plan);
    let p95 = |metric: &str, limit: f64| {
        format!(
            "histogram_quantile(0.95, sum by (le) (rate(sglang:{metric}_bucket{{{here}}}[5m]))) > {limit}"
        )
    };
    let promise = |name, metric, limit: &Option<Duration>, words: &str| {
        let limit = limit.as_ref()?;
        let message = format!(
            "{words} of {} in {} takes longer than {limit} for one request in twenty",
            plan.name, plan.namespace
        );
        Some(alert(name, "warning", "10m", p95(metric, limit.seconds()), message))
    };
    let first = promise(
        "SGLangSlowFirstToken",
        "time_to_first_token_seconds",
        &monitor.slo.ttft_p95,
        "the first token",
    );
    let next =
        promise("SGLangSlowTokens", "inter_token_latency_seconds", &monitor.slo.itl_p95, "the next token");
    first.into_iter().chain(next).collect()
}

/// The labels by which Prometheus knows the series of this service.
fn series(plan: &Plan<'_>) -> String {
    format!("namespace=\"{}\", service=\"{}\"", plan.namespace, plan.name)
}

fn alert(
    alert: &'static str,
    severity: &str,
    wait: &'static str,
    expr: String,
    summary: String,
) -> AlertRule {
    AlertRule {
        alert,
        expr,
        wait,
        labels: Pairs::from([("severity".into(), severity.into())]),
        annotations: Pairs::from([("summary".into(), summary)]),
    }
}
