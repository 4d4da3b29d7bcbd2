//! Who may run next: so many places, and before them a line for each Application that waits.
//!
//! Nobody is turned away: Argo CD remembers an error for an hour, and a wait only as long as it lasts. The lines take
//! turns, so that an Application that asks a hundred times holds nobody else up; within a line, first come, first served.
//! And no Application has more than its share of the places, even while nobody else asks: guests that compute for as long
//! as they may would fill them all, and the next to come would wait for one to end.
//! How long somebody waits is the caller's to say, by dropping what waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A queue; clones are the same one.
#[derive(Clone, Debug)]
pub struct Queue {
    lines: Arc<Mutex<Lines>>,
}

/// A place, until it is dropped: then it is the next one's.
#[derive(Debug)]
#[must_use = "a place that is dropped is given on"]
pub struct Place {
    queue: Queue,
    application: Arc<str>,
}

/// A place is free only while nobody waits who may have it: one that is left goes to the next at once.
#[derive(Debug)]
struct Lines {
    free: usize,
    /// How many places one Application may have.
    share: usize,
    /// The places of each Application; none has none.
    held: BTreeMap<Arc<str>, usize>,
    /// Those who wait, by Application. No line is empty.
    waiting: BTreeMap<Arc<str>, VecDeque<Waiter>>,
    /// The Applications with a line, the next one first.
    turns: VecDeque<Arc<str>>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    place: oneshot::Sender<Place>,
}

impl Queue {
    /// A queue before so many places, of which one Application may have a share; one at least.
    pub fn new(places: usize, share: usize) -> Queue {
        let lines = Lines {
            free: places.max(1),
            share: share.max(1),
            held: BTreeMap::new(),
            waiting: BTreeMap::new(),
            turns: VecDeque::new(),
            next_ticket: 0,
        };
        Queue { lines: Arc::new(Mutex::new(lines)) }
    }

    /// Waits for a place. Whoever drops the future gives his turn on, also if the place was his already.
    pub async fn enter(&self, application: &str) -> Place {
        match self.stand_in_line(application) {
            Ok(place) => place,
            Err(mut waiting) => {
                (&mut waiting.place).await.expect("a waiter leaves its line with a place, or by its own drop")
            }
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.lines().waiting.values().map(VecDeque::len).sum()
    }

    /// A place if there is one, or else one in a line.
    fn stand_in_line(&self, application: &str) -> Result<Place, Waiting> {
        let mut lines = self.lines();
        let application = lines.known(application);
        if lines.free > 0 && lines.has_share_left(&application) {
            lines.take(&application);
            return Ok(Place { queue: self.clone(), application });
        }
        let (sender, place) = oneshot::channel();
        let ticket = lines.push(&application, sender);
        Err(Waiting { queue: self.clone(), application, ticket, place })
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// The name as it is kept already, if it is.
    fn known(&self, application: &str) -> Arc<str> {
        let waiting = self.waiting.get_key_value(application).map(|it| it.0);
        let known = waiting.or_else(|| self.held.get_key_value(application).map(|it| it.0));
        known.map_or_else(|| Arc::from(application), Arc::clone)
    }

    fn has_share_left(&self, application: &Arc<str>) -> bool {
        self.held.get(application).is_none_or(|held| *held < self.share)
    }

    fn take(&mut self, application: &Arc<str>) {
        self.free -= 1;
        *self.held.entry(application.clone()).or_default() += 1;
    }

    fn leave(&mut self, application: &Arc<str>) {
        self.free += 1;
        if let Some(held) = self.held.get_mut(application) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(application);
            }
        }
    }

