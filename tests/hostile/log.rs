//! What the host logs while it is attacked.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps all that is logged from now on, details included.
pub(crate) fn start() {
    let writer: fn() -> Lines = || Lines;
    tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(writer).with_ansi(false).init();
}

/// What was logged since this was last asked.
pub(crate) fn take() -> String {
    let mut lines = LINES.lock().expect("nobody panics while logging");
    String::from_utf8_lossy(&std::mem::take(&mut *lines)).into_owned()
}

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().expect("nobody panics while logging").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
