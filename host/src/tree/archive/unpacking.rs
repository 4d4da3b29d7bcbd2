//! From compressed bytes to entries, within limits: the archive is never whole in memory, and is left where it is too much.

use super::error::ArchiveError;
use super::gunzip::Gunzip;
use super::untar::{Entry, Sink, Untar};
use crate::limits::{Limit, Limits};

/// What is inflated at once.
const BUFFER: usize = 64 << 10;
/// Below it, an archive may be as repetitive as it likes: a few files of zeros are no bomb.
const FREE: u64 = 16 << 20;

/// Reads an archive that comes in pieces, and gives what is found to a sink.
#[derive(Debug)]
pub struct Unpacking<S> {
    gunzip: Gunzip,
    untar: Untar,
    sink: Bounded<S>,
    is_over: bool,
}

/// What an archive came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes as they were sent.
    pub compressed: u64,
    /// Bytes of the tar archive, as far as it was read.
    pub unpacked: u64,
    /// Entries of any kind.
    pub entries: u64,
}

/// A sink that is given no more than is allowed.
#[derive(Debug)]
struct Bounded<S> {
    sink: S,
    counts: Counts,
    limits: Limits,
}

impl<S: Sink> Unpacking<S> {
    /// Reads within these limits.
    pub fn new(sink: S, limits: &Limits) -> Unpacking<S> {
        let sink = Bounded { sink, counts: Counts::default(), limits: limits.clone() };
        Unpacking { gunzip: Gunzip::new(), untar: Untar::new(), sink, is_over: false }
    }

    /// Reads a piece. What follows the archive's end is not looked at, as Go does not look at it.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), ArchiveError> {
        self.sink.counts.compressed += piece.len() as u64;
        if self.is_over {
            return Ok(());
        }
        let Unpacking { gunzip, untar, sink, .. } = self;
        let flow = gunzip.feed(piece, &mut vec![0; BUFFER], |bytes| {
            sink.count(bytes)?;
            untar.feed(bytes, sink)
        })?;
        if flow.is_break() {
            self.is_over = true;
            // Its window is of no use any more.
            self.gunzip = Gunzip::new();
        }
        Ok(())
    }

    /// No more comes.
    pub fn end(self) -> Result<(S, Counts), ArchiveError> {
        if self.is_over || (self.gunzip.may_end() && self.untar.may_end()) {
            return Ok((self.sink.sink, self.sink.counts));
        }
        Err(ArchiveError::invalid("it ends in the middle"))
    }

    /// What was found so far.
    pub(super) fn counts(&self) -> Counts {
        self.sink.counts
    }

    /// Where what is found goes.
    pub(super) fn sink(&self) -> &S {
        &self.sink.sink
    }

    /// What was found so far.
    pub(super) fn into_sink(self) -> S {
        self.sink.sink
    }
}

impl<S> Bounded<S> {
    fn count(&mut self, unpacked: &[u8]) -> Result<(), ArchiveError> {
        let Counts { compressed, unpacked: size, .. } = &mut self.counts;
        *size += unpacked.len() as u64;
        if *size > self.limits.value(Limit::Unpacked) {
            return Err(self.refuse(Limit::Unpacked, "unpacks to more bytes than it may"));
        }
        if *size > FREE && *size > compressed.saturating_mul(self.limits.value(Limit::Ratio)) {
            return Err(self.refuse(Limit::Ratio, "unpacks to more times its size than it may"));
        }
        Ok(())
    }

    fn refuse(&self, limit: Limit, wanted: &str) -> ArchiveError {
        ArchiveError::limit(&self.limits, limit, wanted)
    }
}

impl<S: Sink> Sink for Bounded<S> {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), ArchiveError> {
        self.counts.entries += 1;
        if self.counts.entries > self.limits.value(Limit::Entries) {
            return Err(self.refuse(Limit::Entries, "has more entries than it may"));
        }
        self.sink.entry(entry)
    }

    fn content(&mut self, bytes: &[u8]) {
        self.sink.content(bytes);
    }
}
