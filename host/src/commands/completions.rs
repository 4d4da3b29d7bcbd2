//! `completions`: a script for a shell.

use clap::CommandFactory;

use crate::cli::{Cli, Completions};
use crate::commands;
use crate::stop::Stop;

pub(crate) fn run(arguments: &Completions) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "cmp-host", &mut script);
    commands::print(&String::from_utf8_lossy(&script))
}
