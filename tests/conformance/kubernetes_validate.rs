//! The schemas of Kubernetes 1.34, strictly, by `kubernetes-validate`.
//!
//! It prints a line for each document, in their order: `INFO` for one that passes, `ERROR` for one that does not, and
//! `WARN` for a kind without a schema. Without a file it would print its usage and exit 0.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, ensure};

use super::goldens;
use crate::support::{binary, cases, project, tools};

const VALIDATE: &str = "python/bin/kubernetes-validate";
const STRICTLY: [&str; 3] = ["-k", "1.34", "--strict"];

#[test]
fn every_golden_manifest_passes() -> anyhow::Result<()> {
    let goldens = goldens::all();
    let paths: Vec<String> = goldens.iter().map(|it| it.path.display().to_string()).collect();
    let said = tools::ask(VALIDATE, STRICTLY.into_iter().chain(paths.iter().map(String::as_str)), "")?;
    let manifests: usize = goldens.iter().map(|it| it.manifests.len()).sum();
    ensure!(said.stdout.lines().count() == manifests, "{manifests} manifests, and other verdicts:\n{said:?}");
    judge(&said)
}

/// The whole pipe, as a person would type it.
#[test]
fn every_example_passes_on_its_way_out() -> anyhow::Result<()> {
    tools::install("python")?;
    let mut n_runs = 0;
    for case in cases::all()?.into_iter().filter(cases::Case::is_example) {
        for choice in environments(&case)? {
            let manifests = cmp_host(&case, &[vec!["generate".into()], choice.clone()].concat())?;
            let said = tools::ask(VALIDATE, STRICTLY.into_iter().chain(["-"]), &manifests)?;
            judge(&said).with_context(|| format!("{} {choice:?}", case.name))?;
            n_runs += 1;
        }
    }
    ensure!(n_runs > 0, "no example was run");
    Ok(())
}

/// A check that lets everything pass would go unnoticed.
#[test]
fn a_misspelt_field_is_refused() -> anyhow::Result<()> {
    tools::install("python")?;
    let service = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"selectr": {"a": "b"}}}"#;
    let said = tools::ask(VALIDATE, STRICTLY.into_iter().chain(["-"]), service)?;
    ensure!(said.code == Some(1) && said.stdout.contains("'selectr' was unexpected"), "{said:?}");
    Ok(())
}

fn judge(said: &tools::Said) -> anyhow::Result<()> {
    let custom = fs::read_to_string(project::path("tests/crd-kinds.txt"))?;
    let custom: BTreeSet<&str> = custom.lines().collect();
    let wrong: Vec<&str> = said.stdout.lines().filter(|line| !is_fine(line, &custom)).collect();
    ensure!(wrong.is_empty() && said.stderr.is_empty(), "{}\n{}", wrong.join("\n"), said.stderr);
    ensure!(said.code == Some(0), "exit {:?}", said.code);
    Ok(())
}

fn is_fine(line: &str, custom: &BTreeSet<&str>) -> bool {
    let without_schema =
        || line.split_once("Couldn't find schema for kind ").and_then(|(_, rest)| rest.split(' ').next());
    line.starts_with("INFO ")
        || without_schema().is_some_and(|kind| line.starts_with("WARN ") && custom.contains(kind))
}

/// Every environment of the spec; none to choose from is one run, too.
fn environments(case: &cases::Case) -> anyhow::Result<Vec<Vec<String>>> {
    let names = cmp_host(case, &["environments".into()])?;
    let choices: Vec<_> = names.lines().map(|it| vec!["--env".into(), it.into()]).collect();
    Ok(if choices.is_empty() { vec![Vec::new()] } else { choices })
}

fn cmp_host(case: &cases::Case, args: &[String]) -> anyhow::Result<String> {
    let mut command = binary::command();
    let ran = binary::run(command.args(args).arg("--root").arg(&case.root).arg(case.root.join(&case.dir)))?;
    ensure!(ran.code == Some(0), "{args:?}: {}", ran.stderr);
    Ok(ran.stdout)
}
