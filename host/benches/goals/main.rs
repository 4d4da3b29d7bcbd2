//! The goals of speed and size: ratios that are measured in one run, and an exit code that says whether they hold.
//!
//! A ratio holds on any machine, where a time does not. Rivals take turns, so that whatever slows the machine down slows
//! both. `make bench` runs it.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod limits;
mod loading;
mod many;
mod native;
mod process;
mod repository;
mod sandbox;
mod turns;
#[path = "../../../tests/support"]
mod support {
    pub(crate) mod goal;
    pub(crate) mod project;
    pub(crate) mod wat_guest;
}

use std::process::ExitCode;

use support::goal::{self, Goal};
fn main() -> ExitCode {
    goal::conclude(measure())
}

fn measure() -> anyhow::Result<Vec<Goal>> {
    let mut goals = process::goals()?;
    goals.extend(sandbox::goals()?);
    goals.extend(loading::goals()?);
    goals.extend(many::goals()?);
    goals.extend(repository::goals()?);
    Ok(goals)
}
