//! A repository that a test lays into a temporary folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

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
}
