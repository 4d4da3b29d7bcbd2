//! Work on all cores, with results in the order of what was worked on: who is faster never shows.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Gives each core a worker that takes one number below `count` after the other, and returns what all of them made, in the
/// order of the numbers. A worker opens what threads cannot share; what it cannot open is its error.
pub(crate) fn work<T: Send, E: Send>(
    count: usize,
    worker: impl Fn(&mut dyn Iterator<Item = usize>) -> Result<Vec<T>, E> + Sync,
) -> Result<Vec<T>, E> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(count.max(1));
    let run = || {
        let mut taken = Vec::new();
        let made = worker(&mut std::iter::from_fn(|| {
            let number = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|it| *it < count);
            taken.extend(number);
            number
        }))?;
        Ok(taken.into_iter().zip(made).collect::<Vec<_>>())
    };
    let mut made = if workers == 1 { run()? } else { side_by_side(workers, &run)? };
    made.sort_by_key(|it| it.0);
    Ok(made.into_iter().map(|it| it.1).collect())
}

/// A worker that panics makes its caller panic, as it would on one core.
fn side_by_side<T: Send, E: Send>(
    workers: usize,
    run: &(impl Fn() -> Result<Vec<T>, E> + Sync),
) -> Result<Vec<T>, E> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_order_of_the_work() {
        for count in [0, 1, 2, 1000] {
            let made = work(count, |numbers| Ok::<_, ()>(numbers.map(|it| it * 2).collect()));
            assert_eq!(made, Ok((0..count).map(|it| it * 2).collect()));
        }
    }

    #[test]
    fn what_a_worker_cannot_open_is_told() {
        assert_eq!(work(9, |_| Err::<Vec<()>, _>("no")), Err("no"));
    }
}
