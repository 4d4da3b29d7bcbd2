//! Takes in what the operator changes, whole or not at all: with a new file that is wrong, the old one stays in force.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use crate::render::Style;
use crate::server::platform::Platform;
use crate::server::service::Shared;

/// Kubernetes swaps a ConfigMap's files by a link, which no watch of the files themselves would see: their stamps are
/// looked at instead.
const PERIOD: Duration = Duration::from_secs(2);

/// Reloads at SIGHUP, and when the file or a guest's component is another one than before.
pub(crate) async fn watch(shared: Arc<Shared>, path: PathBuf) -> anyhow::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut looks = interval(PERIOD);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = stamps(&shared, &path);
    loop {
        let asked = tokio::select! {
            _ = hangup.recv() => true,
            _ = looks.tick() => false,
        };
        let now = stamps(&shared, &path);
        if asked || now != seen {
            reload(&shared, &path).await;
            // What is loaded may name other guests than before.
            seen = stamps(&shared, &path);
        }
    }
}

/// Compiles away from the calls, which go on with what they have begun with.
async fn reload(shared: &Arc<Shared>, path: &Path) {
    let path = path.to_owned();
    let loaded = spawn_blocking(move || Platform::load(Some(&path))).await;
    match loaded {
        Ok(Ok(platform)) => {
            platform.announce();
            shared.metrics.count_reload(true);
            shared.take(platform);
        }
        Ok(Err(stop)) => {
            shared.metrics.count_reload(false);
            let text = stop.text(Style::Plain);
            tracing::warn!("what was in force stays in force: {}", text.lines().next().unwrap_or_default());
            tracing::info!("{text}");
        }
        Err(error) => tracing::error!(%error, "loading panicked; what was in force stays in force"),
    }
}

/// Tells whether a file is the same as before: its device, inode, size and time. None if it is not there.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamps(shared: &Shared, path: &Path) -> Vec<Stamp> {
    let platform = Arc::clone(&shared.platform.read().unwrap_or_else(PoisonError::into_inner));
    let guests = platform.config.guests.iter().map(|it| it.path.as_path());
    std::iter::once(path).chain(guests).map(stamp).collect()
}

fn stamp(path: &Path) -> Stamp {
    let it = fs::metadata(path).ok()?;
    Some((it.dev(), it.ino(), it.len(), it.mtime(), it.mtime_nsec()))
}
