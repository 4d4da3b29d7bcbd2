//! The log on stderr.
//!
//! Without `-v` its lines are held back until the diagnostics are out: Argo CD shows the first line of stderr, and that
//! line belongs to them. A server writes its lines at once, from a thread of their own, and drops them rather than wait.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{LogFormat, LogLevel};
use crate::render::Style;
use crate::stop::Stop;

static HELD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// Writes what a server has logged when it is dropped.
static WRITER: Mutex<Option<WorkerGuard>> = Mutex::new(None);

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

/// Begins to log for a server. What libraries say is left out below `trace`.
pub fn start_server(level: LogLevel, format: LogFormat) {
    let (writer, guard) = tracing_appender::non_blocking(io::stderr());
    if let Ok(mut kept) = WRITER.lock() {
        *kept = Some(guard);
    }
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let others = if level == LogLevel::Trace { LevelFilter::TRACE } else { LevelFilter::WARN };
    let levels = Targets::new().with_default(others).with_target(env!("CARGO_CRATE_NAME"), filter(level));
    tracing_subscriber::registry().with(lines.with_filter(levels)).init();
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Says why a server stopped, in a line like all others: whoever collects them parses each.
pub fn stopped(stop: &Stop) {
    let text = stop.text(Style::Plain);
    tracing::error!(diagnostic = text.trim_end(), "{}", text.lines().next().unwrap_or_default());
}

/// Writes what was held back.
pub fn finish() {
    drop(WRITER.lock().ok().and_then(|mut it| it.take()));
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
