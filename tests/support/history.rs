//! A git repository in a temporary folder, made by the program `git` itself: the same commits on every machine.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::git::git;
use super::repository::Repository;

/// A folder with a history.
pub(crate) struct Git {
    repository: Repository,
}

impl Git {
    /// Has no commit yet; its branch is `main`.
    pub(crate) fn new() -> anyhow::Result<Git> {
        let git = Git { repository: Repository::empty()? };
        git.run(&["init", "--quiet", "--initial-branch=main"])?;
        Ok(git)
    }

    /// A path inside of it.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.repository.path(relative)
    }

    /// Writes a file, and commits nothing.
    pub(crate) fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
        self.repository.write(relative, bytes)
    }

    /// Replaces a text in a file, which must be there.
    pub(crate) fn edit(&self, relative: &str, from: &str, to: &str) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(self.path(relative))?;
        ensure!(text.contains(from), "{relative} does not say {from:?}");
        self.write(relative, text.replace(from, to))
    }

    /// Commits all there is.
    pub(crate) fn commit(&self) -> anyhow::Result<()> {
        self.run(&["add", "--all"])?;
        self.run(&["commit", "--quiet", "--allow-empty", "--message=a commit"])
    }

    /// Runs git in it.
    pub(crate) fn run(&self, args: &[&str]) -> anyhow::Result<()> {
        git(&self.path(""), args).map(drop)
    }
}
