//! `doctor`: whether a set-up for the server can work, a line for each thing.

use std::path::Path;

use crate::cli::Doctor;
use crate::commands::{self, Stop};
use crate::doctor::{self, Finding, Setup};

pub(crate) fn run(config: Option<&Path>, arguments: &Doctor) -> Result<(), Stop> {
    let findings = doctor::examine(&Setup {
        plugin: arguments.plugin.config_dir_path.clone(),
        sockets: commands::sockets(&arguments.plugin),
        mode: arguments.socket_mode,
        config: config.map(Path::to_owned),
    });
    commands::print(&findings.iter().map(Finding::line).collect::<String>())?;
    match findings.iter().filter(|it| !it.is_good()).count() {
        0 => Ok(()),
        n_bad => Err(Stop::Unwell {
            message: format!("{n_bad} of {} checks failed", findings.len()),
            help: String::from("each line that begins with FAIL ends with what to do"),
        }),
    }
}
