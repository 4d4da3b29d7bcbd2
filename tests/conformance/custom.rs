//! Custom kinds, which no schema of Kubernetes knows.

use anyhow::ensure;
use serde_json::Value;

use super::goldens;
use crate::support::tools;

/// Decoded strictly with upstream's Go types, and encoded again without a loss.
#[test]
fn upstream_types_take_monitors_rules_and_routes() -> anyhow::Result<()> {
    tools::install("go")?;
    agree(&["ServiceMonitor", "PrometheusRule", "HTTPRoute"], "bin/conformance", &["decode"])
}

/// Upstream serves no module with the types of the External Secrets Operator.
#[test]
fn external_secrets_are_what_we_mean_to_emit() -> anyhow::Result<()> {
    tools::install("python")?;
    let script = ["tests/conformance/json_schema.py", "tests/conformance/external-secrets.schema.json"];
    agree(&["SecretStore", "ExternalSecret"], "python/bin/python", &script)
}

/// Both checks refuse what is wrong.
#[test]
fn a_misspelt_field_is_refused() -> anyhow::Result<()> {
    tools::install("go")?;
    tools::install("python")?;
    let monitor = r#"{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "a"}, "spec": {"endpoint": []}}"#;
    let said = tools::ask("bin/conformance", ["decode"], monitor)?;
    ensure!(said.stdout.contains("unknown field \"endpoint\""), "{said:?}");
    let store = r#"{"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "a"}, "spec": {"provider": {"gcp": {}}}}"#;
    let script = ["tests/conformance/json_schema.py", "tests/conformance/external-secrets.schema.json"];
    let said = tools::ask("python/bin/python", script, &format!("{store}\n"))?;
    ensure!(said.stdout.contains("'gcp' was unexpected"), "{said:?}");
    Ok(())
}

/// Each manifest of these kinds gets one line of the tool's stdout, and each says `ok`.
fn agree(kinds: &[&str], tool: &str, args: &[&str]) -> anyhow::Result<()> {
    let manifests = goldens::of_kinds(kinds);
    for kind in kinds {
        ensure!(manifests.iter().any(|(_, it)| goldens::kind(it) == *kind), "no golden file holds a {kind}");
    }
    let lines: String = manifests.iter().map(|(_, it)| format!("{}\n", Value::to_string(it))).collect();
    let said = tools::ask(tool, args, &lines)?;
    let verdicts = said.lines()?;
    ensure!(
        verdicts.len() == manifests.len(),
        "{} manifests, and other verdicts:\n{said:?}",
        manifests.len()
    );
    let refused = manifests.iter().zip(verdicts).filter(|(_, verdict)| *verdict != "ok");
    let refused: Vec<String> = refused.map(|((label, _), verdict)| format!("{label}: {verdict}")).collect();
    ensure!(refused.is_empty(), "{}", refused.join("\n"));
    Ok(())
}
