//! The golden manifests, read once, by a YAML reader that is not ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::{cases, tools};

/// One golden file: what a case gives for one environment.
pub(super) struct Golden {
    pub(super) path: PathBuf,
    pub(super) manifests: Vec<Value>,
}

/// Every golden file of manifests.
pub(super) fn all() -> &'static [Golden] {
    static GOLDENS: LazyLock<Vec<Golden>> = LazyLock::new(|| read().expect("the golden files can be read"));
    &GOLDENS
}

/// Every manifest of one of these kinds, with a name for people.
pub(super) fn of_kinds(kinds: &[&str]) -> Vec<(String, &'static Value)> {
    let manifests =
        all().iter().flat_map(|golden| golden.manifests.iter().map(|it| (label(&golden.path, it), it)));
    manifests.filter(|(_, it)| kinds.contains(&kind(it))).collect()
}

/// What a manifest says it is.
pub(super) fn kind(manifest: &Value) -> &str {
    manifest["kind"].as_str().unwrap_or_default()
}

/// Names a manifest by its file, kind and name.
pub(super) fn label(path: &Path, manifest: &Value) -> String {
    format!(
        "{}: {} {}",
        path.display(),
        kind(manifest),
        manifest["metadata"]["name"].as_str().unwrap_or_default()
    )
}

fn read() -> anyhow::Result<Vec<Golden>> {
    let paths = paths()?;
    ensure!(!paths.is_empty(), "there is no golden file of manifests");
    tools::install("python")?;
    let script = [PathBuf::from("tests/conformance/yaml_to_json.py")];
    let said = tools::ask("python/bin/python", script.iter().chain(&paths), "")?;
    let lines = said.lines()?;
    ensure!(lines.len() == paths.len(), "{} files, and {} were read", paths.len(), lines.len());
    let files = paths.into_iter().zip(lines);
    files.map(|(path, line)| Ok(Golden { path, manifests: serde_json::from_str(line)? })).collect()
}

/// Sorted, and relative to the project's root, where every tool runs.
fn paths() -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for case in cases::all()? {
        // A case that was never blessed has nothing yet, and fails in `golden`.
        let Ok(entries) = fs::read_dir(&case.expected) else { continue };
        for entry in entries {
            paths.extend(Some(entry?.path()).filter(|it| is_golden(it)));
        }
    }
    paths.sort();
    let root = crate::support::project::path("");
    paths
        .into_iter()
        .map(|it| Ok(it.strip_prefix(&root).context("a case is inside of the project")?.into()))
        .collect()
}

fn is_golden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("manifests.") && name.ends_with(".yaml")
}
