//! What Prometheus reads, and what it should call people for.

use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::expand::metadata;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::server::PORT;
use crate::expand::why::Why;
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
    let cause = plan.keys.cause("monitor", "");
    Some(Object::new(plan, part(plan, monitor), ServiceMonitor { spec }, cause).explained(plan, |why| {
        metadata::selector("/spec/selector", why);
        why.below("/spec/endpoints/0", |why| {
            why.fixed("/port", "metrics are served on the port of the API");
            why.fixed("/path", "SGLang's own path");
            why.fixed("/scheme", "SGLang has no TLS of its own");
            why.key("/interval", "monitor.interval", "twice a minute");
        });
    }))
}

/// Builds the alert rules.
pub(crate) fn prometheus_rule(plan: &Plan<'_>) -> Option<Object> {
    // Where no server is meant to run, the absence of one would call people for ever.
    let is_off = plan.replicas == Some(0);
    let monitor = plan.spec.monitor.as_ref().filter(|it| it.rules && !is_off)?;
    let groups = vec![RuleGroup { name: plan.name.to_owned(), rules: rules(plan, monitor) }];
    let cause = plan.keys.cause("monitor.rules", "somebody should know before the callers do");
    let body = PrometheusRule { spec: PrometheusRuleSpec { groups } };
    Some(
        Object::new(plan, part(plan, monitor), body, cause)
            .explained(plan, |why| why.below("/spec/groups/0", |why| explain(monitor, why))),
    )
}

fn explain(monitor: &Monitor, why: &mut Why<'_>) {
    why.key("/name", "name", "");
    let fixed: [&str; FIXED_RULES] = [
        "no server answers at all",
        "what waits in queues for minutes is a lasting shortage of servers",
        "a full KV cache puts running requests back, which makes all of them slow",
        "a server that crashes again and again takes its requests with it",
    ];
    let of_series = ["name", "namespace"];
    for (index, reason) in fixed.into_iter().enumerate() {
        why.rule(&format!("/rules/{index}"), reason, &of_series);
    }
    let slo = &monitor.slo;
    let promises = [(&slo.ttft_p95, "monitor.slo.ttft-p95"), (&slo.itl_p95, "monitor.slo.itl-p95")];
    let given = promises.into_iter().filter(|(limit, _)| limit.is_some()).enumerate();
    for (index, (_, key)) in given {
        let pointer = format!("/rules/{}", FIXED_RULES + index);
        why.rule(&pointer, "the promise that the spec gives", &[key]);
    }
}

/// Prometheus's operator finds monitors and rules by labels of the platform's own.
fn part(plan: &Plan<'_>, monitor: &Monitor) -> Part {
    monitor.labels.iter().fold(Part::server(plan.name, Wave::Edge), |part, (key, value)| {
        let cause = plan.keys.entry(&["monitor", "labels", key.as_str()]);
        part.label(key.as_str(), value.as_str(), cause)
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
