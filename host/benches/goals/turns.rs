//! Two rivals that take turns, and what each of them takes in the middle.

use std::time::{Duration, Instant};

/// Runs both in turns, and returns the median of each in seconds.
pub(crate) fn medians(rounds: usize, mut first: impl FnMut(), mut second: impl FnMut()) -> (f64, f64) {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        firsts.push(time(&mut first));
        seconds.push(time(&mut second));
    }
    (median(firsts), median(seconds))
}

fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
