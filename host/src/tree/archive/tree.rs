//! A repository that came as an archive: answers as a folder on disk would.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use super::again;
use super::error::ArchiveError;
use super::index::{File, Index, Node};
use super::unpacking::Counts;
use super::walk::follow;
use crate::limits::Limits;
use crate::tree::{ReadError, Tree};

/// A repository that has come whole.
#[derive(Debug)]
pub struct ArchiveTree {
    index: Index,
    folder: String,
    counts: Counts,
    limits: Limits,
    /// The compressed bytes; none if the contents of all files are kept.
    compressed: Vec<Vec<u8>>,
    /// What a second pass has found, by the number of the file.
    found: RefCell<BTreeMap<usize, Vec<u8>>>,
}

impl ArchiveTree {
    pub(super) fn of(
        index: Index,
        asked: String,
        compressed: Vec<Vec<u8>>,
        limits: Limits,
        counts: Counts,
    ) -> Result<ArchiveTree, ArchiveError> {
        let folder = real_folder(&index, asked)?;
        let compressed = if index.is_complete() { Vec::new() } else { compressed };
        let found = RefCell::new(BTreeMap::new());
        Ok(ArchiveTree { index, folder, counts, limits, compressed, found })
    }

    /// The folder that the request is about, without links on the way. Whether there is one, the tree says.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether there is anything at a path, links on the way followed.
    pub fn exists(&self, path: &str) -> bool {
        path.is_empty() || follow(&self.index, path).is_ok()
    }

    /// The paths of all that lies below a folder, from there, where they are text. Links below it are not followed.
    pub fn names(&self, folder: &str) -> Vec<&str> {
        let folder = match follow(&self.index, folder) {
            Ok(place) => place.path,
            Err(_) if folder.is_empty() => Vec::new(),
            Err(_) => return Vec::new(),
        };
        self.index.below(&folder).filter_map(|it| str::from_utf8(it).ok()).collect()
    }

    /// What the archive came to.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The file at the end of a path.
    pub(super) fn file(&self, path: &str, limit: usize) -> Result<&File, ReadError> {
        match follow(&self.index, path)?.node {
            Node::File(file) if file.size > limit as u64 => Err(ReadError::TooLarge { limit }),
            Node::File(file) => Ok(file),
            _ => Err(ReadError::NotAFile),
        }
    }

    /// Reads the archive once more, for these files.
    fn read_again(&self, files: impl IntoIterator<Item = File>) -> Result<(), ReadError> {
        let found = again::find(&self.compressed, files, &self.limits).map_err(|error| {
            // It was read once: that it cannot be read now is no fault of its own.
            ReadError::Unreadable(io::Error::other(error.to_string()))
        })?;
        self.found.borrow_mut().extend(found);
        Ok(())
    }

    pub(super) fn is_here(&self, file: &File) -> bool {
        self.index.content(file).is_some() || self.found.borrow().contains_key(&file.number)
    }
}

impl Tree for ArchiveTree {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let file = self.file(path, limit)?;
        if let Some(content) = self.index.content(file) {
            return Ok(content.to_vec());
        }
        if !self.is_here(file) {
            self.read_again([*file])?;
        }
        self.found.borrow().get(&file.number).cloned().ok_or(ReadError::Missing)
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || follow(&self.index, path).is_ok_and(|it| matches!(it.node, Node::Folder))
    }

    fn will_read(&self, paths: &[&str], limit: usize) {
        let files = paths.iter().filter_map(|it| self.file(it, limit).ok());
        let files: Vec<File> = files.filter(|it| !self.is_here(it)).copied().collect();
        if !files.is_empty() {
            // Whoever reads one of them gets the error, if there is one.
            let _ = self.read_again(files);
        }
    }
}

/// Where links lead. A folder that is not there stays as it was asked for: whoever looks for a spec there says so.
fn real_folder(index: &Index, asked: String) -> Result<String, ArchiveError> {
    match follow(index, &asked) {
        Ok(place) => String::from_utf8(place.path)
            .map_err(|_| ArchiveError::denied(&asked, "is a link to a folder whose name is not UTF-8")),
        Err(ReadError::Outside) => {
            Err(ArchiveError::denied(&asked, "is a link that leads outside of the repository"))
        }
        Err(_) => Ok(asked),
    }
}
