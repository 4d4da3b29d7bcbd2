//! Rivals that take turns, and what each of them takes in the middle.

use std::time::{Duration, Instant};

/// Runs both in turns, and returns the median of each in seconds.
pub(crate) fn medians(rounds: usize, mut first: impl FnMut(), mut second: impl FnMut()) -> (f64, f64) {
    let medians = each(rounds, 2, |it| if it == 0 { first() } else { second() });
    (medians[0], medians[1])
}

/// The same for any number of rivals.
pub(crate) fn each(rounds: usize, rivals: usize, mut run: impl FnMut(usize)) -> Vec<f64> {
    let mut times = vec![Vec::new(); rivals];
    for _ in 0..rounds {
        for (rival, times) in times.iter_mut().enumerate() {
            let start = Instant::now();
            run(rival);
            times.push(start.elapsed());
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
