//! The verbs of `argocd`: what Argo CD itself must be given, to deliver a spec and to run the plugin.

mod apps;
mod repository;

use crate::cli::ArgocdCommand;
use crate::commands;
use crate::config::Config;
use crate::stop::Stop;

/// Settings with a reason beside each, as a file that people read.
const SETTINGS: &str = include_str!("settings.yaml");

/// Who needs the operator's file reads it.
pub(crate) fn run(config: impl Fn() -> Result<Config, Stop>, command: &ArgocdCommand) -> Result<(), Stop> {
    match command {
        ArgocdCommand::Apps(arguments) => apps::run(&config()?, arguments),
        ArgocdCommand::Config => commands::print(SETTINGS),
    }
}
