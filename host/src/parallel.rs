//! Work on all cores, with results in the order of what was worked on: who is faster never shows.

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Cores that this process may use. They are counted once: what is set up for each must be enough for all who ask later.
pub(crate) fn cores() -> usize {
    static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    *CORES
}

/// Gives each core a worker that takes one number below `count` after the other, and returns what all of them made, in the
/// order of the numbers. A worker opens what threads cannot share; what it cannot open is its error. It ends at its first
/// error, and of all workers' errors that of the lowest number is told: numbers are given out in order, so it is the one that a
/// single worker would have met.
pub(crate) fn work<T: Send, E: Send>(
    count: usize,
    worker: impl Fn(&mut dyn Iterator<Item = usize>) -> Result<Vec<T>, E> + Sync,
) -> Result<Vec<T>, E> {
    let next = AtomicUsize::new(0);
    let workers = cores().min(count.max(1));
    let run = || {
        let mut taken = Vec::new();
        let made = worker(&mut std::iter::from_fn(|| {
            let number = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|it| *it < count);
            taken.extend(number);
            number
        }));
        match made {
            Ok(made) => Ok(taken.into_iter().zip(made).collect::<Vec<_>>()),
            Err(error) => Err((taken.last().copied(), error)),
        }
    };
    let ended = if workers == 1 { vec![run()] } else { side_by_side(workers, &run) };
    together(ended)
}

/// What a worker made, or the number at which it ended; none if it could not begin.
type Ended<T, E> = Result<Vec<(usize, T)>, (Option<usize>, E)>;

fn together<T, E>(ended: Vec<Ended<T, E>>) -> Result<Vec<T>, E> {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for worker in ended {
        match worker {
            Ok(made) => all.extend(made),
            Err(error) => errors.push(error),
        }
    }
    if let Some((_, error)) = errors.into_iter().min_by_key(|it| it.0) {
        return Err(error);
    }
    all.sort_by_key(|it| it.0);
    Ok(all.into_iter().map(|it| it.1).collect())
}

/// A worker that panics makes its caller panic, as it would on one core.
fn side_by_side<T: Send>(workers: usize, run: &(impl Fn() -> T + Sync)) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended.map(|it| it.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
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
    fn the_error_that_is_told_does_not_depend_on_who_is_faster() {
        for _ in 0..1000 {
            let made = work(64, |numbers| {
                numbers.map(|it| if it < 3 { Ok(it) } else { Err(it) }).collect::<Result<Vec<_>, _>>()
            });
            assert_eq!(made, Err(3));
        }
    }

    #[test]
    fn what_a_worker_cannot_open_is_told() {
        assert_eq!(work(9, |_| Err::<Vec<()>, _>("no")), Err("no"));
    }
}
