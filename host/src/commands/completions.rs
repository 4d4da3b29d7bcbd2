//! `completions`: a script for a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::{Cli, Completions};
use crate::commands;
use crate::stop::Stop;

pub(crate) fn run(arguments: &Completions) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "cmp-host", &mut script);
    let script = String::from_utf8_lossy(&script);
    match arguments.shell {
        Shell::Bash => commands::print(&script.replace(MISSPELT, STATE)),
        _ => commands::print(&script),
    }
}

/// How the script for bash calls the state in which no verb has been read yet; verbs are added to it.
const STATE: &str = "cmp__host";
/// What clap_complete calls it where it says what completes a verb, so that nothing ever does: it takes the dash of a program's
/// name for one of a verb's (<https://github.com/clap-rs/clap/issues/6421>). Once that is mended, nothing is replaced.
const MISSPELT: &str = "cmp__subcmd__host";
