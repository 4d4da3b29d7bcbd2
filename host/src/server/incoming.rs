//! Connections, one after the other, until the drain: then those that had already connected, and no more.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;

use crate::server::authority::Authority;

/// After an error such as too many open files, which ends when other calls do.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection. The last one to end closes the channel of its token.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Authority<UnixStream>,
    _token: mpsc::Sender<()>,
}

/// Accepts until `draining` says so. The receiver ends when no connection is left.
pub(crate) fn accept(
    listener: UnixListener,
    draining: watch::Receiver<bool>,
) -> (ReceiverStream<io::Result<Connection>>, mpsc::Receiver<()>) {
    let (sender, connections) = mpsc::channel(1);
    let (token, ended) = mpsc::channel(1);
    tokio::spawn(accept_all(listener, draining, sender, token));
    (ReceiverStream::new(connections), ended)
}

async fn accept_all(
    listener: UnixListener,
    mut draining: watch::Receiver<bool>,
    sender: mpsc::Sender<io::Result<Connection>>,
    token: mpsc::Sender<()>,
) {
    loop {
        let accepted = tokio::select! {
            biased;
            _ = draining.wait_for(|it| *it) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => send(&sender, stream, &token).await,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; trying again");
                sleep(PAUSE).await;
            }
        }
    }
    // They found the socket's file before it was removed.
    while let Ok(Ok((stream, _))) = timeout(Duration::ZERO, listener.accept()).await {
        send(&sender, stream, &token).await;
    }
}

async fn send(sender: &mpsc::Sender<io::Result<Connection>>, stream: UnixStream, token: &mpsc::Sender<()>) {
    let connection = Connection { stream: Authority::new(stream), _token: token.clone() };
    // Fails only when the server has gone, and the process with it.
    drop(sender.send(Ok(connection)).await);
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
