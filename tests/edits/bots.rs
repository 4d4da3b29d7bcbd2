//! The recipes of `docs/promote.md`, as they stand there, on what `init` writes: a bot's file is the one that `image set` writes.

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::repository::Repository;
use crate::support::{binary, project};

const SPEC: &str = "services/chat/sglang.toml";

/// What `init` writes, where the recipes look for it.
fn first_spec() -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    let model = ["--name", "chat", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "h200"];
    let mut command = binary::command();
    let ran =
        binary::run(command.args(["init", "services/chat"]).args(model).current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0), "{ran:?}");
    Ok(repository)
}

/// The first block of a language below a heading.
fn recipe(heading: &str, language: &str) -> anyhow::Result<String> {
    let page = fs::read_to_string(project::path("docs/promote.md"))?;
    let (_, section) = page.split_once(&format!("{heading}\n")).with_context(|| format!("no {heading}"))?;
    let (_, block) = section.split_once(&format!("```{language}\n")).context("no block")?;
    Ok(block.split("```").next().unwrap_or_default().to_owned())
}

fn set(repository: &Repository, environment: &str) -> anyhow::Result<String> {
    let mut command = binary::command();
    let command = command.args(["image", "set", "services/chat", "--tag", "v0.5.22", "--env", environment]);
    let ran = binary::run(command.args(["--root", "."]).current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0), "{ran:?}");
    Ok(fs::read_to_string(repository.path(SPEC))?)
}

/// Each environment has a line of its own, which is the only one that changes.
#[test]
fn a_first_spec_has_a_line_for_each_image() -> anyhow::Result<()> {
    for environment in ["dev", "staging", "prod"] {
        let repository = first_spec()?;
        let before = fs::read_to_string(repository.path(SPEC))?;
        let line = format!("[env.{environment}]\nimage.tag = \"v0.5.23\"");
        ensure!(before.matches(&line).count() == 1, "{before}");
        let after = set(&repository, environment)?;
        ensure!(after == before.replace(&line, &line.replace("v0.5.23", "v0.5.22")), "{after}");
    }
    Ok(())
}

#[test]
fn sed_writes_what_image_set_writes() -> anyhow::Result<()> {
    let (by_sed, by_us) = (first_spec()?, first_spec()?);
    let mut command = Command::new("bash");
    let ran = binary::run(command.args(["-c", &recipe("### sed", "sh")?]).current_dir(by_sed.path("")))?;
    ensure!(ran.code == Some(0), "{ran:?}");
    ensure!(fs::read_to_string(by_sed.path(SPEC))? == set(&by_us, "dev")?);
    Ok(())
}

/// Renovate replaces what the group `currentValue` matched. Perl has such groups as well.
#[test]
fn renovate_writes_what_image_set_writes() -> anyhow::Result<()> {
    let manager = &serde_json::from_str::<Value>(&recipe("### Renovate", "json")?)?["customManagers"][0];
    let pattern = manager["matchStrings"][0].as_str().context("no pattern")?.to_owned();
    let (by_perl, by_us) = (first_spec()?, first_spec()?);
    let script = "undef $/; $_ = <>; $n = 0; while (/$ENV{PATTERN}/g) { $n++; $at = $-[1]; $length = $+[1] - $at } \
                  die \"$n matches\" if $n != 1; substr($_, $at, $length) = 'v0.5.22'; print";
    let mut command = Command::new("perl");
    let ran = binary::run(command.args(["-e", script]).arg(by_perl.path(SPEC)).env("PATTERN", pattern))?;
    ensure!(ran.code == Some(0) && ran.stdout == set(&by_us, "dev")?, "{ran:?}");
    Ok(())
}

/// The key of the recipe is a single value in a first spec: `toml-update` makes no new ones.
#[test]
fn kargo_finds_its_key() -> anyhow::Result<()> {
    let recipe = recipe("### Kargo", "yaml")?;
    let key = recipe.lines().find_map(|it| it.trim().strip_prefix("- key: ")).context("no key")?;
    let spec = fs::read_to_string(first_spec()?.path(SPEC))?;
    let value = key.split('.').fold(crate::support::toml::to_json(&spec)?, |it, part| it[part].clone());
    ensure!(value == "v0.5.23", "{key} is {value}");
    Ok(())
}

/// Argo CD lays the file over the Application, and the variable wins over the spec.
#[test]
fn what_image_updater_writes_is_in_force() -> anyhow::Result<()> {
    let repository = first_spec()?;
    let source = recipe("## Argo CD Image Updater", "yaml")?;
    repository.write("services/chat/.argocd-source-chat-dev.yaml", source)?;
    repository.write("application.yaml", APPLICATION)?;
    let updated = generate(&repository)?;
    fs::remove_file(repository.path("services/chat/.argocd-source-chat-dev.yaml"))?;
    let before = generate(&repository)?;
    set(&repository, "dev")?;
    ensure!(updated != before && updated == generate(&repository)?, "{updated}");
    Ok(())
}

/// As Argo CD would get it.
fn generate(repository: &Repository) -> anyhow::Result<String> {
    let mut command = binary::command();
    let command = command.args(["generate", "--root", ".", "--application", "application.yaml"]);
    let ran = binary::run(command.current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0), "{ran:?}");
    Ok(ran.stdout)
}

const APPLICATION: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: chat-dev, namespace: argocd }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc }
  source:
    repoURL: https://git.example.com/models.git
    path: services/chat
    plugin: { name: sglang-v1, parameters: [{ name: environment, string: dev }] }
";
