//! SG115 says that SGLang does not start with some flags; SGLang's own checks must say so too, and of no others.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};

use super::sglang::ask;
use crate::support::{project, toml};

const CASE: &str = "tests/cases/flags-that-exclude-each-other";

#[test]
fn sglang_excludes_the_flags_that_we_do_and_no_others() -> anyhow::Result<()> {
    let case = project::path(CASE);
    let spec = toml::to_json(&fs::read_to_string(case.join("sglang.toml"))?)?;
    let environments = spec["env"].as_object().context("the case has no environments")?;
    let questions: Vec<Value> = environments.iter().map(|(name, it)| question(name, it)).collect();
    let mut differ = Vec::new();
    for answer in ask(&questions)? {
        let name = answer["id"].as_str().unwrap_or_default();
        if is_refused(&case, name)? == answer["problem"].is_null() {
            differ.push(answer.clone());
        }
    }
    ensure!(differ.is_empty(), "SGLang says otherwise: {:#}", Value::from(differ));
    Ok(())
}

/// Whether the case expects SG115; a golden test holds us to that.
fn is_refused(case: &Path, environment: &str) -> anyhow::Result<bool> {
    let manifests = case.join(format!("manifests.{environment}.yaml")).exists();
    let told = fs::read_to_string(case.join(format!("diagnostics.{environment}.txt"))).unwrap_or_default();
    let refuses = told.contains("error[SG115]");
    ensure!(manifests != refuses, "{environment} has neither manifests nor SG115, or both");
    Ok(refuses)
}

/// What a server of this environment is given: its flags, and those that the case's few keys stand for.
fn question(name: &str, environment: &Value) -> Value {
    let mut config = environment["flags"].as_object().cloned().unwrap_or_default();
    config.insert("model-path".into(), "a/b".into());
    config.insert("served-model-name".into(), "b".into());
    let mut args = vec![json!("--config"), json!("config.yaml")];
    if let Some(adapters) = environment["model"]["lora"].as_object() {
        config.insert("enable-lora".into(), true.into());
        args.push(json!("--lora-paths"));
        args.extend(adapters.iter().map(|(name, path)| Value::from(format!("{name}={}", text(path)))));
    }
    if environment["secrets"]["api-key"].is_string() {
        args.extend([json!("--api-key"), json!("key")]);
    }
    if let Some(groups) = environment["parallel"]["attn-dp"].as_u64() {
        config.insert("attn-dp-size".into(), groups.into());
        config.insert("tp-size".into(), environment["gpu"]["count"].clone());
    }
    json!({ "id": name, "args": args, "config": lines(&config) })
}

/// JSON's scalars and lists are YAML too.
fn lines(config: &Map<String, Value>) -> String {
    config.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
