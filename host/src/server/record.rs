//! What the log and the metrics say of a call: who asked, what was found out, and how it ended.

use std::sync::{Arc, OnceLock};

use tonic::Code;
use tracing::Level;

use crate::guest::Meter;
use crate::printable;
use crate::server::deadline::{Phase, Stopwatch};
use crate::server::metrics::Metrics;
use crate::server::status::Refusal;
use crate::server::stream::Metadata;
use crate::tree::archive::Counts;

/// What a line of the log says of a call.
pub(crate) struct Record {
    call: &'static str,
    application: String,
    project: String,
    revision: String,
    traceparent: String,
    pub(crate) found: Arc<Found>,
    pub(crate) manifests: usize,
}

/// What the thread of a call finds out. The call reads it from there, as it may end before its thread does.
#[derive(Debug)]
pub(crate) struct Found {
    metrics: Arc<Metrics>,
    /// The digest of the archive, once it is known to be the one that was announced.
    archive: OnceLock<String>,
    counts: OnceLock<Counts>,
    guest: OnceLock<String>,
    /// Known once the guest has ended by itself.
    fuel: OnceLock<u64>,
}

/// How a call ended.
pub(crate) struct Ending {
    pub(crate) code: Code,
    name: String,
    text: String,
    is_for_operators: bool,
}

impl Record {
    pub(crate) fn new(call: &'static str, traceparent: &str, metrics: &Arc<Metrics>) -> Record {
        Record {
            call,
            application: String::new(),
            project: String::new(),
            revision: String::new(),
            traceparent: shown(traceparent),
            found: Arc::new(Found::new(metrics)),
            manifests: 0,
        }
    }

    /// Who asks, and for what.
    pub(crate) fn note(&mut self, metadata: &Metadata) {
        let variable = |name| shown(metadata.variable(name).unwrap_or_default());
        self.application = shown(metadata.application());
        self.project = variable("ARGOCD_APP_PROJECT_NAME");
        self.revision = variable("ARGOCD_APP_REVISION");
    }

    /// Writes the line. What the spec's team must mend, and what its caller did not wait for, is nothing to warn of.
    pub(crate) fn write_down(&self, ending: &Ending, watch: &Stopwatch, archive_bytes: u64) {
        let Record { call, application, project, revision, traceparent, manifests, found } = self;
        let milliseconds = |phase| u64::try_from(watch.spent(phase).as_millis()).unwrap_or(u64::MAX);
        // The level is a part of the place in the code.
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    call,
                    code = ending.name,
                    application,
                    project,
                    revision,
                    traceparent,
                    guest = found.guest(),
                    archive = found.archive(),
                    queue_ms = milliseconds(Phase::Queue),
                    receive_ms = milliseconds(Phase::Receive),
                    guest_ms = milliseconds(Phase::Guest),
                    archive_bytes,
                    entries = found.counts().entries,
                    fuel = found.fuel.get(),
                    manifests,
                    "{}",
                    ending.text
                )
            };
        }
        if ending.is_for_operators {
            line!(Level::WARN);
        } else {
            line!(Level::INFO);
        }
    }
}

/// What a caller chooses, cut as all that is logged: a variable may have mebibytes.
fn shown(text: &str) -> String {
    printable::line(text).into_owned()
}

impl Found {
    fn new(metrics: &Arc<Metrics>) -> Found {
        Found {
            metrics: Arc::clone(metrics),
            archive: OnceLock::new(),
            counts: OnceLock::new(),
            guest: OnceLock::new(),
            fuel: OnceLock::new(),
        }
    }

    /// What came out of the archive, whether it is taken or not.
    pub(crate) fn note_counts(&self, counts: Counts) {
        self.metrics.count_unpacked(counts);
        self.counts.get_or_init(|| counts);
    }

    /// The archive is the one of this digest.
    pub(crate) fn note_archive(&self, digest: &str) {
        self.archive.get_or_init(|| digest.to_owned());
    }

    /// It is this guest that will be asked.
    pub(crate) fn note_guest(&self, digest: &str) {
        self.guest.get_or_init(|| digest.to_owned());
    }

    /// The guest has ended, or was ended. It is counted here, and not where the answer is awaited: nobody awaits that of a
    /// guest which outlasts its caller.
    pub(crate) fn note_use(&self, meter: &Meter) {
        self.metrics.count_guest(meter);
        if let Some(fuel) = meter.whole_fuel() {
            self.fuel.get_or_init(|| fuel);
        }
    }

    fn archive(&self) -> &str {
        self.archive.get().map_or("", String::as_str)
    }

    fn guest(&self) -> &str {
        self.guest.get().map_or("", String::as_str)
    }

    fn counts(&self) -> Counts {
        self.counts.get().copied().unwrap_or_default()
    }
}

impl Ending {
    pub(crate) fn of<T>(outcome: Result<&T, &Refusal>) -> Ending {
        match outcome {
            Ok(_) => Ending {
                code: Code::Ok,
                name: String::from("OK"),
                text: String::from("answered"),
                is_for_operators: false,
            },
            Err(refusal) => Ending::refused(refusal),
        }
    }

    /// Its own call is over before it is answered: it was dropped by its caller, or by a bug.
    pub(crate) fn dropped() -> Ending {
        let is_bug = std::thread::panicking();
        Ending::refused(&if is_bug { Refusal::panicked() } else { Refusal::cancelled() })
    }

    fn refused(refusal: &Refusal) -> Ending {
        Ending {
            code: refusal.code,
            name: refusal.name.clone(),
            text: refusal.first_line().to_owned(),
            is_for_operators: refusal.is_for_operators,
        }
    }
}
