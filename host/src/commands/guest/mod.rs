//! The verbs of `guest`.

mod add;
mod compile;
mod list;
mod new;
mod test;
mod upgrade;

use std::path::Path;

use crate::cli::GuestCommand;
use crate::commands::{Stop, inspect};
use crate::config::Config;

/// `path` is where the operator's file is, if there is one.
pub(crate) fn run(config: &Config, path: Option<&Path>, command: &GuestCommand) -> Result<(), Stop> {
    match command {
        GuestCommand::List(arguments) => list::run(config, arguments),
        GuestCommand::Add(arguments) => add::run(config, path, arguments),
        GuestCommand::Inspect(arguments) => inspect::run(config, arguments),
        GuestCommand::Compile(arguments) => compile::run(config, arguments),
        GuestCommand::Test(arguments) => test::run(config, arguments),
        GuestCommand::Upgrade(arguments) => upgrade::run(config, arguments),
        GuestCommand::New(arguments) => new::run(arguments),
    }
}
