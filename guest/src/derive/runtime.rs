//! What a server asks of its node, and how long it may take to come and to go.

use serde_json::Value;

use crate::catalog::models::Format;
use crate::catalog::sizing::{self, Delivery, Weights};
use crate::derive::cache::Cache;
use crate::derive::flags::Flags;
use crate::derive::gpu::Gpu;
use crate::derive::model::{Model, Source};
use crate::spec::units::Quantity;
use crate::spec::{CacheKind, Rollout, Scale, Spec};

/// What one server asks of its node.
pub(crate) struct Resources {
    pub(crate) cpu: String,
    pub(crate) memory: String,
    pub(crate) shm: String,
    pub(crate) ephemeral: String,
    /// What memory is derived from the weights, in GiB, whoever said what.
    pub(crate) needed_memory_gib: u32,
    /// What of it SGLang keeps for its second tier of the KV cache and for weights that stay there.
    pub(crate) pinned_gib: f64,
}

/// Times in seconds.
pub(crate) struct Times {
    /// What a start may take.
    pub(crate) startup: u32,
    /// What a start takes by the estimate.
    pub(crate) estimate: u32,
    /// How long a server waits for routes to forget it before it is told to stop.
    pub(crate) pre_stop: u32,
    /// How long requests in flight may take.
    pub(crate) drain: u32,
    /// After which SGLang itself ends a server that hangs.
    pub(crate) watchdog: u32,
    /// After which the kubelet kills.
    pub(crate) grace: u32,
    /// After which a rollout counts as failed.
    pub(crate) progress_deadline: u32,
}

/// Logs, temporary files and compiled kernels.
const EPHEMERAL_GIB: u32 = 20;

/// What the pod's own disk holds of the weights, in GiB: all of them without a cache.
fn on_disk_gib(model: &Model, cache: &Cache) -> u32 {
    let downloads = model.source.is_downloaded() && !cache.is_kept();
    if downloads { sizing::cache_size_gib(model.weights_gib.unwrap_or(0.0) + model.twice_gib()) } else { 0 }
}

/// Derives what a server asks for.
pub(crate) fn resources(spec: &Spec, model: &Model, cache: &Cache, pinned_gib: f64) -> Resources {
    let count = spec.gpu.count.unwrap_or(1);
    let written = &spec.resources;
    let shm = sizing::shm_gib(count);
    let needed = sizing::memory_request_gib(model.weights_gib.unwrap_or(0.0), pinned_gib, count);
    let or =
        |quantity: &Option<Quantity>, default: String| quantity.as_ref().map_or(default, Quantity::to_string);
    Resources {
        cpu: or(&written.cpu, sizing::cpu_request(count).to_string()),
        memory: or(&written.memory, format!("{needed}Gi")),
        shm: or(&written.shm, format!("{shm}Gi")),
        ephemeral: or(
            &written.ephemeral,
            format!("{}Gi", EPHEMERAL_GIB.saturating_add(on_disk_gib(model, cache))),
        ),
        needed_memory_gib: needed,
        pinned_gib,
    }
}

/// The wait before SIGTERM: endpoints need some seconds to reach every proxy, and SGLang takes requests until then.
const PRE_STOP_SECONDS: u32 = 15;
/// SGLang looks every 5 s whether it has drained, and needs some to end; the rest is margin.
const AFTER_DRAIN_SECONDS: u32 = 45;
/// Pulling the image and scheduling come on top of the start, and of the time that a server takes to give its accelerators
/// back.
const BEYOND_STARTUP_SECONDS: u32 = 600;

/// SGLang's default of `watchdog-timeout`.
const WATCHDOG_SECONDS: u32 = 300;
/// Nobody waits longer than a day for a server that hangs.
const LONGEST_SECONDS: u32 = 86_400;
/// The compute capability of NVIDIA's Hopper.
const HOPPER: u32 = 90;

/// Derives the times.
pub(crate) fn times(spec: &Spec, model: &Model, gpu: &Gpu, cache: &Cache, flags: &Flags) -> Times {
    let delivery = delivery(model, cache);
    let beside = if delivery == Delivery::Download { model.twice_gib() } else { 0.0 };
    let weights = Weights { gib: model.weights_gib.unwrap_or(0.0), beside };
    let estimate = sizing::startup_seconds(weights, delivery, compiles_kernels(model, gpu));
    let startup = spec.probes.startup_minutes.map_or(estimate, |it| it.saturating_mul(60));
    let drain = spec.probes.drain_seconds.unwrap_or(300);
    let grace = drain.saturating_add(PRE_STOP_SECONDS + AFTER_DRAIN_SECONDS);
    Times {
        startup,
        estimate,
        pre_stop: PRE_STOP_SECONDS,
        drain,
        watchdog: watchdog(flags),
        grace,
        progress_deadline: startup.saturating_add(grace).saturating_add(BEYOND_STARTUP_SECONDS),
    }
}

/// What SGLang's own watchdog waits, in seconds, or the team lets it wait longer.
fn watchdog(flags: &Flags) -> u32 {
    let written = flags.get("watchdog-timeout").and_then(Value::as_f64);
    written
        .map_or(WATCHDOG_SECONDS, |it| WATCHDOG_SECONDS.max(it.min(f64::from(LONGEST_SECONDS)).ceil() as u32))
}

/// Whether the first start compiles kernels for experts in blocks of fp8 (DeepGEMM's, since Hopper), which takes minutes.
fn compiles_kernels(model: &Model, gpu: &Gpu) -> bool {
    let has_blocks = model.known.is_some_and(|it| it.format == Format::Fp8 && it.expert_width.is_some());
    has_blocks && gpu.compute.and_then(|it| it.capability()).is_some_and(|it| it >= HOPPER)
}

fn delivery(model: &Model, cache: &Cache) -> Delivery {
    match (&model.source, cache.kind) {
        (Source::Hub | Source::ModelScope, _) if !cache.is_prefetched => Delivery::Download,
        (Source::Bucket { .. }, _) => Delivery::Download,
        (Source::Host { .. } | Source::Image { .. }, _) | (_, CacheKind::Host) => Delivery::LocalDisk,
        _ => Delivery::NetworkVolume,
    }
}

/// How the Deployment replaces pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    Recreate,
    Replace,
    Surge,
}

/// The number of replicas; none if something else owns it.
pub(crate) fn replicas(spec: &Spec) -> Option<u32> {
    match spec.scale {
        Some(Scale::External) => None,
        None => Some(spec.replicas.unwrap_or(1)),
    }
}

/// Derives the strategy: one that needs a second GPU or a second mount of a volume would never end.
pub(crate) fn strategy(spec: &Spec, cache: &Cache) -> Strategy {
    let is_single = replicas(spec).is_some_and(|it| it <= 1);
    match spec.rollout {
        Rollout::Auto if is_single || cache.is_bound_to_a_node() => Strategy::Recreate,
        Rollout::Auto | Rollout::Replace => Strategy::Replace,
        Rollout::Recreate => Strategy::Recreate,
        Rollout::Surge => Strategy::Surge,
    }
}
