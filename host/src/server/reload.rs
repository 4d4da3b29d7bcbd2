//! Takes in what the operator changes, whole or not at all: with a new file that is wrong, the old one stays in force.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::Config;
use crate::render::Style;
use crate::server::platform::Platform;
use crate::server::service::Shared;
use crate::stop::Stop;

/// Kubernetes swaps a ConfigMap's files by a link, which no watch of the files themselves would see: their stamps are
/// looked at instead.
const PERIOD: Duration = Duration::from_secs(2);

/// Reloads at SIGHUP, and when the file or a guest's component is another one than before.
pub(crate) async fn watch(shared: Arc<Shared>, path: Option<PathBuf>, mut files: Files, mut hangup: Signal) {
    let mut looks = interval(PERIOD);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let asked = tokio::select! {
            _ = hangup.recv() => true,
            _ = looks.tick() => false,
        };
        if asked || files.have_changed() {
            let path = path.clone();
            // Compiles away from the calls, which go on with what they have begun with.
            match spawn_blocking(move || load(path.as_deref())).await {
                Ok((read, loaded)) => {
                    files = read;
                    take(&shared, loaded);
                }
                Err(error) => tracing::error!(%error, "loading panicked; what was in force stays in force"),
            }
        }
    }
}

/// Reads the operator's file, and loads what it names.
pub(crate) fn load(path: Option<&Path>) -> (Files, Result<Platform, Stop>) {
    let files = path.map_or_else(Files::default, Files::of);
    let config = Config::of_operator(path).map_err(Stop::Configuration);
    (files, config.and_then(Platform::load))
}

fn take(shared: &Shared, loaded: Result<Platform, Stop>) {
    shared.metrics.count_reload(loaded.is_ok());
    match loaded {
        Ok(platform) => {
            platform.announce();
            shared.take(platform);
        }
        Err(stop) => {
            let text = stop.text(Style::Plain);
            tracing::warn!("what was in force stays in force: {}", text.lines().next().unwrap_or_default());
            tracing::info!("{text}");
        }
    }
}

/// What was read, or was to be: the operator's file, and each guest that it names. A file is looked at before it is read, so
/// that one which is swapped while guests compile is another one at the next look; and one that was missing may come later.
#[derive(Default)]
pub(crate) struct Files(Vec<(Stamp, PathBuf)>);

impl Files {
    fn of(config: &Path) -> Files {
        let stamped = |it: PathBuf| (stamp(&it), it);
        let mut files = vec![stamped(config.to_owned())];
        files.extend(Config::guest_files(config).into_iter().map(stamped));
        Files(files)
    }

    fn have_changed(&self) -> bool {
        self.0.iter().any(|(before, path)| stamp(path) != *before)
    }
}

/// Tells whether a file is the same as before: its device, inode, size and time. None if it is not there.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let it = fs::metadata(path).ok()?;
    Some((it.dev(), it.ino(), it.len(), it.mtime(), it.mtime_nsec()))
}
