//! The four calls of Argo CD's plugin protocol.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::task::JoinSet;
use tokio::time::timeout_at;
use tonic::{Code, Request, Response, Status, Streaming};

use crate::guest::Cancel;
use crate::plugin_yaml::{Discover, Plugin};
use crate::server::announce;
use crate::server::call::{Call, RENDER};
use crate::server::deadline::Phase;
use crate::server::discover;
use crate::server::expand;
use crate::server::metrics::Metrics;
use crate::server::platform::Platform;
use crate::server::proto::plugin::config_management_plugin_service_server::ConfigManagementPluginService;
use crate::server::proto::plugin::{
    AppStreamRequest, CheckPluginConfigurationResponse, ManifestResponse, ParametersAnnouncementResponse,
    RepositoryResponse,
};
use crate::server::proto::repository::ParameterAnnouncement;
use crate::server::queue::Queue;
use crate::server::status::Refusal;
use crate::server::stream::Metadata;
use crate::server::unpack;
use crate::tree::archive::{ArchiveTree, Receiving};

/// What all calls share.
pub(crate) struct Shared {
    pub(crate) plugin: Plugin,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) queue: Queue,
    pub(crate) platform: RwLock<Arc<Platform>>,
}

impl Shared {
    /// Calls that begin from now on have this platform.
    pub(crate) fn take(&self, platform: Platform) {
        self.metrics.count_loaded(platform.origins());
        *self.platform.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(platform);
    }
}

/// Answers calls. A clone is the same service.
#[derive(Clone)]
pub(crate) struct Service(pub(crate) Arc<Shared>);

type Stream = Request<Streaming<AppStreamRequest>>;

#[tonic::async_trait]
impl ConfigManagementPluginService for Service {
    async fn generate_manifest(&self, request: Stream) -> Result<Response<ManifestResponse>, Status> {
        let it = self.clone();
        let manifests = contained(&self.0.metrics, async move {
            let mut call = Call::begin(RENDER, request, &it.0.metrics);
            let outcome = timeout_at(call.deadline.ours, it.render(&mut call)).await;
            call.end(outcome).await
        });
        Ok(Response::new(ManifestResponse { manifests: manifests.await?, source_type: String::new() }))
    }

    async fn check_plugin_configuration(
        &self,
        _request: Request<()>,
    ) -> Result<Response<CheckPluginConfigurationResponse>, Status> {
        self.0.metrics.count("CheckPluginConfiguration", Code::Ok);
        Ok(Response::new(CheckPluginConfigurationResponse {
            is_discovery_configured: self.0.plugin.discover != Discover::Off,
            // Nothing is fetched, so nobody's credentials are wanted, whatever plugin.yaml says.
            provide_git_creds: false,
        }))
    }

    async fn match_repository(&self, request: Stream) -> Result<Response<RepositoryResponse>, Status> {
        let it = self.clone();
        let answer = contained(&self.0.metrics, async move {
            let mut call = Call::begin("MatchRepository", request, &it.0.metrics);
            let outcome = timeout_at(call.deadline.ours, it.matches(&mut call)).await;
            call.end(outcome).await
        });
        Ok(Response::new(answer.await?))
    }

    async fn get_parameters_announcement(
        &self,
        request: Stream,
    ) -> Result<Response<ParametersAnnouncementResponse>, Status> {
        let it = self.clone();
        let parameters = contained(&self.0.metrics, async move {
            let mut call = Call::begin("GetParametersAnnouncement", request, &it.0.metrics);
            let outcome = timeout_at(call.deadline.ours, it.announce(&mut call)).await;
            call.end(outcome).await
        });
        Ok(Response::new(ParametersAnnouncementResponse { parameter_announcements: parameters.await? }))
    }
}

