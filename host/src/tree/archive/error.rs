//! Why an archive is not taken: it is broken, it is too much, or the folder of its application lies outside of it.

use crate::limits::{Limit, Limits};
use crate::printable;

/// Why an archive is not taken. Each has a stable code that people can search for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It is not the one that was announced, or no archive.
    #[error("{0}")]
    Invalid(String),
    /// It is larger than it may be.
    #[error("the archive {wanted}; {allowed} allowed")]
    Limit {
        /// What it has too much of.
        wanted: String,
        /// The limit in force, as people write it.
        allowed: String,
    },
    /// The folder that the request is about lies outside of the repository.
    #[error("the folder `{}` of the application {why}", printable::line(.folder))]
    Denied {
        /// As the request names it.
        folder: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl ArchiveError {
    /// The stable code: `ARCHIVE_LIMIT`.
    pub fn code(&self) -> &'static str {
        match self {
            ArchiveError::Invalid(_) => "ARCHIVE_INVALID",
            ArchiveError::Limit { .. } => "ARCHIVE_LIMIT",
            ArchiveError::Denied { .. } => "PATH_DENIED",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            ArchiveError::Invalid(_) => {
                "ask for the manifests again: it was damaged on its way, or its sender is not Argo CD's repo-server"
            }
            ArchiveError::Limit { .. } => {
                "leave out what no spec needs with the repo-server's `--plugin-tar-exclude`, `.git/*` first; limits are the platform team's to raise"
            }
            ArchiveError::Denied { .. } => {
                "name a folder of the repository as the Application's path: nothing outside of its root is read"
            }
        }
    }

    /// The archive ends too early, or holds what cannot be read.
    pub(super) fn invalid(why: &str) -> ArchiveError {
        ArchiveError::Invalid(format!("the archive cannot be read: {why}"))
    }

    /// A limit is met.
    pub(super) fn limit(limits: &Limits, limit: Limit, wanted: &str) -> ArchiveError {
        let allowed = limit.row().show(limits.value(limit));
        ArchiveError::Limit {
            wanted: wanted.to_owned(),
            allowed: format!("{allowed} (`{}`) are", limit.row().name),
        }
    }

    pub(super) fn denied(folder: &str, why: &'static str) -> ArchiveError {
        ArchiveError::Denied { folder: folder.to_owned(), why }
    }
}
