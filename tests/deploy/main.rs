//! What `deploy/` holds: rendered onto Argo CD's repo-server as a platform team would, judged by Kubernetes' own schemas, and
//! the same whichever way it is installed.

#[path = "../support"]
mod support {
    pub(crate) mod project;
    pub(crate) mod tools;
}

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use support::{project, tools};

/// The component of `deploy/kustomize` and the values of `deploy/argo-helm` for each door.
const DOORS: [(&str, &str); 2] = [("serve", "values.yaml"), ("cmp-server", "values-cmp-server.yaml")];
const IMAGE: &str = "registry.example.com/platform/cmp-host:0.1.0";
/// Strictly, as `tests/conformance` does.
const STRICTLY: [&str; 4] = ["-k", "1.34", "--strict", "-"];

#[test]
fn components_give_what_is_expected() -> anyhow::Result<()> {
    for (door, _) in DOORS {
        let rendered = rendered(door)?;
        let path = project::path("tests/deploy").join(door).join("expected.yaml");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &rendered)?;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        ensure!(rendered == expected, "{door}; BLESS=1 writes what it gives now:\n{rendered}");
    }
    Ok(())
}

#[test]
fn kubernetes_takes_what_they_give() -> anyhow::Result<()> {
    for (door, values) in DOORS {
        judge(&rendered(door)?, 2).context(door)?;
        judge(&deployment(&read(values)?)?.to_string(), 1).context(values)?;
    }
    Ok(())
}

/// A check that lets everything pass would go unnoticed.
#[test]
fn a_misspelt_field_is_refused() -> anyhow::Result<()> {
    let misspelt = rendered("serve")?.replace("readOnlyRootFilesystem", "readonlyRootFilesystem");
    ensure!(judge(&misspelt, 2).is_err(), "a sidecar with a writable root passes");
    Ok(())
}

#[test]
fn the_plugin_is_the_repositorys() -> anyhow::Result<()> {
    let own = fs::read_to_string(project::path("plugin.yaml"))?;
    let copy = fs::read_to_string(project::path("deploy/kustomize/plugin/plugin.yaml"))?;
    ensure!(copy == own, "cp plugin.yaml deploy/kustomize/plugin/");
    let spec = &documents(&own)?[0]["spec"];
    for (door, values) in DOORS {
        let config_map = &documents(&rendered(door)?)?[0];
        ensure!(config_map["data"] == json!({ "plugin.yaml": own }), "{door}: {config_map:#}");
        ensure!(read(values)?["configs"]["cmp"]["plugins"]["sglang"] == *spec, "{values} has another plugin");
    }
    Ok(())
}

/// Whoever installs with Helm runs what the component runs; the chart's ConfigMap has other names.
#[test]
fn helm_and_kustomize_run_the_same() -> anyhow::Result<()> {
    for (door, values) in DOORS {
        let by_kustomize = documents(&rendered(door)?)?;
        let by_kustomize = &by_kustomize[1]["spec"]["template"]["spec"];
        let by_helm = read(values)?;
        let by_helm = &by_helm["repoServer"];
        let mut container = by_helm["extraContainers"][0].clone();
        ensure!(container["image"] == IMAGE, "{values} names another image");
        for mount in container["volumeMounts"].as_array_mut().context("there are no mounts")? {
            if mount["subPath"] == "sglang.yaml" {
                *mount = json!({"name": mount["name"], "mountPath": "/home/argocd/cmp-server/config", "readOnly": true});
            }
        }
        ensure!(container == by_kustomize["containers"][0], "{values} runs another container: {container:#}");
        for key in ["automountServiceAccountToken", "terminationGracePeriodSeconds"] {
            ensure!(by_helm[key] == by_kustomize[key], "{values} has another {key}");
        }
    }
    Ok(())
}

