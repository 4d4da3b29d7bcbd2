//! How the model is split: tensor, pipeline and data parallelism.

use crate::spec::Spec;

/// Degrees of parallelism; `tp * pp * dp` is the number of accelerators, or a check says why not.
#[derive(Clone, Copy)]
pub(crate) struct Parallel {
    pub(crate) tp: u32,
    pub(crate) pp: u32,
    pub(crate) dp: u32,
}

/// Derives the degrees that nobody wrote.
pub(crate) fn parallel(spec: &Spec) -> Parallel {
    let (pp, dp) = (spec.parallel.pp.unwrap_or(1).max(1), spec.parallel.dp.unwrap_or(1).max(1));
    let left = spec.gpu.count.unwrap_or(1) / pp.saturating_mul(dp).max(1);
    Parallel { tp: spec.parallel.tp.unwrap_or(left).max(1), pp, dp }
}
