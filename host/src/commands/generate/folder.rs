//! `--output-dir`: one file for each manifest.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use anyhow::Context;

use crate::cli::ManifestFormat;
use crate::commands;
use crate::manifest::{Manifest, Manifests};
use crate::{file_names, json, whole_file, yaml};

/// What `kubectl apply -f FOLDER` reads.
const APPLIED: &[&str] = &["json", "yaml", "yml"];

/// Writes the manifests into a folder, and says what else of it would be applied with them. That may be the user's own or
/// of another tool, so nothing is removed.
pub(super) fn write(manifests: &Manifests, folder: &Path, format: ManifestFormat) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let mut written = BTreeSet::new();
    for (manifest, name) in manifests.iter().zip(file_names::of(manifests)) {
        let (text, extension) = document(manifest, format);
        let name = format!("{name}.{extension}");
        let path = folder.join(&name);
        whole_file::write(&path, text.as_bytes())
            .with_context(|| format!("cannot write `{}`", path.display()))?;
        written.insert(name);
    }
    // Whoever may write into a folder and not look into it has all files all the same.
    let others = others(folder, &written).unwrap_or_default();
    if let Some(first) = others.first() {
        commands::print_error(&note(folder, first, others.len() - 1));
    }
    Ok(())
}

fn document(manifest: &Manifest, format: ManifestFormat) -> (String, &'static str) {
    match format {
        ManifestFormat::Yaml => (yaml::document(manifest), "yaml"),
        ManifestFormat::Json => (json::document(manifest) + "\n", "json"),
    }
}

/// Files of the folder that are applied with those just written, sorted.
fn others(folder: &Path, written: &BTreeSet<String>) -> io::Result<Vec<String>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_applied =
            path.extension().is_some_and(|it| APPLIED.iter().any(|one| it == *one)) && path.is_file();
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        if is_applied && !written.contains(&name) {
            others.push(name);
        }
    }
    others.sort_unstable();
    Ok(others)
}

fn note(folder: &Path, first: &str, more: usize) -> String {
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "note: `{}` also holds `{}`{more}, which this run did not write: give each environment a folder of its own, or \
         remove what no environment has any more\n",
        folder.display(),
        first.escape_debug()
    )
}
