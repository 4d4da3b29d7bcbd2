//! The log on stderr.
//!
//! Without `-v` its lines are held back until the diagnostics are out: Argo CD shows the first line of stderr, and that
//! line belongs to them.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;

use crate::cli::LogFormat;

static HELD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Begins to log: warnings, with `-v` what is done, with `-vv` its details.
pub fn start(verbosity: u8, format: LogFormat) {
    let level = match verbosity {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let writer: fn() -> Box<dyn Write> =
        if verbosity == 0 { || Box::new(Held) } else { || Box::new(io::stderr()) };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(writer).with_ansi(false);
    match format {
        LogFormat::Text => builder.without_time().with_target(false).init(),
        LogFormat::Json => builder.json().init(),
    }
}

/// Writes what was held back.
pub fn finish() {
    if let Ok(held) = HELD.lock() {
        // Nobody is left to be told that stderr is closed.
        drop(io::stderr().write_all(&held));
    }
}

struct Held;

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HELD.lock().map_err(|_| io::ErrorKind::Other)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
