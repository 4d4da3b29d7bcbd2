//! A repository that a test lays into a temporary folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::project;

/// A folder that goes with this value. Everybody may read it.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// Holds nothing yet.
    pub(crate) fn empty() -> anyhow::Result<Repository> {
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Repository { folder })
    }

    /// Holds one spec, at its root.
    pub(crate) fn of(spec: impl AsRef<[u8]>) -> anyhow::Result<Repository> {
        let repository = Repository::empty()?;
        repository.write("sglang.toml", spec)?;
        Ok(repository)
    }

    /// A path inside of it.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file.
    pub(crate) fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs::write(path, bytes)?)
    }

    /// Copies an example to `to`.
    pub(crate) fn copy_example(&self, name: &str, to: &str) -> anyhow::Result<()> {
        copy(&project::path("examples").join(name), &self.path(to))
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