    fn push(&mut self, application: &Arc<str>, place: oneshot::Sender<Place>) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let line = self.waiting.entry(application.clone()).or_default();
        if line.is_empty() {
            self.turns.push_back(application.clone());
        }
        line.push_back(Waiter { ticket, place });
        ticket
    }

    /// The first of the line whose turn it is and that has a share left; it is then the last to have another turn.
    fn pop(&mut self) -> Option<(Arc<str>, Waiter)> {
        let turn = self.turns.iter().position(|it| self.has_share_left(it))?;
        let application = self.turns.remove(turn)?;
        let line = self.waiting.get_mut(&application)?;
        let waiter = line.pop_front()?;
        if line.is_empty() {
            self.waiting.remove(&application);
        } else {
            self.turns.push_back(application.clone());
        }
        self.take(&application);
        Some((application, waiter))
    }

    fn remove(&mut self, application: &Arc<str>, ticket: u64) {
        let Some(line) = self.waiting.get_mut(application) else { return };
        line.retain(|it| it.ticket != ticket);
        if line.is_empty() {
            self.waiting.remove(application);
            self.turns.retain(|it| it != application);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lines = self.queue.lines();
        lines.leave(&self.application);
        let next = lines.pop();
        drop(lines);
        if let Some((application, waiter)) = next {
            // Whoever has gone in this moment does not take the place, and it is dropped here: once more, for the next.
            drop(waiter.place.send(Place { queue: self.queue.clone(), application }));
        }
    }
}

