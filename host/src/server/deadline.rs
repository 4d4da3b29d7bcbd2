//! Until when a call must be answered, and who used up its time.
//!
//! Argo CD shows an error's text only if it arrives before the caller's deadline. So ours comes a little earlier.

use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::MetadataMap;

/// What an answer needs to arrive.
const MARGIN: Duration = Duration::from_millis(100);
/// Bytes that can be read in a second of an archive that nobody wants any more, with twenty of them at once and two cores that
/// are busy.
const DRAINED: u64 = 4 << 20;
/// For a caller that says nothing. Argo CD's own deadline is a minute, which people raise to three or five.
const LONGEST: Duration = Duration::from_secs(600);

/// When a call must be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    /// What the caller allows, or what we do where that is less or nothing is said.
    pub(crate) allowed: Duration,
    /// When work ends.
    pub(crate) ours: Instant,
    /// When the rest of the stream is not read any further: the answer needs what is left until nobody listens any more.
    pub(crate) last_call: Instant,
}

impl Deadline {
    pub(crate) fn of(metadata: &MetadataMap, arrived: Instant) -> Deadline {
        let header = metadata.get("grpc-timeout").and_then(|it| it.to_str().ok());
        let allowed = header.and_then(timeout).map_or(LONGEST, |it| it.min(LONGEST));
        // A caller with less than that gets half of its time, and the other half to hear of it.
        let margin = MARGIN.min(allowed / 2);
        Deadline { allowed, ours: arrived + allowed - margin, last_call: arrived + allowed - margin / 2 }
    }

    /// Until when a call may wait for its place. All of its archive is still to come then, and must be read before the answer
    /// is: Argo CD shows `EOF` of a server that answers before.
    pub(crate) fn of_queue(&self, archive: u64) -> Instant {
        let drain = Duration::from_millis(archive.saturating_mul(1_000) / DRAINED);
        self.ours - drain.min(self.allowed / 4)
    }
}

/// gRPC's form: at most eight digits and a unit.
fn timeout(header: &str) -> Option<Duration> {
    let (digits, unit) = header.split_at_checked(header.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// What a call spends its time with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Waiting for a place.
    Queue,
    /// Receiving the archive.
    Receive,
    /// Running the guest.
    Guest,
}

/// Adds up the time of each phase.
#[derive(Clone, Debug)]
pub(crate) struct Stopwatch {
    phase: Phase,
    since: Instant,
    spent: [Duration; 3],
}

impl Stopwatch {
    pub(crate) fn start(arrived: Instant) -> Stopwatch {
        Stopwatch { phase: Phase::Queue, since: arrived, spent: [Duration::ZERO; 3] }
    }

    /// Ends the phase before.
    pub(crate) fn enter(&mut self, phase: Phase) {
        let now = Instant::now();
        self.spent[self.phase as usize] += now - self.since;
        (self.phase, self.since) = (phase, now);
    }

    /// Ends the last phase.
    pub(crate) fn stop(&mut self) {
        self.enter(self.phase);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    pub(crate) fn spent(&self, phase: Phase) -> Duration {
        self.spent[phase as usize]
    }

    /// Who ran out of time, for people.
    pub(crate) fn account(&self) -> String {
        let milliseconds = |phase| self.spent(phase).as_millis();
        format!(
            "{} ms in the queue, {} ms receiving the archive, {} ms in the guest",
            milliseconds(Phase::Queue),
            milliseconds(Phase::Receive),
            milliseconds(Phase::Guest)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        assert_eq!(timeout("59999m"), Some(Duration::from_millis(59_999)));
        assert_eq!(timeout("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        assert_eq!(timeout("0n"), Some(Duration::ZERO));
        for wrong in ["", "m", "5", "-1S", "+1S", "123456789S", "1ä", "1s"] {
            assert_eq!(timeout(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn ours_comes_before_the_callers() {
        let arrived = Instant::now();
        let of = |header: &'static str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("grpc-timeout", header.parse().unwrap());
            let it = Deadline::of(&metadata, arrived);
            assert_eq!(it.allowed, (it.ours - arrived) + (it.last_call - it.ours) * 2);
            ((it.ours - arrived).as_micros(), (it.last_call - arrived).as_micros())
        };
        assert_eq!(of("60S"), (59_900_000, 59_950_000));
        assert_eq!(of("50m"), (25_000, 37_500));
        assert_eq!(of("0m"), (0, 0));
        assert_eq!(of("99H"), (599_900_000, 599_950_000));
        assert_eq!(Deadline::of(&MetadataMap::new(), arrived).allowed, LONGEST);
    }

    #[tokio::test]
    async fn a_large_archive_leaves_less_time_to_wait() {
        let arrived = Instant::now();
        let deadline = Deadline::of(&MetadataMap::new(), arrived);
        let earlier = |archive| (deadline.ours - deadline.of_queue(archive)).as_millis();
        assert_eq!([0, 1 << 20, 8 << 20].map(earlier), [0, 250, 2_000]);
        assert_eq!(earlier(u64::MAX), LONGEST.as_millis() / 4);
    }
}
