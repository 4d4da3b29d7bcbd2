//! Any bytes as a connection's: what hyper gets has the same length, however they come, and nothing that was not a `%` or a
//! `/` of an `:authority` is another byte.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cmp_host::server::authority::Authority;
use tokio::io::{AsyncRead, ReadBuf};

/// The first byte says how many come at once.
pub(crate) fn look(bytes: &[u8]) {
    let Some((chunk, sent)) = bytes.split_first() else { return };
    let whole = passed(sent, sent.len().max(1));
    assert_eq!(whole.len(), sent.len());
    assert_eq!(passed(sent, usize::from(*chunk) + 1), whole, "in pieces of {chunk}");
    assert_eq!(passed(&whole, whole.len().max(1)), whole, "there is nothing left to be changed");
}

/// What a reader sees.
fn passed(bytes: &[u8], chunk: usize) -> Vec<u8> {
    let mut stream = Authority::new(Pieces { bytes, chunk });
    let mut context = Context::from_waker(Waker::noop());
    let mut seen = Vec::new();
    loop {
        let mut space = [0; 512];
        let mut buffer = ReadBuf::new(&mut space);
        match Pin::new(&mut stream).poll_read(&mut context, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => return seen,
            Poll::Ready(Ok(())) => seen.extend_from_slice(buffer.filled()),
            other => panic!("{other:?} of a stream that is always ready"),
        }
    }
}

struct Pieces<'a> {
    bytes: &'a [u8],
    chunk: usize,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let (now, later) = self.bytes.split_at(self.chunk.min(self.bytes.len()).min(buffer.remaining()));
        buffer.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}
