//! Door two: Argo CD's plugin protocol on a unix socket, as its own argocd-cmp-server speaks it.
//!
//! In reading order: [`Settings`] and [`run`], from start to drain; `signals.rs`, `socket.rs`, `incoming.rs`, `authority.rs` and
//! `body.rs`, from a file to calls; `service.rs`, the calls; `call.rs`, `record.rs`, `deadline.rs`, `stream.rs`, `queue.rs`,
//! `unpack.rs`, what a call consists of; `expand.rs`, where it joins the one road; `status.rs`, how it fails; `platform.rs` and
//! `reload.rs`, what is loaded; `metrics.rs` and `http.rs`, what can be seen from outside.

mod announce;
pub mod authority;
mod body;
mod call;
mod deadline;
mod discover;
mod expand;
pub(crate) mod health;
mod http;
mod incoming;
mod metrics;
mod platform;
pub mod proto;
pub mod queue;
mod record;
mod reload;
mod service;
mod signals;
pub mod socket;
mod status;
mod stream;
mod unpack;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context;
use tokio::net::UnixListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use crate::parallel;
use crate::plugin_yaml::Plugin;
use crate::stop::Stop;
use body::Bounded;
use metrics::Metrics;
use platform::Platform;
use proto::plugin::config_management_plugin_service_server::ConfigManagementPluginServiceServer;
use queue::Queue;
use reload::Files;
use service::{Service, Shared};
use signals::Ending;
use socket::Socket;

/// What an unread stream may hold in memory. A caller that waits for its place has no more than that on its way.
const WINDOW: u32 = 64 << 10;
/// One stream of a connection never fills it. From it, h2 derives how many small frames may lie unread before it takes them
/// for an attack: a caller that waits for its place may have a thousand of its smallest pieces on their way.
const CONNECTION_WINDOW: u32 = 16 * WINDOW;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of plugin.yaml.
    pub plugin: PathBuf,
    /// The folder of sockets.
    pub sockets: PathBuf,
    /// The mode of the socket.
    pub mode: u32,
    /// Where metrics are served, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// The operator's file, if there is one.
    pub config: Option<PathBuf>,
    /// Bytes of the largest message, in either direction.
    pub message: usize,
    /// How long calls may go on after SIGTERM.
    pub grace: Duration,
}

/// Serves until SIGTERM, and then until the calls that had begun are answered.
pub fn run(settings: &Settings) -> Result<(), Stop> {
    let runtime = runtime().context("cannot start threads")?;
    let outcome = runtime.block_on(start(settings));
    // What still runs has had its time.
    runtime.shutdown_background();
    outcome
}

async fn start(settings: &Settings) -> Result<(), Stop> {
    let mut ending = Ending::listen().context("cannot ask for signals")?;
    let hangup = signal(SignalKind::hangup()).context("cannot ask for signals")?;
    let plugin = Plugin::load(&settings.plugin).map_err(Stop::Configuration)?;
    for note in &plugin.notes.diagnostics {
        tracing::info!("{}", crate::render::headline(note));
    }
    // Whoever connects is answered at once: a socket that says nothing would hold up the repo-server for ever.
    let config = settings.config.clone();
    let loaded = tokio::select! {
        loaded = spawn_blocking(move || reload::load(config.as_deref())) => loaded,
        () = ending.asked() => {
            tracing::info!("asked to end before the guests were loaded");
            return Ok(());
        }
    };
    let (files, platform) = loaded.context("loading panicked")?;
    let platform = platform?;
    platform.announce();
    Ok(serve(settings, plugin, (platform, files), (ending, hangup)).await?)
}

/// Two calls for each core: while one waits for its archive, another one computes. A guest that computes for long shares its
/// core with others then, instead of keeping them out.
fn places() -> usize {
    2 * parallel::cores()
}

/// One Application may keep all cores busy, and not all places.
fn share() -> usize {
    parallel::cores()
}

/// Threads that run guests: one for each place, and one more for reloading.
fn guest_threads() -> usize {
    places() + 1
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(parallel::cores())
        .max_blocking_threads(guest_threads())
        .enable_all()
        .build()
}

async fn serve(
    settings: &Settings,
    plugin: Plugin,
    (platform, files): (Platform, Files),
    (mut ending, hangup): (Ending, Signal),
) -> anyhow::Result<()> {
    let path = settings.sockets.join(plugin.socket_name());
    let name = plugin.full_name();
    let queue = Queue::new(places(), share());
    let metrics = Arc::new(Metrics::new(queue.clone()));
    let (drain, draining) = watch::channel(false);
    if let Some(address) = settings.metrics {
        http::serve(address, Arc::clone(&metrics), draining.clone()).await?;
    }
    let shared = shared(plugin, platform, metrics, queue);
    tokio::spawn(reload::watch(Arc::clone(&shared), settings.config.clone(), files, hangup));
    let (socket, listener) = Socket::bind(&path, settings.mode)?;
    tracing::info!(socket = %path.display(), "serving; name the plugin in each Application: `plugin: {{name: {name}}}`");
    let (health, mut ended) = begin(settings, shared, listener, draining);
    ending.asked().await;
    tracing::info!("draining: no new connections, and those that are open may go on");
    health.set_service_status("", ServingStatus::NotServing).await;
    socket.remove();
    drain.send_replace(true);
    tokio::select! {
        () = ending.asked() => tracing::warn!("a second signal: what still runs is given up"),
        drained = timeout(settings.grace, ended.recv()) => match drained {
            Ok(_) => tracing::info!("all calls are answered"),
            Err(_) => tracing::warn!("the grace period is over: what still runs is given up"),
        },
    }
    Ok(())
}

fn shared(plugin: Plugin, platform: Platform, metrics: Arc<Metrics>, queue: Queue) -> Arc<Shared> {
    metrics.count_loaded(platform.origins());
    Arc::new(Shared { plugin, metrics, queue, platform: RwLock::new(Arc::new(platform)) })
}

/// Serves the listener's connections on tasks of their own. The receiver ends when the last one has.
fn begin(
    settings: &Settings,
    shared: Arc<Shared>,
    listener: UnixListener,
    draining: watch::Receiver<bool>,
) -> (tonic_health::server::HealthReporter, tokio::sync::mpsc::Receiver<()>) {
    let (health, health_service) = tonic_health::server::health_reporter();
    let plugin = ConfigManagementPluginServiceServer::new(Service(shared))
        .max_decoding_message_size(settings.message)
        .max_encoding_message_size(settings.message);
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let server = Server::builder()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .add_service(Bounded(plugin))
        .add_service(health_service)
        // Both fail only for descriptors that are none, and ours are tested.
        .add_optional_service(reflection().build_v1().ok())
        .add_optional_service(reflection().build_v1alpha().ok());
    let (connections, ended) = incoming::accept(listener, draining);
    tokio::spawn(async move {
        if let Err(error) = server.serve_with_incoming(connections).await {
            tracing::error!(%error, "the server ended");
        }
    });
    (health, ended)
}
