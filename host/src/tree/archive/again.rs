//! The second pass: contents that were not kept, from the compressed bytes that were.

use std::collections::BTreeMap;

use super::error::ArchiveError;
use super::index::File;
use super::unpacking::Unpacking;
use super::untar::{self, Entry, Sink};
use crate::limits::Limits;

/// The files that are wanted, by number.
#[derive(Debug)]
struct Wanted {
    contents: BTreeMap<usize, Vec<u8>>,
    /// How many files there were.
    number: usize,
    /// Whether what comes now is the content of a file that is wanted.
    is_on: bool,
}

/// Finds the contents of these files. What comes behind the last of them is not unpacked.
pub(super) fn find(
    compressed: &[Vec<u8>],
    files: impl IntoIterator<Item = File>,
    limits: &Limits,
) -> Result<BTreeMap<usize, Vec<u8>>, ArchiveError> {
    let contents: BTreeMap<usize, Vec<u8>> = files.into_iter().map(|it| (it.number, Vec::new())).collect();
    let last = contents.keys().last().copied().unwrap_or_default();
    let mut unpacking = Unpacking::new(Wanted { contents, number: 0, is_on: false }, limits);
    for piece in compressed {
        unpacking.feed(piece)?;
        if unpacking.sink().number > last {
            break;
        }
    }
    Ok(unpacking.into_sink().contents)
}

impl Sink for Wanted {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), ArchiveError> {
        let is_file = entry.flag == untar::FILE;
        self.number += usize::from(is_file);
        self.is_on = is_file && self.contents.contains_key(&self.number);
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) {
        if self.is_on {
            self.contents.entry(self.number).or_default().extend(bytes);
        }
    }
}
