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
mod sandbox;
mod turns;
#[path = "../../../tests/support"]
mod support {
    pub(crate) mod project;
    pub(crate) mod wat_guest;
}

use std::process::ExitCode;

/// A figure, and the most that it may be.
struct Goal {
    what: &'static str,
    measured: f64,
    unit: &'static str,
    at_most: f64,
}

fn main() -> ExitCode {
    match measure() {
        Ok(goals) => report(&goals),
        Err(error) => {
            println!("cannot measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> anyhow::Result<Vec<Goal>> {
    let mut goals = process::goals()?;
    goals.extend(sandbox::goals()?);
    goals.extend(loading::goals()?);
    goals.extend(many::goals()?);
    Ok(goals)
}

fn report(goals: &[Goal]) -> ExitCode {
    for Goal { what, measured, unit, at_most } in goals {
        let verdict = if measured <= at_most { "ok    " } else { "MISSED" };
        println!("{verdict} {what}: {measured:.3}{unit} (at most {at_most}{unit})");
    }
    if goals.iter().all(|it| it.measured <= it.at_most) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
