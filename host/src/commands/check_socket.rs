//! `check-socket`: whether a server answers, for the probes of a cluster.

use std::path::PathBuf;

use crate::cli::CheckSocket;
use crate::commands::{self, Stop};
use crate::doctor::PATIENCE;
use crate::plugin_yaml::Plugin;
use crate::server::health;

pub(crate) fn run(arguments: &CheckSocket) -> Result<(), Stop> {
    let path = match &arguments.path {
        Some(path) => path.clone(),
        None => of_plugin(arguments)?,
    };
    health::check(&path, PATIENCE).map_err(|it| Stop::Unwell {
        message: format!("`{}` cannot be used: {it}", path.display()),
        help: it.help().to_owned(),
    })?;
    commands::print_done("SERVING\n")
}

fn of_plugin(arguments: &CheckSocket) -> Result<PathBuf, Stop> {
    let plugin = Plugin::load(&arguments.plugin.config_dir_path).map_err(Stop::Configuration)?;
    Ok(commands::sockets(&arguments.plugin).join(plugin.socket_name()))
}
