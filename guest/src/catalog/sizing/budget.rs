//! What a server needs besides accelerators: memory, cores, disk, and time to start.

/// From where the weights come when a server starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Over the internet, then from the volume or disk that keeps them.
    Download,
    /// From a volume behind the network.
    NetworkVolume,
    /// From a disk of the node.
    LocalDisk,
}

/// Memory of one server, in GiB: the weights once, as they pass through it; what stays there; 12 for Python's processes; 4
/// for each accelerator's context, buffers and part of `/dev/shm`. In steps of 8. It gives 8B on one accelerator 32 GiB and
/// 70B on four 160 GiB, which is what OME's runtimes ask for.
pub(crate) fn memory_request_gib(weights_gib: f64, pinned_gib: f64, count: u32) -> u32 {
    let needed = whole(weights_gib + pinned_gib).saturating_add(12).saturating_add(count.saturating_mul(4));
    needed.div_ceil(8).saturating_mul(8)
}

/// Cores of one server: a scheduler for each accelerator, and tokenizers.
pub(crate) fn cpu_request(count: u32) -> u32 {
    count.max(1).saturating_mul(4)
}

/// Shared memory, in GiB: 8 for each accelerator, 64 at most.
pub(crate) fn shm_gib(count: u32) -> u32 {
    count.max(1).saturating_mul(8).min(64)
}

/// The cache of the weights, in GiB: a tenth to spare, and 10 for what lies beside them.
pub(crate) fn cache_size_gib(weights_gib: f64) -> u32 {
    whole(weights_gib * 1.1 + 10.0)
}

/// Seconds that nobody waits for weights: imports, connections, warming up.
const FIXED_SECONDS: f64 = 120.0;
/// Seconds to capture graphs.
const CAPTURE_SECONDS: f64 = 120.0;
/// The same where kernels are compiled before, into a cache that is empty at the first start.
const COMPILE_SECONDS: f64 = 900.0;
/// No start is given less than this.
const LEAST_SECONDS: u32 = 600;

/// What a server starts with, in GiB.
#[derive(Clone, Copy)]
pub(crate) struct Weights {
    pub(crate) gib: f64,
    /// What is downloaded with them, and not loaded.
    pub(crate) beside: f64,
}

/// What a start takes by our estimate, doubled since networks and disks differ; in whole minutes.
pub(crate) fn startup_seconds(weights: Weights, delivery: Delivery, compiles: bool) -> u32 {
    // In GiB each second: the Hub, a volume behind the network, an NVMe disk.
    let (download, load) = match delivery {
        Delivery::Download => ((weights.gib + weights.beside) / 0.25, weights.gib / 0.5),
        Delivery::NetworkVolume => (0.0, weights.gib / 0.5),
        Delivery::LocalDisk => (0.0, weights.gib / 2.0),
    };
    let capture = if compiles { COMPILE_SECONDS } else { CAPTURE_SECONDS };
    let estimate = whole(2.0 * (FIXED_SECONDS + download + load + capture));
    estimate.div_ceil(60).saturating_mul(60).max(LEAST_SECONDS)
}

/// Rounds up; a float that no u32 can hold becomes the nearest one that can.
fn whole(number: f64) -> u32 {
    number.ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_others_ask_for() {
        assert_eq!(memory_request_gib(14.96, 0.0, 1), 32);
        assert_eq!(memory_request_gib(131.42, 0.0, 4), 160);
        assert_eq!(memory_request_gib(0.0, 0.0, 1), 16);
        assert_eq!(memory_request_gib(14.96, 103.0, 1), 136);
    }

    #[test]
    fn a_cache_has_room_to_spare() {
        assert_eq!(cache_size_gib(14.96), 27);
        assert_eq!(cache_size_gib(131.42), 155);
    }

    #[test]
    fn a_start_has_time_for_its_weights() {
        let seconds = |gib, delivery| startup_seconds(Weights { gib, beside: 0.0 }, delivery, false);
        assert_eq!(seconds(1.0, Delivery::LocalDisk), 600);
        assert_eq!(seconds(14.96, Delivery::Download), 660);
        assert_eq!(seconds(131.42, Delivery::NetworkVolume), 1020);
        assert!(seconds(f64::MAX, Delivery::Download) >= u32::MAX - 60);
        let twice = Weights { gib: 60.8, beside: 60.8 };
        assert_eq!(startup_seconds(twice, Delivery::Download, false), 1740);
        let deepseek = Weights { gib: 641.3, beside: 0.0 };
        assert_eq!(startup_seconds(deepseek, Delivery::LocalDisk, true), 2700);
    }
}
