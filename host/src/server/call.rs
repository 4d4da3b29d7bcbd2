//! One call from its first message to its last word: its time, its stream, and what is written down about it.

use std::sync::Arc;

use tokio::time::Instant;
use tokio::time::error::Elapsed;
use tonic::{Code, Request, Streaming};

use crate::server::deadline::{Deadline, Phase, Stopwatch};
use crate::server::metrics::Metrics;
use crate::server::proto::plugin::AppStreamRequest;
use crate::server::status::Refusal;
use crate::server::stream::{Metadata, Upload};
use crate::tree::archive::Counts;

/// A call that is not answered yet.
pub(crate) struct Call {
    pub(crate) upload: Upload,
    pub(crate) deadline: Deadline,
    pub(crate) watch: Stopwatch,
    pub(crate) record: Record,
    open: Open,
}

/// What the log says of a render.
#[derive(Debug, Default)]
pub(crate) struct Record {
    application: String,
    project: String,
    revision: String,
    traceparent: String,
    pub(crate) guest: String,
    archive_bytes: u64,
    entries: u64,
    pub(crate) fuel: u64,
    pub(crate) manifests: usize,
}

/// Counts a call as in flight, and counts how it ended: without a word, if its caller went away.
struct Open {
    name: &'static str,
    metrics: Arc<Metrics>,
    code: Code,
}

impl Call {
    pub(crate) fn begin(
        name: &'static str,
        request: Request<Streaming<AppStreamRequest>>,
        metrics: &Arc<Metrics>,
    ) -> Call {
        let arrived = Instant::now();
        metrics.in_flight.inc();
        let traceparent = request.metadata().get("traceparent").and_then(|it| it.to_str().ok());
        Call {
            deadline: Deadline::of(request.metadata(), arrived),
            watch: Stopwatch::start(arrived),
            record: Record { traceparent: traceparent.unwrap_or_default().to_owned(), ..Record::default() },
            open: Open { name, metrics: Arc::clone(metrics), code: Code::Cancelled },
            upload: Upload::new(request.into_inner()),
        }
    }

    /// Reads what the caller still sends, writes down how the call ended, and gives the answer back.
    pub(crate) async fn end<T>(mut self, outcome: Result<Result<T, Refusal>, Elapsed>) -> Result<T, Refusal> {
        self.watch.stop();
        let outcome = outcome.unwrap_or_else(|_| Err(Refusal::late(&self.deadline, &self.watch)));
        self.upload.drain(self.deadline.last_call).await;
        self.open.code = outcome.as_ref().err().map_or(Code::Ok, |it| it.code);
        self.write_down(outcome.as_ref().err());
        outcome
    }

    fn write_down(&self, refusal: Option<&Refusal>) {
        let Record { application, project, revision, traceparent, guest, .. } = &self.record;
        let milliseconds = |phase| u64::try_from(self.watch.spent(phase).as_millis()).unwrap_or(u64::MAX);
        let text = refusal.map_or("", Refusal::first_line);
        tracing::info!(
            call = self.open.name,
            code = refusal.map_or("OK", |it| it.name.as_str()),
            application,
            project,
            revision,
            traceparent,
            guest,
            queue_ms = milliseconds(Phase::Queue),
            receive_ms = milliseconds(Phase::Receive),
            guest_ms = milliseconds(Phase::Guest),
            archive_bytes = self.record.archive_bytes,
            entries = self.record.entries,
            fuel = self.record.fuel,
            manifests = self.record.manifests,
            "{}",
            if text.is_empty() { "answered" } else { text }
        );
    }

    /// Adds what a render took to the metrics, each phase that it came to, in time or not.
    pub(crate) fn observe(&mut self) {
        self.watch.stop();
        let reached =
            [Phase::Queue, Phase::Receive, Phase::Guest].into_iter().filter(|it| *it <= self.watch.phase());
        reached.for_each(|it| self.open.metrics.observe(it, self.watch.spent(it)));
    }
}

impl Record {
    /// Who asks, and for what.
    pub(crate) fn note(&mut self, metadata: &Metadata) {
        let variable = |name| metadata.variable(name).unwrap_or_default().to_owned();
        self.application = metadata.application().to_owned();
        self.project = variable("ARGOCD_APP_PROJECT_NAME");
        self.revision = variable("ARGOCD_APP_REVISION");
    }

    pub(crate) fn note_archive(&mut self, counts: Counts) {
        (self.archive_bytes, self.entries) = (counts.compressed, counts.entries);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
        self.metrics.count(self.name, self.code);
    }
}
