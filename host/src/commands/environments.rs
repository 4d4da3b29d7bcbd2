//! `environments`: what `--env` may be.

use crate::cli::Environments;
use crate::commands::{self, question};
use crate::config::Config;
use crate::parameters::Given;
use crate::printable;
use crate::problem::Rejection;
use crate::question::Question;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Environments) -> Result<(), Stop> {
    let asked = question::ask(config, &arguments.place, &Given::default())?;
    let Question { guest, files, budget, .. } = asked;
    match guest.environments(&files, &budget)? {
        Ok(names) => {
            let lines: String = names.iter().map(|it| printable::line(it) + "\n").collect();
            commands::print(&lines)
        }
        Err(problems) => Err(Rejection { files, problems }.into()),
    }
}
