//! YAML as people see it must reach a reader of YAML 1.1, as Argo CD's is, exactly as meant. Two readers that are not
//! ours say what they see: PyYAML, and `sigs.k8s.io/yaml` behind Argo CD's own splitter.

use std::fmt::Write;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::repository::Repository;
use crate::support::{binary, tools};

/// Strings that some reader of YAML takes for something else: a boolean, a number, a date, a merge, an end.
const TRAPS: [&str; 53] = [
    "on",
    "off",
    "On",
    "yes",
    "no",
    "NO",
    "y",
    "n",
    "Y",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "",
    " ",
    "012",
    "0o7",
    "0x1F",
    "0b11",
    "1_000",
    "1e3",
    "1.5",
    ".5",
    "5.",
    "+1",
    "-0",
    ".inf",
    "-.Inf",
    ".nan",
    "12:30:45",
    "1:20",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "<<",
    "=",
    "-",
    "- a",
    "?",
    "? a",
    ":",
    "a: b",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "{a}",
    "[a]",
    "\"a",
];

/// Strings whose characters are the trap.
const CHARACTERS: [&str; 16] = [
    "'a",
    "|",
    ">",
    "---",
    "...",
    "a\nb\n",
    "\n",
    " a\n  b",
    "a\n\n",
    "a\tb",
    "tab\t\nend",
    "\u{7}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}abc",
    "\u{feff}a",
];

#[test]
fn two_other_readers_see_what_json_says() -> anyhow::Result<()> {
    let repository = Repository::of(spec())?;
    let json = generate(&repository, "json")?;
    let yaml = generate(&repository, "yaml")?;
    let meant: Vec<Value> = json.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(carries_every_trap(&meant), "the spec does not carry every trap into the manifests:\n{json}");
    let python = by_python(&repository, &yaml)?;
    differ("PyYAML", &meant, &python)?;
    differ("sigs.k8s.io/yaml", &meant, &by_go(&yaml)?)?;
    // JSON goes through the same reader under Argo CD.
    differ("sigs.k8s.io/yaml on JSON", &meant, &by_go(&json)?)
}

fn traps() -> impl Iterator<Item = &'static str> {
    TRAPS.into_iter().chain(CHARACTERS)
}

/// A patch is the one place where a team may write any key.
fn spec() -> String {
    let mut spec = SPEC.to_owned();
    for trap in traps() {
        writeln!(spec, "{} = {}", quoted(trap), quoted(trap)).expect("a string takes every text");
    }
    spec
}

const SPEC: &str = r#"schema = 1
name = "traps"

[model]
id = "meta-llama/Llama-3.1-8B-Instruct"
quantization = "fp8"
context = 8192

[image]
tag = "v0.5.23"

[gpu]
product = "l40s"

[patch.ConfigMap.data]
"#;

/// JSON's escapes are TOML's, but for characters that TOML must have escaped.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn carries_every_trap(manifests: &[Value]) -> bool {
    let config_map = manifests.iter().find(|it| it["kind"] == "ConfigMap");
    config_map.is_some_and(|it| traps().all(|trap| it["data"][trap] == trap))
}

fn generate(repository: &Repository, format: &str) -> anyhow::Result<String> {
    let mut command = binary::command();
    let ran =
        binary::run(command.args(["generate", ".", "--format", format]).current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0), "{}", ran.stderr);
    Ok(ran.stdout)
}

fn by_python(repository: &Repository, yaml: &str) -> anyhow::Result<Vec<Value>> {
    tools::install("python")?;
    repository.write("traps.yaml", yaml)?;
    let path = repository.path("traps.yaml");
    let args = ["tests/conformance/yaml_to_json.py".as_ref(), path.as_os_str()];
    let said = tools::ask("python/bin/python", args, "")?;
    Ok(serde_json::from_str(said.lines()?.first().context("no answer")?)?)
}

fn by_go(text: &str) -> anyhow::Result<Vec<Value>> {
    tools::install("go")?;
    let said = tools::ask("bin/conformance", ["yaml"], text)?;
    said.lines()?.into_iter().map(|it| Ok(serde_json::from_str(it)?)).collect()
}

fn differ(reader: &str, meant: &[Value], seen: &[Value]) -> anyhow::Result<()> {
    ensure!(meant.len() == seen.len(), "{reader} sees {} documents of {}", seen.len(), meant.len());
    for (meant, seen) in meant.iter().zip(seen) {
        let data = meant["data"].as_object().into_iter().flatten();
        let wrong: Vec<_> = data.filter(|(key, it)| seen["data"][key.as_str()] != **it).collect();
        ensure!(
            meant == seen,
            "{reader} sees {} {} otherwise: {wrong:?}",
            meant["kind"],
            meant["metadata"]["name"]
        );
    }
    Ok(())
}