#[test]
fn the_image_is_built_and_run_as_the_manifests_think() -> anyhow::Result<()> {
    let dockerfile = fs::read_to_string(project::path("deploy/Dockerfile"))?;
    let has = |line: &str| dockerfile.lines().any(|it| it == line);
    let toolchain = fs::read_to_string(project::path("rust-toolchain.toml"))?;
    let channel = toolchain.split('"').nth(1).context("rust-toolchain.toml names no channel")?;
    ensure!(has(&format!("FROM rust:{channel}-slim-bookworm AS build")), "the image has another toolchain");
    ensure!(has("FROM gcr.io/distroless/static-debian12:nonroot"), "the image has another base");
    ensure!(has("USER 999:999"), "the image runs as another user");
    ensure!(has("COPY --from=build /out/cache /var/cache/cmp-host"), "the compiled guest is not there");
    ensure!(has("ENV CMP_HOST_CACHE=/var/cache/cmp-host"), "the compiled guest is not found");
    let version = format!("cmp-host:{} .", env!("CARGO_PKG_VERSION"));
    ensure!(dockerfile.contains(&version) && IMAGE.ends_with(env!("CARGO_PKG_VERSION")), "it is {version}");
    Ok(())
}

/// Everything that the image is built from is in what is sent to the builder.
#[test]
fn the_image_gets_all_sources() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ignore = fs::read_to_string(project::path("deploy/Dockerfile.dockerignore"))?;
    for name in ignore.lines().filter_map(|it| it.strip_prefix('!')) {
        let target = folder.path().join(name);
        fs::create_dir_all(target.parent().context("it has a parent")?)?;
        std::os::unix::fs::symlink(project::path(name), target)?;
    }
    let said = Command::new("cargo")
        .args(["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(folder.path())
        .output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    // What the program takes in while it is compiled.
    for name in [
        "wit/expander.wit",
        "examples/guests/app.toml",
        "deploy/github/delivery.yaml",
        "rust-toolchain.toml",
        "plugin.yaml",
        // Without it the program would ask for libraries, which its image has not.
        ".cargo/config.toml",
    ] {
        ensure!(folder.path().join(name).exists(), "{name} does not reach the builder");
    }
    Ok(())
}

/// With the kubectl of the machine, or kustomize itself.
fn rendered(door: &str) -> anyhow::Result<String> {
    let has_kubectl = Command::new("kubectl").args(["version", "--client"]).output();
    let mut command = if has_kubectl.is_ok_and(|it| it.status.success()) {
        let mut command = Command::new("kubectl");
        command.arg("kustomize");
        command
    } else {
        tools::install("kustomize")?;
        let mut command = Command::new(tools::path("bin/kustomize"));
        command.arg("build");
        command
    };
    let said = command.arg(project::path("tests/deploy").join(door)).output()?;
    ensure!(said.status.success() && said.stderr.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?)
}

/// A Deployment with what the chart would add to its own.
fn deployment(values: &Value) -> anyhow::Result<Value> {
    let base = fs::read_to_string(project::path("tests/deploy/base/deployment.yaml"))?;
    let mut deployment = documents(&base)?.remove(0);
    let pod = &mut deployment["spec"]["template"]["spec"];
    for (key, place) in [("extraContainers", "containers"), ("volumes", "volumes")] {
        let added = values["repoServer"][key].as_array().with_context(|| format!("there is no {key}"))?;
        pod[place].as_array_mut().context("the base lacks it")?.extend(added.iter().cloned());
    }
    for key in ["automountServiceAccountToken", "terminationGracePeriodSeconds"] {
        pod[key] = values["repoServer"][key].clone();
    }
    Ok(deployment)
}

fn judge(manifests: &str, count: usize) -> anyhow::Result<()> {
    tools::install("python")?;
    let said = tools::ask("python/bin/kubernetes-validate", STRICTLY, manifests)?;
    let n_passed = said.stdout.lines().filter(|it| it.starts_with("INFO ")).count();
    ensure!(said.code == Some(0) && n_passed == count && said.stdout.lines().count() == count, "{said:?}");
    Ok(())
}

fn read(values: &str) -> anyhow::Result<Value> {
    let text = fs::read_to_string(project::path("deploy/argo-helm").join(values))?;
    Ok(documents(&text)?.remove(0))
}

/// With a reader that is not ours.
fn documents(text: &str) -> anyhow::Result<Vec<Value>> {
    tools::install("python")?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.yaml");
    fs::write(&path, text)?;
    let said =
        tools::ask("python/bin/python", ["tests/conformance/yaml_to_json.py", &path.to_string_lossy()], "")?;
    let documents: Vec<Value> = serde_json::from_str(said.lines()?.first().context("nothing was read")?)?;
    ensure!(!documents.is_empty(), "nothing was read");
    Ok(documents)
}
