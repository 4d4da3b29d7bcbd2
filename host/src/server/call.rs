//! One call from its first message to its last word: its time, its stream, and what is written down about it.
//!
//! It is written down when it is dropped, since a caller that goes away takes the call with it.

use std::sync::Arc;

use tokio::time::Instant;
use tokio::time::error::Elapsed;
use tonic::{Request, Streaming};

use crate::server::deadline::{Deadline, Phase, Stopwatch};
use crate::server::metrics::Metrics;
use crate::server::proto::plugin::AppStreamRequest;
use crate::server::record::{Ending, Record};
use crate::server::status::Refusal;
use crate::server::stream::Upload;

/// The call whose time is measured; others are instant.
pub(crate) const RENDER: &str = "GenerateManifest";

/// A call that is not answered yet.
pub(crate) struct Call {
    pub(crate) upload: Upload,
    pub(crate) deadline: Deadline,
    pub(crate) watch: Stopwatch,
    pub(crate) record: Record,
    name: &'static str,
    metrics: Arc<Metrics>,
    /// None until it has one.
    ending: Option<Ending>,
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
            record: Record::new(name, traceparent.unwrap_or_default(), metrics),
            name,
            metrics: Arc::clone(metrics),
            ending: None,
            upload: Upload::new(request.into_inner()),
        }
    }

    /// Reads what the caller still sends, and gives the answer back.
    pub(crate) async fn end<T>(mut self, outcome: Result<Result<T, Refusal>, Elapsed>) -> Result<T, Refusal> {
        self.watch.stop();
        let outcome = outcome.unwrap_or_else(|_| Err(self.late()));
        self.upload.drain(self.deadline.last_call).await;
        self.ending = Some(Ending::of(outcome.as_ref()));
        outcome
    }

    /// Its time is over.
    pub(crate) fn late(&mut self) -> Refusal {
        self.watch.stop();
        Refusal::late(&self.deadline, &self.watch)
    }

    /// What a render took: each phase that it came to, in time or not.
    fn observe(&self) {
        let reached =
            [Phase::Queue, Phase::Receive, Phase::Guest].into_iter().filter(|it| *it <= self.watch.phase());
        reached.for_each(|it| self.metrics.observe(it, self.watch.spent(it)));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let ending = self.ending.take().unwrap_or_else(|| {
            self.watch.stop();
            Ending::dropped()
        });
        self.record.write_down(&ending, &self.watch, self.upload.received());
        if self.name == RENDER {
            self.observe();
        }
        self.metrics.archive_bytes.inc_by(self.upload.received());
        self.metrics.in_flight.dec();
        self.metrics.count(self.name, ending.code);
    }
}

#[cfg(test)]
mod tests {
    use tonic::codec::{Codec, Streaming};
    use tonic_prost::ProstCodec;

    use super::*;
    use crate::server::queue::Queue;

    fn begin(metrics: &Arc<Metrics>) -> Call {
        let decoder = ProstCodec::<AppStreamRequest, AppStreamRequest>::default().decoder();
        let stream = Streaming::new_request(decoder, tonic::body::Body::empty(), None, None);
        Call::begin(RENDER, Request::new(stream), metrics)
    }

    #[tokio::test]
    async fn a_call_counts_as_what_its_caller_sees() {
        let metrics = Arc::new(Metrics::new(Queue::new(1, 1)));
        begin(&metrics).end(Ok(Ok(()))).await.unwrap();
        begin(&metrics).end::<()>(Ok(Err(Refusal::protocol("it is not")))).await.unwrap_err();
        drop(begin(&metrics));
        let call = begin(&metrics);
        let panicking = tokio::spawn(async move {
            let _call = call;
            panic!("a bug");
        });
        assert!(panicking.await.unwrap_err().is_panic());
        let page = metrics.page();
        for code in ["OK", "INVALID_ARGUMENT", "CANCELLED", "INTERNAL"] {
            let line = format!("cmp_host_requests_total{{call=\"GenerateManifest\",code=\"{code}\"}} 1\n");
            assert!(page.contains(&line), "{line} {page}");
        }
        assert!(page.contains("cmp_host_requests_in_flight 0\n"), "{page}");
    }
}