/// Somebody in a line.
struct Waiting {
    queue: Queue,
    application: Arc<str>,
    ticket: u64,
    /// Dropped last: a place that has come and that nobody took is given on by its own drop.
    place: oneshot::Receiver<Place>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.queue.lines().remove(&self.application, self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    type Entering<'a> = Pin<Box<dyn Future<Output = Place> + 'a>>;

    fn enter<'a>(queue: &'a Queue, application: &'a str) -> Entering<'a> {
        let mut entering: Entering<'a> = Box::pin(queue.enter(application));
        assert!(poll(&mut entering).is_none(), "{application} need not wait");
        entering
    }

    fn poll(entering: &mut Entering<'_>) -> Option<Place> {
        match entering.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    fn take(queue: &Queue) -> Place {
        poll(&mut (Box::pin(queue.enter("first")) as Entering<'_>)).unwrap()
    }

    fn assert_untouched(queue: &Queue, places: usize) {
        let lines = queue.lines();
        assert_eq!(lines.free, places);
        assert!(lines.waiting.is_empty() && lines.turns.is_empty() && lines.held.is_empty(), "{lines:?}");
    }

    /// The order in which they run who have come in this order: each is an Application and a number.
    fn served(queue: &Queue, arrivals: &str) -> String {
        let place = take(queue);
        let arrivals = arrivals.split(' ').map(|it| (it, enter(queue, &it[..1])));
        let mut waiting: Vec<_> = arrivals.collect();
        drop(place);
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let ready = waiting.iter_mut().enumerate();
            let ready = ready.filter_map(|(index, (_, it))| Some((index, poll(it)?))).collect::<Vec<_>>();
            assert_eq!(ready.len(), 1, "one place is one's");
            order.extend(ready.iter().map(|(index, _)| waiting.remove(*index).0));
        }
        order.join(" ")
    }

    #[test]
    fn applications_take_turns_and_each_keeps_its_order() {
        for (arrivals, order) in [
            ("a1", "a1"),
            ("a1 a2 a3", "a1 a2 a3"),
            ("a1 a2 a3 b1", "a1 b1 a2 a3"),
            ("a1 a2 a3 b1 c1 b2", "a1 b1 c1 a2 b2 a3"),
            ("b1 a1 a2 b2 c1", "b1 a1 c1 b2 a2"),
            ("a1 b1 a2 c1 a3 b2", "a1 b1 c1 a2 b2 a3"),
        ] {
            let queue = Queue::new(1, 1);
            assert_eq!(served(&queue, arrivals), order, "{arrivals}");
            assert_untouched(&queue, 1);
        }
    }

    #[test]
    fn as_many_run_as_there_are_places() {
        let queue = Queue::new(2, 2);
        let (one, two) = (take(&queue), take(&queue));
        let mut third = enter(&queue, "a");
        assert_eq!(queue.waiting(), 1);
        drop(one);
        let third = poll(&mut third).unwrap();
        assert_eq!(queue.waiting(), 0);
        drop((two, third));
        assert_untouched(&queue, 2);
        drop(take(&Queue::new(0, 0)));
    }

    #[test]
    fn nobody_has_more_than_a_share() {
        let queue = Queue::new(3, 2);
        let held = (take(&queue), take(&queue));
        let mut third = enter(&queue, "first");
        let other = poll(&mut (Box::pin(queue.enter("other")) as Entering<'_>)).unwrap();
        drop(other);
        assert!(poll(&mut third).is_none(), "a free place is not for who has a share already");
        drop(held.0);
        let third = poll(&mut third).unwrap();
        drop((held.1, third));
        assert_untouched(&queue, 3);
    }

    /// Each of those who wait goes away at each moment: in line, with a place that has come, and with one in hand.
    #[test]
    fn whoever_goes_away_gives_his_turn_on() {
        let names = ["a", "a", "b", "c"];
        for (leaving, n_left) in (0..names.len()).flat_map(|it| (0..=names.len()).map(move |n| (it, n))) {
            let queue = Queue::new(1, 1);
            let mut held = Some(take(&queue));
            let mut waiting: Vec<Option<Entering<'_>>> = names.map(|it| Some(enter(&queue, it))).into();
            for n in 0..names.len() {
                if n == n_left {
                    waiting[leaving] = None;
                }
                drop(held.take());
                if n + 1 == n_left {
                    waiting[leaving] = None;
                }
                held = waiting.iter_mut().find_map(|it| {
                    let place = poll(it.as_mut()?)?;
                    *it = None;
                    Some(place)
                });
            }
            drop(held);
            assert!(
                waiting.iter().all(Option::is_none),
                "{leaving} went at {n_left}, and somebody still waits"
            );
            assert_untouched(&queue, 1);
        }
    }

    #[test]
    fn a_future_that_was_never_asked_is_in_no_line() {
        let queue = Queue::new(1, 1);
        let place = take(&queue);
        drop(queue.enter("a"));
        assert_eq!(queue.waiting(), 0);
        drop(place);
        assert_untouched(&queue, 1);
    }

    #[test]
    fn ten_thousand_comings_and_goings_leave_nothing_behind() {
        const PLACES: usize = 3;
        let queue = Queue::new(PLACES, PLACES);
        let mut chance = Chance::new();
        let mut next = |below: usize| chance.below(below);
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let (mut places, mut waiting): (Vec<Place>, Vec<Entering<'_>>) = (Vec::new(), Vec::new());
        for _ in 0..10_000 {
            match next(5) {
                0 | 1 => waiting.push(Box::pin(queue.enter(names[next(names.len())]))),
                2 if !places.is_empty() => drop(places.swap_remove(next(places.len()))),
                3 if !waiting.is_empty() => drop(waiting.swap_remove(next(waiting.len()))),
                _ => {}
            }
            waiting.retain_mut(|it| match (next(2) == 0).then(|| poll(it)).flatten() {
                Some(place) => {
                    places.push(place);
                    false
                }
                None => true,
            });
            assert!(places.len() <= PLACES && queue.waiting() <= waiting.len());
            assert!(queue.lines().free == 0 || queue.waiting() == 0, "somebody waits before a free place");
        }
        drop((places, waiting));
        assert_untouched(&queue, PLACES);
    }

    /// On real threads, where whoever is not woken never runs again, and some go away while a place comes to them.
    #[test]
    fn everybody_is_woken() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
        let queue = Queue::new(4, 4);
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for index in 0..4_000 {
                let queue = queue.clone();
                tasks.push(tokio::spawn(async move {
                    let place = queue.enter(["a", "b", "c"][index % 3]).await;
                    tokio::task::yield_now().await;
                    drop(place);
                }));
                tasks[index / 2].abort();
            }
            let all = async {
                for task in tasks {
                    assert!(task.await.map_or_else(|it| it.is_cancelled(), |()| true));
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(20), all).await.unwrap();
        });
        assert_untouched(&queue, 4);
    }
}
