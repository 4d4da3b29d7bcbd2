//! The four axes, each in its plainest form.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, ensure};

use super::{diff, expect, expect_of, sample};
use crate::support::binary::{self, Ran};
use crate::support::history::Git;
use crate::support::wat_guest::WatGuest;

const SPEC: &str = "services/llama/sglang.toml";

#[test]
fn the_working_tree_against_a_revision() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit(SPEC, "replicas = 2", "replicas = 3")?;
    expect_of("revision", &git.path(""), &["main"])?;
    // HEAD is the default, and any folder above the spec will do.
    let said = binary::run(&mut diff(&git.path(""), &["HEAD", "services"]))?;
    let same = binary::run(&mut diff(&git.path("services/llama"), &[]))?;
    ensure!(said.stdout == same.stdout && said.code == Some(5) && same.code == Some(5), "{said:?} {same:?}");
    let dev = binary::run(&mut diff(&git.path(""), &["HEAD", "services", "--env", "dev"]))?;
    ensure!(dev.code == Some(0) && dev.stdout.is_empty(), "{dev:?}");
    Ok(())
}

#[test]
fn what_changes_no_manifest_is_no_difference() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit(SPEC, "replicas = 2", "replicas = 2 # two\n")?;
    expect_of("nothing", &git.path(""), &["main"])
}

#[test]
fn one_environment_against_another() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit(SPEC, "schema = 1\n", "schema = 1\nnamespace = \"llama-{env}\"\n")?;
    expect_of("environment", &git.path("services/llama"), &["--env", "prod", "--against-env", "dev"])
}

/// Small guests, so that what they make can be read at a glance.
fn guests() -> anyhow::Result<Git> {
    let git = Git::new()?;
    let map = |text: &str| WatGuest {
        manifests: vec![format!(
            r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"a"}},"data":{{"text":"{text}"}}}}"#
        )],
        ..WatGuest::default()
    };
    git.write("one.wasm", map("one\\nsame\\n").bytes()?)?;
    git.write("two.wasm", map("two\\nsame\\n").bytes()?)?;
    git.write("operator.toml", "[guest.one]\npath = \"one.wasm\"\n[guest.two]\npath = \"two.wasm\"\n")?;
    git.write("a/sglang.toml", "guest = \"one\"\n")?;
    Ok(git)
}

#[test]
fn one_guest_against_another() -> anyhow::Result<()> {
    let git = guests()?;
    let args = ["--config", "operator.toml", "a", "--against-guest"];
    expect_of("guest", &git.path(""), &[&args[..], &["two"]].concat())?;
    let by_path = binary::run(&mut diff(&git.path(""), &[&args[..], &["two.wasm"]].concat()))?;
    ensure!(by_path.code == Some(5) && by_path.stdout.starts_with("the guest two.wasm → "), "{by_path:?}");
    let itself = binary::run(&mut diff(&git.path(""), &[&args[..], &["one"]].concat()))?;
    ensure!(itself.code == Some(0), "{itself:?}");
    expect_of("guest-unknown", &git.path(""), &[&args[..], &["tow"]].concat())
}

fn with_stdin(git: &Git, args: &[&str], stdin: &str) -> anyhow::Result<Ran> {
    let mut command = diff(&git.path(""), args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("a pipe was asked for")?.write_all(stdin.as_bytes())?;
    let output = child.wait_with_output()?;
    Ok(Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}

#[test]
fn a_spec_against_what_was_rendered() -> anyhow::Result<()> {
    let git = sample()?;
    let generated = |format: &str| {
        let mut command = binary::command();
        command.args(["generate", "services/llama", "--env", "prod", "--format", format]);
        binary::run(command.current_dir(git.path("")))
    };
    let args = ["services/llama", "--env", "prod", "--against-file", "-"];
    for format in ["yaml", "json"] {
        let same = with_stdin(&git, &args, &generated(format)?.stdout)?;
        ensure!(same.code == Some(0) && same.stdout.is_empty(), "{format}: {same:?}");
    }
    let changed = generated("yaml")?.stdout.replace("replicas: 2", "replicas: 1");
    let extra = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  key: geheim\n";
    git.write("rendered.yaml", changed + extra)?;
    expect_of("file", &git.path(""), &["services/llama", "--env", "prod", "--against-file", "rendered.yaml"])
}

/// The API server's defaults and Argo CD's marks are nobody's change; a field that was applied and is gone is one.
#[test]
fn a_spec_against_what_a_cluster_has() -> anyhow::Result<()> {
    let git = guests()?;
    let live = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: a
    namespace: somewhere
    uid: 0b0e
    resourceVersion: "7"
    creationTimestamp: "2026-01-01T00:00:00Z"
    managedFields: [{manager: argocd-controller}]
    labels: {app.kubernetes.io/instance: a}
    annotations:
      argocd.argoproj.io/tracking-id: a:/ConfigMap:somewhere/a
      kubectl.kubernetes.io/last-applied-configuration: '{"data":{"gone":"x"}}'
  immutable: false
  data: {text: "one\nsame\n", gone: "x", theirs: "y"}
"#;
    let args = ["--config", "operator.toml", "a", "--against-file", "-"];
    expect("live", &with_stdin(&git, &args, live)?)
}

#[test]
fn a_file_that_holds_no_manifests_is_refused() -> anyhow::Result<()> {
    let git = guests()?;
    let args = ["--config", "operator.toml", "a", "--against-file", "-"];
    expect("file-no-yaml", &with_stdin(&git, &args, "a: 1\nb: [\n")?)?;
    expect("file-no-object", &with_stdin(&git, &args, "a: 1\n")?)?;
    expect("file-empty", &with_stdin(&git, &args, "# what a pipe that broke leaves\n")?)?;
    expect_of("file-missing", &git.path(""), &["--config", "operator.toml", "a", "--against-file", "no.yaml"])
}
