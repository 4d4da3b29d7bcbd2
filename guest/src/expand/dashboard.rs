//! A Grafana dashboard of the metrics that every supported release of SGLang has.

use serde_json::{Value, json};

use crate::derive::Plan;
use crate::expand::object::{Object, Wave, escaped};
use crate::expand::part::Part;
use crate::manifest::{ConfigMap, Pairs};

/// Builds the ConfigMap that Grafana's sidecar looks for.
pub(crate) fn dashboard(plan: &Plan<'_>) -> Option<Object> {
    plan.spec.monitor.as_ref().filter(|it| it.dashboard)?;
    let looked_for = plan.keys.fixed("Grafana's sidecar looks for this label");
    let part = Part::server(format!("{}-dashboard", plan.name), Wave::Edge).label(
        "grafana_dashboard",
        "1",
        looked_for,
    );
    let file = format!("{}.json", plan.name);
    let data = Pairs::from([(file.clone(), board(plan).to_string())]);
    let cause = plan.keys.cause("monitor.dashboard", "");
    Some(Object::new(plan, part, ConfigMap { data }, cause).explained(plan, |why| {
        let reason = "charts of the metrics that every supported release has, for this service alone";
        why.rule(&format!("/data/{}", escaped(&file)), reason, &["name", "namespace", "monitor.dashboard"]);
    }))
}

fn board(plan: &Plan<'_>) -> Value {
    let here = format!("namespace=\"{}\", service=\"{}\"", plan.namespace, plan.name);
    let p95 = |metric: &str| {
        format!("histogram_quantile(0.95, sum by (le) (rate(sglang:{metric}_bucket{{{here}}}[5m])))")
    };
    // With priorities, SGLang counts each of them in a series of its own, and all in the one without.
    let charts = [
        ("Running requests", format!("sum(sglang:num_running_reqs{{{here}, priority=\"\"}})"), "short"),
        ("Queued requests", format!("sum(sglang:num_queue_reqs{{{here}, priority=\"\"}})"), "short"),
        ("KV cache in use", format!("max(sglang:token_usage{{{here}}})"), "percentunit"),
        ("Tokens per second", format!("sum(sglang:gen_throughput{{{here}}})"), "short"),
        ("First token, 95th percentile", p95("time_to_first_token_seconds"), "s"),
        ("Next token, 95th percentile", p95("inter_token_latency_seconds"), "s"),
    ];
    json!({
        "title": format!("SGLang: {} ({})", plan.name, plan.namespace),
        // Grafana keeps a dashboard's address by this, so it must be the same at every sync.
        "uid": crate::expand::config::digest(&format!("{}/{}", plan.namespace, plan.name))[..16].to_owned(),
        "schemaVersion": 39,
        "tags": ["sglang"],
        "time": { "from": "now-6h", "to": "now" },
        "refresh": "30s",
        "panels": charts.iter().enumerate().map(|(index, (title, expr, unit))| chart(index, title, expr, unit)).collect::<Vec<_>>(),
    })
}

fn chart(index: usize, title: &str, expr: &str, unit: &str) -> Value {
    json!({
        "id": index + 1,
        "type": "timeseries",
        "title": title,
        "gridPos": { "h": 8, "w": 12, "x": (index % 2) * 12, "y": (index / 2) * 8 },
        "fieldConfig": { "defaults": { "unit": unit, "min": 0 }, "overrides": [] },
        "targets": [{ "refId": "A", "expr": expr }],
    })
}
