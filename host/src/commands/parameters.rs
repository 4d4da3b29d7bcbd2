//! `parameters`: what the guest and the host take, in the JSON that Argo CD expects of a plugin's announcement.

use crate::announcement;
use crate::commands;
use crate::config::Config;
use crate::stop::Stop;

pub(crate) fn run(config: &Config) -> Result<(), Stop> {
    let theirs = commands::default_guest(config)?.describe(&config.limits.budget())?.parameters;
    let json = serde_json::to_string_pretty(&announcement::all(theirs)).map_err(anyhow::Error::from)?;
    commands::print(&(json + "\n"))
}
