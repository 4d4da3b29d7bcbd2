//! A repository as Argo CD sends it: a gzipped tar archive in chunks of any size, read in memory as they come.
//!
//! Nothing is written to disk, and most contents are not kept: an index of all entries, and the few files that a request is
//! likely to ask for. Another one is found in a second pass over the compressed bytes, which are kept for that.

mod again;
mod error;
mod gunzip;
mod gzip_head;
mod header;
mod index;
mod number;
mod pax;
mod tree;
mod unpacking;
mod untar;
mod walk;

use std::mem;

use sha2::{Digest, Sha256};

use crate::limits::{Limit, Limits};
pub use error::ArchiveError;
use index::Index;
pub use tree::ArchiveTree;
pub use unpacking::{Counts, Unpacking};
pub use untar::{Entry, Sink};

/// What is inflated together, of the chunks that have come. One small chunk after the other would cost more than it gives.
const PIECE: usize = 64 << 10;

/// An archive that is still coming. Before its first chunk it takes no memory to speak of.
#[derive(Debug)]
pub struct Receiving {
    folder: String,
    checksum: String,
    limits: Limits,
    sha256: Sha256,
    received: u64,
    /// Compressed bytes that have been read, in pieces that need not be moved when more come.
    read: Vec<Vec<u8>>,
    /// Those that have not.
    unread: Vec<u8>,
    /// What is wrong with the archive as an archive, which nobody is told before its checksum is known to be right.
    unpacking: Result<Box<Unpacking<Index>>, ArchiveError>,
    /// What has been read of it, also once it is refused.
    counts: Counts,
}

impl Receiving {
    /// Awaits the archive of a request about this folder, whose SHA-256 was announced as this.
    pub fn new(folder: &str, checksum: &str, limits: &Limits) -> Result<Receiving, ArchiveError> {
        let folder = inside(folder)?;
        Ok(Receiving {
            unpacking: Ok(Box::new(Unpacking::new(Index::new(&folder, limits), limits))),
            folder,
            checksum: checksum.to_owned(),
            limits: limits.clone(),
            sha256: Sha256::new(),
            received: 0,
            counts: Counts::default(),
            read: Vec::new(),
            unread: Vec::new(),
        })
    }

    /// Takes the next chunk. After an error nothing more of the archive is wanted.
    pub fn push(&mut self, mut chunk: &[u8]) -> Result<(), ArchiveError> {
        self.received += chunk.len() as u64;
        if self.received > self.limits.value(Limit::Archive) {
            let error = ArchiveError::limit(&self.limits, Limit::Archive, "is larger than it may be");
            return Err(self.give_up(error));
        }
        self.sha256.update(chunk);
        while !chunk.is_empty() && self.unpacking.is_ok() {
            let (now, later) = chunk.split_at(chunk.len().min(PIECE - self.unread.len()));
            if !self.read.is_empty() {
                self.unread.reserve_exact(PIECE - self.unread.len());
            }
            self.unread.extend(now);
            if self.unread.len() == PIECE {
                self.unpack_rest()?;
            }
            chunk = later;
        }
        Ok(())
    }

    /// The SHA-256 that was announced.
    pub(crate) fn checksum(&self) -> &str {
        &self.checksum
    }

    /// What was found so far.
    pub fn counts(&self) -> Counts {
        Counts { compressed: self.received, ..self.counts }
    }

    /// There are no more chunks. Nothing that comes from the archive is used unless its checksum is right.
    pub fn finish(mut self) -> Result<ArchiveTree, ArchiveError> {
        self.unpack_rest()?;
        require_checksum(self.sha256, &self.checksum)?;
        let (index, mut counts) = self.unpacking?.end()?;
        counts.compressed = self.received;
        ArchiveTree::of(index.sorted(), self.folder, self.read, self.limits, counts)
    }

    /// Reads what has come. A limit is an error at once, since it keeps us from reading on.
    pub fn unpack_rest(&mut self) -> Result<(), ArchiveError> {
        let Ok(unpacking) = &mut self.unpacking else { return Ok(()) };
        let mut piece = mem::take(&mut self.unread);
        let fed = unpacking.feed(&piece);
        self.counts = unpacking.counts();
        piece.shrink_to_fit();
        self.read.push(piece);
        match fed.map_err(|it| self.give_up(it)) {
            Err(error @ ArchiveError::Limit { .. }) => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps nothing but the reason.
    fn give_up(&mut self, error: ArchiveError) -> ArchiveError {
        self.read = Vec::new();
        self.unread = Vec::new();
        self.unpacking = Err(error.clone());
        error
    }
}

fn require_checksum(sha256: Sha256, announced: &str) -> Result<(), ArchiveError> {
    if base16ct::lower::encode_string(&sha256.finalize()) == announced {
        return Ok(());
    }
    Err(ArchiveError::Invalid(String::from(
        "the file checksum is wrong: the archive that came is not the one that was announced",
    )))
}

/// The folder of a request, without empty parts and dots.
fn inside(folder: &str) -> Result<String, ArchiveError> {
    let parts = folder.split('/').filter(|it| !it.is_empty() && *it != ".");
    let parts: Vec<&str> = parts.collect();
    let why = if folder.len() > index::LONGEST_PATH {
        "has a path that no disk would hold"
    } else if folder.starts_with('/') {
        "is an absolute path"
    } else if parts.contains(&"..") {
        "has `..` in its path"
    } else if folder.contains('\0') {
        "has a NUL in its path"
    } else {
        return Ok(parts.join("/"));
    };
    Err(ArchiveError::denied(folder, why))
}

#[cfg(test)]
mod tests;