impl Service {
    async fn render(&self, call: &mut Call) -> Result<Vec<String>, Refusal> {
        let metadata = Arc::new(call.upload.metadata().await?);
        let platform = self.platform();
        // If this is dropped, the guest ends; its place is free once it has.
        let cancelling = Cancelling(Cancel::default());
        let (cancel, asked, with) = (cancelling.0.clone(), Arc::clone(&metadata), Arc::clone(&platform));
        let found = Arc::clone(&call.record.found);
        let expand = move |tree: &ArchiveTree| expand::expand(&with, &asked, tree, cancel, &found);
        let manifests = self.with_archive(call, &platform, &metadata, expand).await??;
        call.record.manifests = manifests.len();
        self.0.metrics.manifests.inc_by(manifests.len() as u64);
        Ok(manifests)
    }

    /// Without discovery no archive is looked at, only read to its end.
    async fn matches(&self, call: &mut Call) -> Result<RepositoryResponse, Refusal> {
        let metadata = call.upload.metadata().await?;
        if self.0.plugin.discover == Discover::Off {
            call.record.note(&metadata);
            return Ok(RepositoryResponse { is_supported: false, is_discovery_enabled: false });
        }
        let discover = self.0.plugin.discover.clone();
        let platform = self.platform();
        let matches = move |tree: &ArchiveTree| discover::matches(&discover, tree);
        let found = self.with_archive(call, &platform, &metadata, matches);
        Ok(RepositoryResponse { is_supported: found.await??, is_discovery_enabled: true })
    }

    /// Waits for a place, and does something with the archive once all of it has come and its checksum is right.
    async fn with_archive<T: Send + 'static>(
        &self,
        call: &mut Call,
        platform: &Platform,
        metadata: &Metadata,
        work: impl FnOnce(&ArchiveTree) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        call.record.note(metadata);
        let receiving = Receiving::new(&metadata.folder, &metadata.checksum, &platform.config.limits);
        let receiving = receiving.map_err(|error| Refusal::of_archive(&error))?;
        let entering = self.0.queue.enter(metadata.application());
        let place =
            timeout_at(call.deadline.of_queue(metadata.size), entering).await.map_err(|_| call.late())?;
        call.watch.enter(Phase::Receive);
        let first = unpack::next(&mut call.upload).await?;
        let found = Arc::clone(&call.record.found);
        let (pieces, working) = unpack::on_a_thread(place, receiving, first, found, work);
        pieces.forward(&mut call.upload).await?;
        call.watch.enter(Phase::Guest);
        working.await.map_err(|_| panicked(&self.0.metrics))?
    }

    /// The archive says nothing of parameters: they are the plugin's and the guest's.
    async fn announce(&self, call: &mut Call) -> Result<Vec<ParameterAnnouncement>, Refusal> {
        let metadata = call.upload.metadata().await?;
        call.record.note(&metadata);
        Ok(announce::announcements(&self.0.plugin, self.platform().parameters()))
    }

    fn platform(&self) -> Arc<Platform> {
        Arc::clone(&self.0.platform.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A panic ends its own call. A call that is dropped takes its task with it.
async fn contained<T: Send + 'static>(
    metrics: &Metrics,
    call: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Status> {
    let mut task = JoinSet::new();
    task.spawn(call);
    match task.join_next().await {
        Some(Ok(outcome)) => outcome.map_err(Status::from),
        _ => Err(panicked(metrics).into()),
    }
}

fn panicked(metrics: &Metrics) -> Refusal {
    metrics.panics.inc();
    tracing::error!("a call panicked and was given up");
    Refusal::panicked()
}

/// Ends the guest of a call that is dropped.
struct Cancelling(Cancel);

impl Drop for Cancelling {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_and_is_counted() {
        let metrics = Metrics::new(Queue::new(1, 1));
        let status = contained::<()>(&metrics, async { panic!("a bug") }).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal);
        assert!(status.message().starts_with("HOST_PANIC "), "{status}");
        assert!(metrics.page().contains("cmp_host_panics_total 1\n"), "{}", metrics.page());
        contained(&metrics, async { Ok(()) }).await.unwrap();
    }
}
