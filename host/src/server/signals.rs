//! The signals that end a server. They are asked for before anything is loaded: until then one that comes kills the process,
//! or, where it is process 1 of a container, is lost.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, from now on.
pub(crate) struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Asks for both.
    pub(crate) fn listen() -> io::Result<Ending> {
        Ok(Ending {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for either. One that has come since the last time is not missed.
    pub(crate) async fn asked(&mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}
