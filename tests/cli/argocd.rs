//! `argocd`: where Applications are told to find the repository, and where each setting stands.

use std::fs;

use anyhow::ensure;
use serde_json::Value;

use crate::support::binary::{self, Ran};
use crate::support::git::git;
use crate::support::project;
use crate::support::repository::Repository;
use crate::support::wat_guest::WatGuest;

const SPEC: &str = "schema = 1\nname = \"chat\"\n";

/// A spec in a folder of a git repository, which may have been cloned from somewhere.
fn cloned(origin: Option<&str>) -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    repository.write("services/chat/sglang.toml", SPEC)?;
    git(&repository.path(""), &["init", "--quiet"])?;
    if let Some(origin) = origin {
        git(&repository.path(""), &["remote", "add", "origin", origin])?;
    }
    Ok(repository)
}

fn apps(repository: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(["argocd", "apps"]).arg(repository.path("services/chat")).args(["--format", "json"]);
    binary::run(command.args(args))
}

/// What the Application says of its source.
fn source(ran: &Ran) -> anyhow::Result<Value> {
    ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{ran:?}");
    let objects = ran.stdout.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let [project, application] = &objects[..] else { anyhow::bail!("{} objects", objects.len()) };
    let source = application["spec"]["source"].clone();
    ensure!(project["spec"]["sourceRepos"] == Value::from(vec![source["repoURL"].clone()]), "{project}");
    Ok(source)
}

/// Whoever applies them may write more than a team's service may: any Role, say.
#[test]
fn a_guest_delivers_with_argo_cds_own_objects_alone() -> anyhow::Result<()> {
    let repository = cloned(Some("git@git.example.com:team/models.git"))?;
    repository.write("team.wasm", WatGuest::of("a").bytes()?)?;
    repository.write("cmp-host.toml", "[guest.team]\npath = \"team.wasm\"\n")?;
    repository.write("services/chat/sglang.toml", "guest = \"team\"\n")?;
    let config = repository.path("cmp-host.toml").display().to_string();
    let ran = apps(&repository, &["--config", &config])?;
    ensure!(ran.code == Some(3) && ran.stdout.is_empty(), "{ran:?}");
    let expected =
        "GUEST_BAD_OUTPUT the guest's answer is not valid: manifest 1: ConfigMap a delivers nothing; ";
    ensure!(ran.stderr.starts_with(expected), "{}", ran.stderr);
    Ok(())
}

#[test]
fn the_repository_is_where_the_clone_came_from() -> anyhow::Result<()> {
    for (origin, expected) in [
        ("git@git.example.com:team/models.git", "git@git.example.com:team/models.git"),
        ("https://ci:s3cret@git.example.com/models.git", "https://git.example.com/models.git"),
    ] {
        let source = source(&apps(&cloned(Some(origin))?, &[])?)?;
        let plugin = serde_json::json!({"name": "sglang-v1"});
        ensure!(
            source
                == serde_json::json!({
                    "repoURL": expected, "targetRevision": "HEAD", "path": "services/chat", "plugin": plugin,
                }),
            "{source}"
        );
    }
    Ok(())
}

#[test]
fn what_is_said_wins() -> anyhow::Result<()> {
    let repository = cloned(Some("/srv/models"))?;
    let args = ["--repo", "https://git.example.com/m.git", "--revision", "v1", "--plugin", "sglang-v2"];
    let source = source(&apps(&repository, &args)?)?;
    let said = ["repoURL", "targetRevision"].map(|it| source[it].as_str());
    ensure!(said == [Some("https://git.example.com/m.git"), Some("v1")], "{source}");
    ensure!(source["plugin"]["name"] == "sglang-v2", "{source}");
    Ok(())
}

