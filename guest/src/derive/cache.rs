//! The cache of the weights: which volume it is, how large, and who may mount it.

use crate::catalog::sizing;
use crate::derive::model::{Model, Source};
use crate::spec::units::Quantity;
use crate::spec::{Access, CacheKind, Jit, Spec};

/// Where downloads are kept.
pub(crate) struct Cache {
    pub(crate) kind: CacheKind,
    /// The claim that is mounted, for kinds that have one.
    pub(crate) claim: Option<String>,
    pub(crate) size: Option<String>,
    /// What downloads fill of it, in GiB; none if nothing tells.
    pub(crate) holds_gib: Option<f64>,
    pub(crate) access: Access,
    /// Whether the servers find everything in the cache when they start.
    pub(crate) is_prefetched: bool,
    /// Whether compiled kernels lie beside the weights.
    pub(crate) keeps_kernels: bool,
}

/// Where the cache is mounted.
pub(crate) const CACHE_PATH: &str = "/models";

impl Cache {
    /// Whether one node alone can mount it.
    pub(crate) fn is_bound_to_a_node(&self) -> bool {
        self.claim.is_some() && self.access == Access::ReadWriteOnce
    }

    /// Whether there is a volume that survives a pod.
    pub(crate) fn is_kept(&self) -> bool {
        self.kind != CacheKind::None
    }
}

/// Whether a Job fills the cache before any server starts.
pub(crate) fn is_prefetched(spec: &Spec, source: &Source) -> bool {
    spec.cache.prefetch && source.is_downloaded() && spec.cache.kind != Some(CacheKind::None)
}

/// Derives the cache.
pub(crate) fn cache(spec: &Spec, model: &Model) -> Cache {
    let usual = if model.source.is_downloaded() { CacheKind::Pvc } else { CacheKind::None };
    let kind = spec.cache.kind.unwrap_or(usual);
    let claim = match kind {
        CacheKind::Pvc => spec.name.as_ref().map(|it| format!("{it}-models")),
        CacheKind::Claim => spec.cache.claim.as_ref().map(ToString::to_string),
        CacheKind::Host | CacheKind::None => None,
    };
    // Without downloads, compiled kernels are all that it holds.
    let is_prefetched = is_prefetched(spec, &model.source);
    // The Job leaves out what the repository holds twice, which a server does not.
    let beside = if is_prefetched { 0.0 } else { model.twice_gib() };
    let holds_gib =
        if model.source.is_downloaded() { model.weights_gib.map(|it| it + beside) } else { Some(0.0) };
    let derived = || holds_gib.map(|it| format!("{}Gi", sizing::cache_size_gib(it)));
    Cache {
        kind,
        claim,
        size: spec.cache.size.as_ref().map(Quantity::to_string).or_else(derived),
        holds_gib,
        access: spec.cache.access.unwrap_or(Access::ReadWriteOnce),
        is_prefetched,
        keeps_kernels: spec.cache.jit == Jit::Cache && kind != CacheKind::None,
    }
}
