//! Memory that a server keeps beside what its weights pass through: the second tier of the KV cache, and weights that
//! stay there.

use serde_json::Value;

use crate::catalog::flags::Release;
use crate::catalog::sizing::Fit;
use crate::derive::flags::Flags;

/// From this release on, SGLang makes its second tier as large as the container's limit leaves room for, unless a flag says
/// how large (`mem_cache/hicache_auto_size.py`). Before it, and with a flag, it asks for all of it or ends.
const SIZES_ITSELF_SINCE: Release = Release::new(0, 5, 23);
/// How many times the accelerator's KV cache the second tier holds, where nobody says so.
const RATIO: f64 = 2.0;
/// What SGLang leaves to everything else (`HICACHE_HOST_MEMORY_RESERVE_BYTES`), in GiB.
const RESERVED_GIB: f64 = 10.0;
/// SGLang takes `hicache-size` in GB.
const GIB_OF_A_GB: f64 = 1e9 / 1_073_741_824.0;

/// All of it for one server, in GiB.
pub(crate) fn gib(flags: &Flags, fit: Option<Fit>, count: u32, release: Release) -> f64 {
    let processes = f64::from(count);
    let weights = number(flags, "cpu-offload-gb").unwrap_or(0.0) * processes;
    let second_tier = second_tier_gib(flags, fit, release).map_or(0.0, |it| it * processes + RESERVED_GIB);
    weights + second_tier
}

/// What each process asks for, if it asks for anything.
fn second_tier_gib(flags: &Flags, fit: Option<Fit>, release: Release) -> Option<f64> {
    if !flags.is_on("enable-hierarchical-cache") {
        return None;
    }
    if let Some(size) = number(flags, "hicache-size") {
        return Some(size * GIB_OF_A_GB);
    }
    let ratio = number(flags, "hicache-ratio");
    let ratio = ratio.or((release < SIZES_ITSELF_SINCE).then_some(RATIO))?;
    fit.map(|it| it.kv_gib_per_gpu.max(0.0) * ratio)
}

/// A flag's number, if it has one above 0.
fn number(flags: &Flags, name: &str) -> Option<f64> {
    flags.get(name).and_then(Value::as_f64).filter(|it| *it > 0.0)
}