#[test]
fn where_nobody_says_it_there_is_nothing_to_print() -> anyhow::Result<()> {
    let below = cloned(Some("https://git.example.com/m.git"))?;
    let root = below.path("services");
    let bare = Repository::empty()?;
    bare.write("services/chat/sglang.toml", SPEC)?;
    let root = root.to_string_lossy();
    for (repository, args, said) in [
        (&cloned(None)?, &[][..], "has no remote called `origin`"),
        (&cloned(Some("/srv/models"))?, &[], "the remote `origin` is at no address that Argo CD can clone"),
        (&bare, &[], "is in no git repository"),
        (&below, &["--root", &root], "is a folder of a git repository"),
        (&below, &["--repo", "https://s3cret@git.example.com/*"], "`--repo` is no address"),
    ] {
        let ran = apps(repository, args)?;
        ensure!(ran.code == Some(2) && ran.stdout.is_empty(), "{ran:?}");
        ensure!(ran.stderr.contains(said) && !ran.stderr.contains("s3cret"), "{ran:?}");
    }
    Ok(())
}

/// Whoever moves one environment at a time applies nothing of the others; the project belongs to all.
#[test]
fn one_environment_may_be_asked_for() -> anyhow::Result<()> {
    let repository = cloned(Some("https://git.example.com/models.git"))?;
    repository.write("services/chat/sglang.toml", format!("{SPEC}[env.dev]\n[env.prod]\n"))?;
    let ran = apps(&repository, &["--env", "prod"])?;
    let objects = ran.stdout.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let names: Vec<&Value> = objects.iter().map(|it| &it["metadata"]["name"]).collect();
    ensure!(names == ["chat", "chat-prod"], "{ran:?}");
    let destinations = objects[0]["spec"]["destinations"].as_array().map(Vec::len);
    ensure!(destinations == Some(2), "{ran:?}");
    Ok(())
}

#[test]
fn a_name_without_letters_is_none() -> anyhow::Result<()> {
    let repository = cloned(Some("https://git.example.com/models.git"))?;
    for (flag, value) in [("--revision", ""), ("--revision", "a b"), ("--plugin", "x\ny")] {
        let ran = apps(&repository, &[flag, value])?;
        ensure!(ran.code == Some(2) && ran.stderr.contains("write a name without blanks"), "{ran:?}");
    }
    Ok(())
}

/// A key in the other map is read by nobody, and nobody says so.
#[test]
fn every_setting_stands_in_the_map_that_is_read() -> anyhow::Result<()> {
    let ran = binary::run(binary::command().args(["argocd", "config"]))?;
    let expected = fs::read_to_string(project::path("host/src/commands/argocd/settings.yaml"))?;
    ensure!(ran.code == Some(0) && ran.stderr.is_empty() && ran.stdout == expected, "{ran:?}");
    let maps: Vec<(&str, Vec<&str>)> = ran.stdout.split("\n---\n").map(keys).collect();
    let general = vec![
        "application.resourceTrackingMethod",
        "resource.customizations.health.monitoring.coreos.com_PrometheusRule",
        "resource.customizations.health.monitoring.coreos.com_ServiceMonitor",
    ];
    let parameters = vec![
        "controller.repo.server.timeout.seconds",
        "reposerver.plugin.tar.exclusions",
        "reposerver.plugin.use.manifest.generate.paths",
        "server.repo.server.timeout.seconds",
    ];
    ensure!(maps == [("argocd-cm", general), ("argocd-cmd-params-cm", parameters)], "{maps:?}");
    Ok(())
}

/// The name of a ConfigMap, and the keys of its data, sorted.
fn keys(document: &str) -> (&str, Vec<&str>) {
    let name = document.lines().find_map(|it| it.strip_prefix("  name: ")).unwrap_or_default();
    let data = document.split("\ndata:\n").nth(1).unwrap_or_default();
    let entries = data.lines().filter_map(|it| it.strip_prefix("  "));
    let mut keys: Vec<&str> =
        entries.filter(|it| !it.starts_with([' ', '#'])).filter_map(|it| it.split(':').next()).collect();
    keys.sort_unstable();
    (name, keys)
}
