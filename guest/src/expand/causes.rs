//! Reasons that several objects share: why the times and sizes of a pod are what they are.

use crate::contract::Cause;
use crate::derive::Plan;

/// Why a start may take as long as it may.
pub(crate) fn startup(plan: &Plan<'_>) -> Cause {
    if plan.keys.has("probes.startup-minutes") {
        let reason =
            "the spec says how many minutes a start may take, and the server is asked every ten seconds";
        return plan.keys.rule(reason, &["probes.startup-minutes"]);
    }
    let reason = match plan.model.weights_gib {
        Some(weights) => {
            format!(
                "weights of {weights:.1} GiB are fetched, loaded and compiled for in {} minutes",
                minutes(plan.times.startup)
            )
        }
        None => format!("a start takes {} minutes", minutes(plan.times.startup)),
    };
    plan.keys.rule(reason, &["model.id", "model.weights-gib", "model.source", "cache"])
}

/// Why a rollout counts as failed only then.
pub(crate) fn progress_deadline(plan: &Plan<'_>) -> Cause {
    let reason = "a rollout must not count as failed while a server may still start, its image be pulled or its node be made";
    plan.keys.rule(reason, &["probes.startup-minutes", "model.id"])
}

/// Why a pod may take as long to stop as it may.
pub(crate) fn grace(plan: &Plan<'_>) -> Cause {
    let times = &plan.times;
    let reason = format!(
        "{} s until routes forget the pod, {} s for its answers, and a margin",
        times.pre_stop, times.drain
    );
    plan.keys.rule(reason, &["probes.drain-seconds"])
}

/// Why the memory is what it is.
pub(crate) fn memory(plan: &Plan<'_>) -> Cause {
    if plan.keys.has("resources.memory") {
        return plan.keys.cause("resources.memory", "");
    }
    if plan.resources.pinned_gib > 0.0 {
        let reason = "weights pass through the host's memory, and flags keep more of the KV cache or of the weights there";
        let flags = [
            "flags.hicache-size",
            "flags.hicache-ratio",
            "flags.enable-hierarchical-cache",
            "flags.cpu-offload-gb",
        ];
        return plan.keys.rule(reason, &[&["model.id", "gpu.count"][..], &flags].concat());
    }
    plan.keys.rule(
        "weights pass through the host's memory, and shared memory counts as memory",
        &["model.id", "gpu.count"],
    )
}

/// Why a value is what it is that a rule computes from keys unless somebody writes it.
pub(crate) fn derived(plan: &Plan<'_>, key: &str, reason: &str, inputs: &[&str]) -> Cause {
    if plan.keys.is_silent() || plan.keys.has(key) {
        plan.keys.cause(key, "")
    } else {
        plan.keys.rule(reason, inputs)
    }
}

/// Why the pod's own disk is asked for as much as it is.
pub(crate) fn ephemeral(plan: &Plan<'_>) -> Cause {
    let holds_weights = plan.model.source.is_downloaded() && !plan.cache.is_kept();
    let (reason, inputs): (_, &[&str]) = if holds_weights {
        (
            "logs, temporary files and, without a cache, the weights",
            &["cache.kind", "model.id", "model.weights-gib"],
        )
    } else {
        ("logs and temporary files", &[])
    };
    derived(plan, "resources.ephemeral", reason, inputs)
}

fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60)
}
