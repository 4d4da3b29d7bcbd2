//! plugin.yaml, and its command as argocd-cmp-server runs it: in the application's folder, in an environment that Argo CD
//! fills, with nothing on stdin.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::binary::{self, Ran};
use crate::support::examples;
use crate::support::repository::Repository;
use crate::support::tools;

/// An Application's folder, which extends a file outside of it.
const FOLDER: &str = "services/llm/chat";

#[test]
fn the_command_gives_what_a_person_sees() -> anyhow::Result<()> {
    let checkout = checkout()?;
    for variables in [
        &[("ARGOCD_ENV_ENVIRONMENT", "prod"), ("ARGOCD_APP_PARAMETERS", "null")][..],
        &[(
            "ARGOCD_APP_PARAMETERS",
            r#"[{"name":"environment","string":"prod"},{"name":"image-tag","string":""},{"map":{},"name":"set"}]"#,
        )],
    ] {
        let ran = as_argo_would(&checkout, variables)?;
        ensure!(ran.code == Some(0), "{ran:?}");
        ensure!(
            as_argo_reads(&ran.stdout)? == documents(&preview()?.stdout)?,
            "Argo CD would see something else"
        );
    }
    Ok(())
}

/// Everything that Argo CD sets, as long as it may be: Linux takes no variable above 128 KiB.
#[test]
fn a_cluster_with_many_apis_is_no_obstacle() -> anyhow::Result<()> {
    let apis = "custom.example.com/v1/SomeKind,".repeat((120 << 10) / 31);
    let variables = [
        ("KUBE_API_VERSIONS", apis.as_str()),
        ("ARGOCD_ENV_ENVIRONMENT", "prod"),
        ("ARGOCD_APP_PARAMETERS", ""),
    ];
    let ran = as_argo_would(&checkout()?, &variables)?;
    ensure!(ran.code == Some(0) && ran.stdout == preview()?.stdout, "{:?}: {}", ran.code, ran.stderr);
    Ok(())
}

/// stdout would be applied, so it stays empty.
#[test]
fn a_failure_prints_nothing_that_could_be_applied() -> anyhow::Result<()> {
    let ran = as_argo_would(&checkout()?, &[("ARGOCD_APP_PARAMETERS", "null")])?;
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.starts_with("SG"), "{ran:?}");
    Ok(())
}

/// Somebody else than Argo CD has set the variable.
#[test]
fn parameters_that_argo_would_not_send_are_refused() -> anyhow::Result<()> {
    let ran = as_argo_would(&checkout()?, &[("ARGOCD_APP_PARAMETERS", "environment=prod")])?;
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.starts_with("SG007 "), "{ran:?}");
    Ok(())
}

