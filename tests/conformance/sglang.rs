//! SGLang's own argument parser, config merger and checks, for every server of the release whose wheel is installed.

use std::fs;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::goldens::{self, Golden};
use crate::support::{project, tools};

/// The release that `tests/conformance/requirements.txt` installs.
const RELEASE: &str = "0.5.23";
/// All servers of that release, and of others. One that is not asked any more would go unnoticed without these numbers.
const SERVERS: [usize; 2] = [213, 19];

#[test]
fn sglang_takes_every_servers_arguments() -> anyhow::Result<()> {
    let mut questions = Vec::new();
    let mut n_others = 0;
    for golden in goldens::all() {
        for manifest in golden.manifests.iter() {
            for container in servers(manifest) {
                let label = goldens::label(&golden.path, manifest);
                if !is_of_the_release(golden, container)? {
                    n_others += 1;
                    continue;
                }
                questions
                    .push(question(&golden.manifests, manifest, container, &label).context(label.clone())?);
            }
        }
    }
    let found = [questions.len(), n_others];
    ensure!(
        found == SERVERS,
        "the golden files hold {found:?} servers of {RELEASE} and of other releases, and not {SERVERS:?}; \
         if cases came or went, write the new numbers"
    );
    let refused: Vec<_> = ask(&questions)?.into_iter().filter(|it| !it["problem"].is_null()).collect();
    ensure!(refused.is_empty(), "{:#}", Value::from(refused));
    Ok(())
}

/// A parser that takes everything would go unnoticed.
#[test]
fn sglang_refuses_what_is_wrong() -> anyhow::Result<()> {
    let config = "model-path: a/b\n";
    let as_two_words = json!(["--config", "config.yaml"]);
    let wrong = [
        (&as_two_words, format!("{config}serving-port: 30000\n"), "unrecognized arguments: --serving-port"),
        (&as_two_words, format!("{config}tool-call-parser: nonsense\n"), "invalid choice: 'nonsense'"),
        (
            &as_two_words,
            format!("{config}enable-hierarchical-cache: true\ndisable-radix-cache: true\n"),
            "are mutually exclusive",
        ),
        // Overlooked without a word, so the parser lacks the model that stands in the file.
        (&json!(["--config=config.yaml"]), config.to_owned(), "arguments are required: --model-path"),
    ];
    for (args, config, expected) in wrong {
        let answers = ask(&[json!({ "id": expected, "args": args, "config": config })])?;
        let problem = answers[0]["problem"].as_str().unwrap_or_default();
        ensure!(problem.contains(expected), "{args} with {config:?}: {problem:?}");
    }
    let answers = ask(&[json!({ "id": "right", "args": as_two_words, "config": config })])?;
    ensure!(answers[0]["problem"].is_null(), "{answers:?}");
    Ok(())
}

/// SGLang's answers.
pub(super) fn ask(questions: &[Value]) -> anyhow::Result<Vec<Value>> {
    tools::install("python")?;
    let said = tools::ask(
        "python/bin/python",
        ["tests/conformance/sglang_parse.py"],
        &json!(questions).to_string(),
    )?;
    let answers: Vec<Value> = serde_json::from_str(&said.lines()?.join("\n"))?;
    ensure!(answers.len() == questions.len(), "{} questions and {} answers", questions.len(), answers.len());
    Ok(answers)
}

/// The containers of a workload that start SGLang's server.
fn servers(manifest: &Value) -> impl Iterator<Item = &Value> {
    let containers = manifest.pointer("/spec/template/spec/containers").and_then(Value::as_array);
    containers.into_iter().flatten().filter(|it| texts(&it["command"]).contains(&"sglang.launch_server"))
}

/// Whether a server runs the release that we can ask. A digest and a tag of the team's own name none: somebody must have told
/// the guest then, in the spec or by a parameter, which stand beside what is expected.
fn is_of_the_release(golden: &Golden, container: &Value) -> anyhow::Result<bool> {
    let image = container["image"].as_str().context("a container has an image")?;
    let tag = image.rsplit('/').next().and_then(|it| it.split_once(':')).map_or("", |(_, tag)| tag);
    let numbers = tag.strip_prefix('v').map(|it| it.split('-').next().unwrap_or_default());
    if let Some(release) = numbers {
        return Ok(release == RELEASE);
    }
    let folder = golden.path.parent().context("a golden file stands in a folder")?;
    let told = ["sglang.toml", "case.toml"].map(|it| fs::read_to_string(project::path(folder.join(it))));
    Ok(told.into_iter().flatten().any(|it| it.contains(RELEASE)))
}

fn question(manifests: &[Value], workload: &Value, container: &Value, label: &str) -> anyhow::Result<Value> {
    let args = texts(&container["args"]);
    let config = match args.iter().position(|it| *it == "--config") {
        Some(index) => {
            Some(file_at(manifests, workload, container, args.get(index + 1).copied().unwrap_or_default())?)
        }
        None => None,
    };
    Ok(json!({ "id": label, "args": args, "config": config }))
}

/// What stands at a path of the container: a key of a ConfigMap that is mounted there.
fn file_at<'a>(
    manifests: &'a [Value],
    workload: &Value,
    container: &Value,
    path: &str,
) -> anyhow::Result<&'a str> {
    let (folder, file) = path.rsplit_once('/').context("the configuration has no path")?;
    let volume = named(&container["volumeMounts"], "mountPath", folder)
        .context("nothing is mounted there")?["name"]
        .as_str();
    let volumes = &workload["spec"]["template"]["spec"]["volumes"];
    let volume = named(volumes, "name", volume.unwrap_or_default()).context("there is no such volume")?;
    let name = &volume["configMap"]["name"];
    for manifest in manifests {
        if goldens::kind(manifest) == "ConfigMap" && manifest["metadata"]["name"] == *name {
            return manifest["data"][file]
                .as_str()
                .with_context(|| format!("ConfigMap {name} has no {file}"));
        }
    }
    bail!("there is no ConfigMap {name}")
}

fn named<'a>(list: &'a Value, key: &str, value: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|it| it[key] == value)
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
