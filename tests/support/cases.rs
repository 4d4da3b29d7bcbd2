//! The cases: every folder of `tests/cases`, and every spec below `examples`. `tests/README.md` says how to add one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::project;

/// A spec, and where its expected outputs stand.
pub(crate) struct Case {
    /// `cases/NAME`, `examples/NAME` or `examples/NAME/DIR`.
    pub(crate) name: String,
    /// The folder that plays the repository's root.
    pub(crate) root: PathBuf,
    /// The folder of the spec, from the root; `case.toml` may name another.
    pub(crate) dir: PathBuf,
    /// The folder of the expected outputs.
    pub(crate) expected: PathBuf,
}

impl Case {
    /// Whether people read it as an example.
    pub(crate) fn is_example(&self) -> bool {
        self.name.starts_with("examples/")
    }
}

/// Every case, sorted by name.
pub(crate) fn all() -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for root in folders(&project::path("tests/cases"))? {
        let name = format!("cases/{}", file_name(&root));
        cases.push(Case { name, expected: root.clone(), root, dir: ".".into() });
    }
    // The example guests have a grammar of their own, and a test of their own.
    for root in folders(&project::path("examples"))?.into_iter().filter(|it| !it.ends_with("guests")) {
        let specs = specs(&root, Path::new("."))?;
        ensure!(!specs.is_empty(), "{} holds no sglang.toml", root.display());
        cases.extend(specs.into_iter().map(|dir| example(&root, dir)));
    }
    Ok(cases)
}

fn example(root: &Path, dir: PathBuf) -> Case {
    let name = clean(&Path::new("examples").join(file_name(root)).join(&dir)).to_string_lossy().into_owned();
    Case { name, expected: clean(&root.join("expected").join(&dir)), root: root.into(), dir }
}

/// The folders below `root` that hold a spec, nearest first.
fn specs(root: &Path, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if root.join(dir).join("sglang.toml").exists() {
        found.push(dir.to_owned());
    }
    for folder in folders(&root.join(dir))? {
        found.extend(specs(root, &dir.join(file_name(&folder)))?);
    }
    Ok(found)
}

fn folders(parent: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("cannot list {}", parent.display()))?;
    let mut folders = entries.map(|it| Ok(it?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    folders.retain(|it| it.is_dir());
    folders.sort();
    Ok(folders)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Without a `.` in the middle.
fn clean(path: &Path) -> PathBuf {
    path.components().collect()
}
