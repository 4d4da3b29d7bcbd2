//! An archive is unpacked on a thread of its own, while its next pieces still come.
//!
//! On the task that reads them, unpacking would hold up reading: the caller would wait whenever its window is full.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::server::queue::Place;
use crate::server::record::Found;
use crate::server::status::Refusal;
use crate::server::stream::Upload;
use crate::tree::archive::{ArchiveError, ArchiveTree, Receiving};

/// What is handed over at once.
const PIECE: usize = 64 << 10;
/// How many pieces may wait for the thread.
const AHEAD: usize = 16;

/// Where the pieces go.
pub(crate) struct Pieces {
    sender: mpsc::Sender<Vec<u8>>,
}

/// What becomes of the archive, and of the work with it.
type Working<T> = JoinHandle<Result<T, Refusal>>;

/// Holds the place until the work is done, whoever still waits for it. A small archive is all in its first piece, so that its
/// thread need not wait for another.
pub(crate) fn on_a_thread<T: Send + 'static>(
    place: Place,
    receiving: Receiving,
    first: Vec<u8>,
    found: Arc<Found>,
    work: impl FnOnce(&ArchiveTree) -> T + Send + 'static,
) -> (Pieces, Working<T>) {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let working = spawn_blocking(move || {
        let _place = place;
        let tree = unpack(receiving, first, pieces, &found).map_err(|error| Refusal::of_archive(&error))?;
        Ok(work(&tree))
    });
    (Pieces { sender }, working)
}

/// Where pieces end too early, the checksum is wrong, and nothing is done with what came.
fn unpack(
    mut receiving: Receiving,
    first: Vec<u8>,
    pieces: mpsc::Receiver<Vec<u8>>,
    found: &Found,
) -> Result<ArchiveTree, ArchiveError> {
    let pushed = push(&mut receiving, first, pieces);
    // Of an archive that is too much, it is worth to know how much it was.
    found.note_counts(receiving.counts());
    pushed?;
    let digest = receiving.checksum().to_owned();
    let tree = receiving.finish()?;
    found.note_archive(&digest);
    Ok(tree)
}

fn push(
    receiving: &mut Receiving,
    first: Vec<u8>,
    mut pieces: mpsc::Receiver<Vec<u8>>,
) -> Result<(), ArchiveError> {
    let mut next = Some(first);
    while let Some(piece) = next {
        receiving.push(&piece)?;
        next = pieces.blocking_recv();
    }
    receiving.unpack_rest()
}

impl Pieces {
    /// Hands over all that comes, or as much as the thread wants.
    pub(crate) async fn forward(self, upload: &mut Upload) -> Result<(), Refusal> {
        loop {
            let piece = next(upload).await?;
            if piece.is_empty() || self.sender.send(piece).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// The chunks that come next, together; none at the end.
pub(crate) async fn next(upload: &mut Upload) -> Result<Vec<u8>, Refusal> {
    let mut piece = Vec::new();
    while piece.len() < PIECE
        && let Some(chunk) = upload.chunk().await?
    {
        piece.extend_from_slice(&chunk);
    }
    Ok(piece)
}
