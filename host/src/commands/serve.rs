//! `serve`: door two.

use std::path::Path;
use std::time::Duration;

use crate::cli::Serve;
use crate::commands;
use crate::server::{self, Settings};
use crate::stop::Stop;

pub(crate) fn run(config: Option<&Path>, arguments: &Serve) -> Result<(), Stop> {
    server::run(&Settings {
        plugin: arguments.plugin.config_dir_path.clone(),
        sockets: commands::sockets(&arguments.plugin),
        mode: arguments.socket_mode,
        metrics: arguments.metrics_address,
        config: config.map(Path::to_owned),
        message: arguments.max_size_mb.saturating_mul(1 << 20),
        grace: Duration::from_secs(arguments.grace_period),
    })
}
