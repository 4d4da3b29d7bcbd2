//! Where the files of one request come from. A tree holds a repository, and nothing outside of it can be named.

pub mod archive;
mod disk;

use std::io;

pub use disk::DiskTree;

/// The files of one repository.
pub trait Tree {
    /// Reads a whole file, at most `limit` bytes. `path` is relative to the repository's root, with `/` between its parts.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError>;

    /// Whether there is such a folder.
    fn has_folder(&self, path: &str) -> bool;

    /// Says that these files are read next. Finding several at once may cost no more than finding one.
    fn will_read(&self, _paths: &[&str], _limit: usize) {}
}

/// A tree whose folders can be looked through: what is below one is found, and not only what is named.
pub trait Folders: Tree {
    /// What a folder holds, in no order. A name that is not UTF-8 is left out: no path of a repository is written so.
    fn entries(&self, folder: &str) -> Result<Vec<Entry>, ReadError>;
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Without the folder's path.
    pub name: String,
    /// What it is by itself: a link to a folder is a link.
    pub kind: Kind,
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file, a link, or what is no regular file.
    Other,
}

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("is not there")]
    Missing,
    /// It is larger than it may be.
    #[error("is larger than {}", size(*.limit))]
    TooLarge {
        /// The most bytes that it may have.
        limit: usize,
    },
    /// It is a folder, a pipe, a device.
    #[error("is not a regular file")]
    NotAFile,
    /// Its path, or a link on it, leads out of the repository.
    #[error("leads outside of the repository")]
    Outside,
    /// Entries of an archive contradict each other about it.
    #[error("is in the archive more than once")]
    Several,
    /// It has the name under which guests get the operator's defaults, and would be taken for them.
    #[error("has the name of the operator's own file")]
    Operators,
    /// The machine does not give it out.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
}

fn size(bytes: usize) -> String {
    if bytes.is_multiple_of(1024) { format!("{} KiB", bytes >> 10) } else { format!("{bytes} bytes") }
}
