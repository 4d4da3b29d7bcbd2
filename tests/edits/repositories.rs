//! Repositories with a history, made by git.

use crate::support::git::git;
use crate::support::repository::Repository;
use crate::{SERVICE, spec};

/// A repository whose commits are these texts of its spec, the oldest first.
pub(crate) fn of(texts: &[String]) -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    git(&repository.path(""), &["init", "--quiet", "--initial-branch", "main"])?;
    for text in texts {
        commit(&repository, text)?;
    }
    Ok(repository)
}

/// Commits a text of its spec, and gives the short id.
pub(crate) fn commit(repository: &Repository, text: &str) -> anyhow::Result<String> {
    repository.write("sglang.toml", text)?;
    git(&repository.path(""), &["add", "."])?;
    git(&repository.path(""), &["commit", "--quiet", "--allow-empty", "--message", "x"])?;
    short(repository, "HEAD")
}

/// A commit's short id.
pub(crate) fn short(repository: &Repository, revision: &str) -> anyhow::Result<String> {
    Ok(git(&repository.path(""), &["rev-parse", "--short", revision])?.trim().to_owned())
}

/// A spec whose prod has this image.
pub(crate) fn prod(tag: &str) -> String {
    spec(&format!("[env.dev]\nimage.tag = \"v0.5.23\"\n\n[env.prod]\nimage.tag = \"{tag}\"\n"))
}

/// A spec whose prod is not there yet.
pub(crate) fn without_prod() -> String {
    format!("{SERVICE}\n[env.dev]\nimage.tag = \"v0.5.23\"\n")
}
