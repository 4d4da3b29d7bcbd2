//! Expected outputs: compared whole, and rewritten with `BLESS=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::bail;
use similar::TextDiff;

const STEMS: [&str; 4] = ["delivery.", "manifests.", "diagnostics.", "origins."];

/// Compares a folder's expectations with the outputs of the same names. One that nothing gives any more is stale.
pub(crate) fn compare(folder: &Path, outputs: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let expected = read(folder)?;
    let names: BTreeSet<&String> = expected.keys().chain(outputs.keys()).collect();
    let changed: Vec<&String> =
        names.into_iter().filter(|name| expected.get(*name) != outputs.get(*name)).collect();
    if std::env::var_os("BLESS").is_some() {
        return changed.into_iter().try_for_each(|name| bless(folder, name, outputs.get(name)));
    }
    if changed.is_empty() {
        return Ok(());
    }
    let text = |texts: &BTreeMap<String, String>, name: &String| texts.get(name).cloned().unwrap_or_default();
    let diffs = changed.into_iter().map(|name| diff(name, &text(&expected, name), &text(outputs, name)));
    bail!("not what is expected; `make bless` takes it\n{}", diffs.collect::<String>())
}

fn read(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(texts),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if STEMS.iter().any(|stem| name.starts_with(stem)) {
            texts.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(texts)
}

fn bless(folder: &Path, name: &str, output: Option<&String>) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    match output {
        Some(text) => fs::write(folder.join(name), text)?,
        None => fs::remove_file(folder.join(name))?,
    }
    Ok(())
}

fn diff(name: &str, expected: &str, output: &str) -> String {
    TextDiff::from_lines(expected, output).unified_diff().header(name, "now").to_string()
}
