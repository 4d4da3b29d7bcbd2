//! A stream under hyper's HTTP/2 that makes Argo CD's `:authority` one that hyper takes.
//!
//! The repo-server sends its socket's path, as `/home/…`, `%2Fhome%2F…` or `home%2F…`, by version. Neither `/` nor `%` may
//! stand in an authority, and h2 resets such a stream before any code of ours sees it. Here both become `-`, in place: in
//! HPACK's Huffman code the three characters have six bits each, so nothing becomes longer or shorter, and nothing else of
//! what the client sends is changed. Nobody reads the value afterwards.

mod frames;
mod hpack;
mod huffman;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire;

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::server::Connected;

use frames::Frames;

/// What is read from the client, with another `:authority`; what is written to it passes through.
#[derive(Debug)]
pub struct Authority<S> {
    stream: S,
    frames: Frames,
    /// Bytes that came and were not given to the reader yet.
    held: Vec<u8>,
    /// So many of them have been given since.
    given: usize,
    /// So many of them may be given.
    ready: usize,
}

impl<S> Authority<S> {
    /// Wraps a connection that has just been accepted.
    pub fn new(stream: S) -> Authority<S> {
        Authority { stream, frames: Frames::new(), held: Vec::new(), given: 0, ready: 0 }
    }

    fn give(&mut self, buffer: &mut ReadBuf<'_>) {
        let n_bytes = buffer.remaining().min(self.ready - self.given);
        buffer.put_slice(&self.held[self.given..self.given + n_bytes]);
        self.given += n_bytes;
        if self.given == self.ready {
            self.held.drain(..self.ready);
            (self.given, self.ready) = (0, 0);
        }
    }

    /// Looks at what lies in the reader's buffer from `start` on, and takes back what is not decided.
    fn look(&mut self, buffer: &mut ReadBuf<'_>, start: usize) {
        let end = start + self.frames.pass(&mut buffer.filled_mut()[start..]);
        self.take_back(buffer, end);
    }

    fn take_back(&mut self, buffer: &mut ReadBuf<'_>, end: usize) {
        self.held.extend_from_slice(&buffer.filled()[end..]);
        buffer.set_filled(end);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Authority<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = &mut *self;
        let start = buffer.filled().len();
        while buffer.filled().len() == start && buffer.remaining() > 0 {
            if this.ready > 0 {
                this.give(buffer);
                break;
            }
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            match (buffer.filled().len() == start, this.held.is_empty()) {
                (true, true) => break,
                // It ends within a block, which can be nobody's any more.
                (true, false) => {
                    this.frames.stop();
                    this.ready = this.held.len();
                }
                (false, true) => this.look(buffer, start),
                (false, false) => {
                    this.take_back(buffer, start);
                    this.ready = this.frames.pass(&mut this.held);
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Authority<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl<S: Connected> Connected for Authority<S> {
    type ConnectInfo = S::ConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.stream.connect_info()
    }
}
