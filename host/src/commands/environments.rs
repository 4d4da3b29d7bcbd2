//! `environments`: what `--env` may be.

use crate::cli::Environments;
use crate::commands::{self, Stop};
use crate::guest::Budget;
use crate::printable;
use crate::request::Rejection;

pub(crate) fn run(arguments: &Environments) -> Result<(), Stop> {
    let budget = Budget::default();
    let guest = commands::default_guest()?;
    let files = commands::read_files(guest, &arguments.place, &budget)?;
    match guest.environments(&files, &budget)? {
        Ok(names) => {
            let lines: String = names.iter().map(|it| printable::line(it) + "\n").collect();
            Ok(commands::print(&lines)?)
        }
        Err(problems) => Err(Rejection { files, problems }.into()),
    }
}
