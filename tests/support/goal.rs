//! What both benchmarks end with: each figure beside the most that it may be, and an exit code that says whether all hold.

use std::process::ExitCode;

/// A figure, and the most that it may be.
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) measured: f64,
    pub(crate) unit: &'static str,
    pub(crate) at_most: f64,
}

/// Prints what was measured, or why nothing was.
pub(crate) fn conclude(measured: anyhow::Result<Vec<Goal>>) -> ExitCode {
    match measured {
        Ok(goals) => report(&goals),
        Err(error) => {
            println!("cannot measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn report(goals: &[Goal]) -> ExitCode {
    for Goal { what, measured, unit, at_most } in goals {
        let verdict = if measured <= at_most { "ok    " } else { "MISSED" };
        println!("{verdict} {what}: {measured:.3}{unit} (at most {at_most}{unit})");
    }
    if goals.iter().all(|it| it.measured <= it.at_most) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