/// A map is JSON in a variable, and limits are the host's own.
#[test]
fn a_variable_lowers_limits() -> anyhow::Result<()> {
    let lowered = |limits| {
        let variables = [
            ("ARGOCD_ENV_ENVIRONMENT", "prod"),
            ("ARGOCD_APP_PARAMETERS", "null"),
            ("ARGOCD_ENV_LIMITS", limits),
        ];
        as_argo_would(&checkout()?, &variables)
    };
    for (limits, code, start) in [(r#"{"fuel": "1"}"#, 3, "GUEST_FUEL "), ("fuel=1", 1, "SG023 ")] {
        let ran = lowered(limits)?;
        ensure!(
            ran.code == Some(code) && ran.stdout.is_empty() && ran.stderr.starts_with(start),
            "{limits}: {ran:?}"
        );
    }
    Ok(())
}

/// argocd-cmp-server reads the announcement from plugin.yaml; `cmp-host serve` will ask the guest.
#[test]
fn the_announcement_is_the_guests() -> anyhow::Result<()> {
    let plugin = plugin()?;
    let announced =
        plugin.pointer("/spec/parameters/static").context("plugin.yaml announces no parameters")?;
    let ran = binary::run(binary::command().arg("parameters"))?;
    let fresh: Value = serde_json::from_str(&ran.stdout)?;
    ensure!(
        what_is_said(announced) == what_is_said(&fresh),
        "plugin.yaml is stale; `cmp-host parameters` prints\n{fresh:#}"
    );
    Ok(())
}

#[test]
fn the_plugin_asks_for_nothing_more() -> anyhow::Result<()> {
    let plugin = plugin()?;
    ensure!(plugin["spec"]["provideGitCreds"] == false, "no credentials are needed");
    ensure!(
        plugin["spec"].get("discover").is_none(),
        "discovery costs an archive of the repository for each Application"
    );
    ensure!(plugin["spec"]["version"].is_string(), "a number is an error of argocd-cmp-server");
    Ok(())
}

fn plugin() -> anyhow::Result<Value> {
    tools::install("python")?;
    let said = tools::ask("python/bin/python", ["tests/conformance/yaml_to_json.py", "plugin.yaml"], "")?;
    let documents: Vec<Value> = serde_json::from_str(said.lines()?.first().context("plugin.yaml is empty")?)?;
    documents.into_iter().next().context("plugin.yaml is empty")
}

/// Parameters without what has its default.
fn what_is_said(announcements: &Value) -> Vec<Vec<(String, Value)>> {
    let is_default = |key: &str, it: &Value| {
        let is_empty =
            it.as_array().is_some_and(Vec::is_empty) || it.as_object().is_some_and(|it| it.is_empty());
        is_empty || *it == false || *it == "" || (key, it.as_str()) == ("itemType", Some("string"))
    };
    let said = |entry: &Value| {
        let entries = entry.as_object().into_iter().flatten().filter(|(key, it)| !is_default(key, it));
        let mut entries: Vec<_> = entries.map(|(key, it)| (key.clone(), it.clone())).collect();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries
    };
    announcements.as_array().into_iter().flatten().map(said).collect()
}

/// As argocd-cmp-server unpacks a repository, without `.git`.
fn checkout() -> anyhow::Result<Repository> {
    let checkout = Repository::empty()?;
    examples::copy("two-services", &checkout.path("_cmp_server/0b3e/services/llm"))?;
    Ok(checkout)
}

fn as_argo_would(checkout: &Repository, variables: &[(&str, &str)]) -> anyhow::Result<Ran> {
    let plugin = plugin()?;
    let command =
        plugin.pointer("/spec/generate/command").and_then(Value::as_array).context("there is no command")?;
    let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
    let (program, args) = words.split_first().context("the command is empty")?;
    ensure!(*program == "cmp-host", "{program} is not in the image");
    let folder: PathBuf = checkout.path("_cmp_server/0b3e").join(FOLDER);
    let mut command = binary::command();
    command.args(args).current_dir(folder).envs(FROM_ARGO).envs(variables.iter().copied());
    binary::run(&mut command)
}

/// The sidecar's own variables, and those of the request; empty values are passed on since Argo CD 3.0.
const FROM_ARGO: [(&str, &str); 17] = [
    ("ARGOCD_APP_NAME", "team-llm_chat"),
    ("ARGOCD_APP_NAMESPACE", "team-chat-prod"),
    ("ARGOCD_APP_PROJECT_NAME", "default"),
    ("ARGOCD_APP_REVISION", "0123456789012345678901234567890123456789"),
    ("ARGOCD_APP_REVISION_SHORT", "0123456"),
    ("ARGOCD_APP_REVISION_SHORT_8", "01234567"),
    ("ARGOCD_APP_SOURCE_PATH", FOLDER),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/team/models.git"),
    ("ARGOCD_APP_SOURCE_TARGET_REVISION", "HEAD"),
    ("ARGOCD_CMP_WORKDIR", "/tmp"),
    ("ARGOCD_ENV_IMAGE_TAG", ""),
    ("ARGOCD_LOG_FORMAT", "json"),
    ("ARGOCD_LOG_LEVEL", "debug"),
    ("KUBE_API_VERSIONS", ""),
    ("KUBE_VERSION", "1.34.1"),
    ("PARAM_ENVIRONMENT", "ignored"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
];

/// On a laptop, from the repository's root.
fn preview() -> anyhow::Result<Ran> {
    let checkout = checkout()?;
    let mut command = binary::command();
    let path = Path::new("_cmp_server/0b3e").join(FOLDER);
    command.arg("generate").arg(path).args([
        "--root",
        "_cmp_server/0b3e",
        "--env",
        "prod",
        "--format",
        "json",
    ]);
    binary::run(command.current_dir(checkout.path("")))
}

fn documents(stream: &str) -> anyhow::Result<Vec<Value>> {
    Ok(stream.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// With the decoder that Argo CD uses.
fn as_argo_reads(stream: &str) -> anyhow::Result<Vec<Value>> {
    tools::install("go")?;
    let said = tools::ask("bin/conformance", ["yaml"], stream)?;
    said.lines()?.into_iter().map(|it| Ok(serde_json::from_str(it)?)).collect()
}
