//! What operators see from outside: counters and histograms in Prometheus' text form.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::guest::{CodeOrigin, Meter};
use crate::server::deadline::Phase;
use crate::server::queue::Queue;
use crate::tree::archive::Counts;

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    queue: Queue,
    requests: Family<RequestLabels, Counter>,
    pub(crate) in_flight: Gauge,
    waiting: Gauge,
    queue_time: Histogram,
    receive_time: Histogram,
    guest_time: Histogram,
    pub(crate) archive_bytes: Counter,
    unpacked_bytes: Counter,
    entries: Counter,
    fuel: Counter,
    guest_memory: Histogram,
    pub(crate) manifests: Counter,
    pub(crate) panics: Counter,
    reloads: Family<ReloadLabels, Counter>,
    last_reload: Gauge,
    guests: Gauge,
    loads: Family<LoadLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    call: &'static str,
    /// gRPC's, as its own words spell it: `OK`, `INVALID_ARGUMENT`.
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    outcome: &'static str,
}

impl ReloadLabels {
    const ALL: [ReloadLabels; 2] = [ReloadLabels { outcome: "loaded" }, ReloadLabels { outcome: "refused" }];
}

/// Where the code of a guest came from when it was loaded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LoadLabels {
    code: &'static str,
}

impl LoadLabels {
    fn of(origin: CodeOrigin) -> LoadLabels {
        LoadLabels {
            code: match origin {
                CodeOrigin::Program => "shipped",
                CodeOrigin::Cache => "cached",
                CodeOrigin::Compiler => "compiled",
            },
        }
    }
}

impl Metrics {
    pub(crate) fn new(queue: Queue) -> Metrics {
        let times = || Histogram::new(exponential_buckets(0.0005, 2.0, 18));
        let mut metrics = Metrics {
            registry: Registry::with_prefix("cmp_host"),
            queue,
            requests: Family::default(),
            in_flight: Gauge::default(),
            waiting: Gauge::default(),
            queue_time: times(),
            receive_time: times(),
            guest_time: times(),
            archive_bytes: Counter::default(),
            unpacked_bytes: Counter::default(),
            entries: Counter::default(),
            fuel: Counter::default(),
            guest_memory: Histogram::new(exponential_buckets(f64::from(1 << 20), 2.0, 9)),
            manifests: Counter::default(),
            panics: Counter::<u64, AtomicU64>::default(),
            reloads: Family::default(),
            last_reload: Gauge::default(),
            guests: Gauge::default(),
            loads: Family::default(),
        };
        metrics.register_calls();
        metrics.register_work();
        metrics
    }

    fn register_calls(&mut self) {
        let Metrics { registry, .. } = self;
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program's version", version);
        registry.register("requests", "Calls that ended, by call and status code", self.requests.clone());
        registry.register("requests_in_flight", "Calls that are not answered yet", self.in_flight.clone());
        registry.register("requests_waiting", "Calls that wait for a place", self.waiting.clone());
        registry.register("panics", "Calls given up because of a bug of the host", self.panics.clone());
        registry.register(
            "reloads",
            "Loadings of the operator's file and its guests, by outcome",
            self.reloads.clone(),
        );
        // Both are there from the start: Prometheus sees no step in a series that begins with its first step.
        ReloadLabels::ALL.iter().for_each(|it| drop(self.reloads.get_or_create(it)));
        registry.register(
            "last_reload_successful",
            "1 if what the operator's file says is in force, 0 if the last file was refused",
            self.last_reload.clone(),
        );
        self.last_reload.set(1);
        registry.register("guests", "Guests that are loaded", self.guests.clone());
        let help = "Guests that were loaded since the start, by where their code came from";
        registry.register("guest_loads", help, self.loads.clone());
        [CodeOrigin::Program, CodeOrigin::Cache, CodeOrigin::Compiler]
            .iter()
            .for_each(|it| drop(self.loads.get_or_create(&LoadLabels::of(*it))));
    }

    fn register_work(&mut self) {
        let Metrics { registry, .. } = self;
        let mut time = |name: &str, help: &str, it: &Histogram| {
            registry.register_with_unit(name, help, Unit::Seconds, it.clone());
        };
        time("queue", "Time that a render waited for its place", &self.queue_time);
        time("receive", "Time until a render's archive was there", &self.receive_time);
        time("guest", "Time in the guest and with its files and manifests", &self.guest_time);
        let mut bytes = |name: &str, help: &str, it: &Counter| {
            registry.register_with_unit(name, help, Unit::Bytes, it.clone());
        };
        bytes(
            "archive",
            "Compressed bytes of archives that were received, taken or not",
            &self.archive_bytes,
        );
        bytes("archive_unpacked", "Bytes of archives after unpacking", &self.unpacked_bytes);
        registry.register("archive_entries", "Entries of archives", self.entries.clone());
        registry.register(
            "guest_fuel",
            "Fuel that guests have used; that of a guest which was interrupted is not known",
            self.fuel.clone(),
        );
        registry.register_with_unit(
            "guest_memory",
            "The most memory that a guest had during a render",
            Unit::Bytes,
            self.guest_memory.clone(),
        );
        registry.register("manifests", "Manifests that were given out", self.manifests.clone());
    }

    pub(crate) fn count(&self, call: &'static str, code: tonic::Code) {
        let code = spelt(code).to_owned();
        self.requests.get_or_create(&RequestLabels { call, code }).inc();
    }

    /// What came out of an archive. What was sent of it is counted where it is received.
    pub(crate) fn count_unpacked(&self, counts: Counts) {
        self.unpacked_bytes.inc_by(counts.unpacked);
        self.entries.inc_by(counts.entries);
    }

    /// How long a render was in a phase, in seconds, as Prometheus counts.
    pub(crate) fn observe(&self, phase: Phase, time: Duration) {
        let histogram = match phase {
            Phase::Queue => &self.queue_time,
            Phase::Receive => &self.receive_time,
            Phase::Guest => &self.guest_time,
        };
        histogram.observe(time.as_secs_f64());
    }

    /// What a render's guest has used.
    pub(crate) fn count_guest(&self, meter: &Meter) {
        self.fuel.inc_by(meter.fuel());
        // No guest is without memory: where there is none, none has run.
        if meter.memory() > 0 {
            self.guest_memory.observe(meter.memory() as f64);
        }
    }

    /// The guests that are in force from now on, and where each was taken from.
    pub(crate) fn count_loaded(&self, origins: impl Iterator<Item = CodeOrigin>) {
        let mut n_guests = 0;
        for origin in origins {
            n_guests += 1;
            self.loads.get_or_create(&LoadLabels::of(origin)).inc();
        }
        self.guests.set(n_guests);
    }

    pub(crate) fn count_reload(&self, is_good: bool) {
        let [loaded, refused] = ReloadLabels::ALL;
        self.reloads.get_or_create(if is_good { &loaded } else { &refused }).inc();
        self.last_reload.set(i64::from(is_good));
    }

    /// The page that Prometheus reads.
    pub(crate) fn page(&self) -> String {
        self.waiting.set(i64::try_from(self.queue.waiting()).unwrap_or(i64::MAX));
        let mut page = String::new();
        prometheus_text::encode(&mut page, &self.registry).expect("a string takes every text");
        page
    }
}

fn spelt(code: tonic::Code) -> &'static str {
    use tonic::Code;
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
