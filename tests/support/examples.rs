//! Examples, copied to where a test may change them.

use std::fs;
use std::path::Path;

use super::project;

/// Copies an example's folder.
pub(crate) fn copy(name: &str, to: &Path) -> anyhow::Result<()> {
    copy_all(&project::path("examples").join(name), to)
}

fn copy_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
