//! What SGLang checks when it starts: flags that are right, each by itself, and that it does not take together.
//!
//! Read out of the sources of the measured releases (`check_server_args` and the handlers around it in `server_args.py`; in
//! 0.5.23 in `arg_groups`). A conformance test asks 0.5.23 itself whether it refuses what these rules do.

use serde_json::Value;

use super::attention;
use crate::catalog::flags::Releases;
use crate::derive::Plan;

/// What a release does not start with.
pub(super) struct Rule {
    /// The measured releases that check it.
    pub(super) releases: Releases,
    /// The flags that it is about, those first that a team is likelier to have written.
    pub(super) flags: &'static [&'static str],
    refuses: Refused,
    /// Why, to be read after a colon.
    pub(super) why: &'static str,
    /// What to write instead.
    pub(super) help: &'static str,
}

/// When a rule is broken.
enum Refused {
    /// Its flags are switches, and all are on.
    AllOn,
    When(fn(&Plan<'_>) -> bool),
}

impl Rule {
    /// Whether a plan breaks it.
    pub(super) fn is_broken(&self, plan: &Plan<'_>) -> bool {
        match self.refuses {
            Refused::AllOn => self.flags.iter().all(|it| on(plan, it)),
            Refused::When(refuses) => refuses(plan),
        }
    }
}

/// Switches of which one at most may be on.
const fn exclusive(releases: Releases, flags: &'static [&'static str], why: &'static str) -> Rule {
    Rule { releases, flags, refuses: Refused::AllOn, why, help: "drop one of them" }
}

/// From 0.5.5 on, the oldest release that reads a file of flags.
const ALL: Releases = 0b0_1111;
const FROM_0_5_9: Releases = 0b0_0111;
const FROM_0_5_15: Releases = 0b0_0011;
const FROM_0_5_23: Releases = 0b0_0001;

/// What `max-loras-per-batch` is if nobody sets it, in all these releases.
const LORAS_PER_BATCH: i64 = 8;
/// The algorithms that share EAGLE's parameters.
const EAGLE_FAMILY: &[&str] = &["EAGLE", "EAGLE3", "NEXTN", "STANDALONE"];

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    Rule {
        releases: ALL,
        flags: &["enable-hierarchical-cache", "disable-radix-cache"],
        refuses: Refused::When(|it| {
            // That switch turns the radix cache on again before anything is checked.
            let is_on_again = on(it, "disaggregation-decode-enable-radix-cache");
            on(it, "enable-hierarchical-cache") && on(it, "disable-radix-cache") && !is_on_again
        }),
        why: "the hierarchical cache holds what the radix cache lets go",
        help: "drop one of them",
    },
    exclusive(FROM_0_5_23, &["enable-lmcache", "disable-radix-cache"], "LMCache is a radix cache"),
    exclusive(
        FROM_0_5_23,
        &["enable-lmcache", "enable-hierarchical-cache"],
        "each would be the server's only cache outside of the accelerators",
    ),
    exclusive(
        FROM_0_5_15,
        &["disable-cuda-graph-padding", "enable-torch-compile"],
        "each size of a batch would be compiled for itself",
    ),
    exclusive(
        ALL,
        &["enable-tokenizer-batch-encode", "enable-dynamic-batch-tokenizer"],
        "they are two ways to tokenize in batches",
    ),
    Rule {
        releases: ALL,
        flags: &["schedule-policy", "enable-priority-scheduling"],
        refuses: Refused::When(|it| {
            let policy = text(it, "schedule-policy");
            on(it, "enable-priority-scheduling") && policy.is_some_and(|it| !["fcfs", "lof"].contains(&it))
        }),
        why: "priorities need the policy `fcfs` or `lof`",
        help: "write `schedule-policy = \"fcfs\"`",
    },
    Rule {
        releases: FROM_0_5_23,
        flags: &["retraction-policy"],
        refuses: Refused::When(|it| {
            text(it, "retraction-policy") == Some("priority") && !on(it, "enable-priority-scheduling")
        }),
        why: "it retracts by priorities, and requests have none",
        help: "add `enable-priority-scheduling = true`",
    },
    Rule {
        releases: ALL,
        flags: &["schedule-conservativeness"],
        refuses: Refused::When(|it| {
            it.flags.get("schedule-conservativeness").and_then(Value::as_f64).is_some_and(|it| it < 0.0)
        }),
        why: "it is less than 0",
        help: "write a number from 0 on; 1.0 is SGLang's default",
    },
    Rule {
        releases: ALL,
        flags: &["chunked-prefill-size", "page-size"],
        refuses: Refused::When(are_pages_cut),
        why: "a chunk is made of whole pages",
        help: "make `chunked-prefill-size` a multiple of `page-size`",
    },
    Rule {
        releases: ALL,
        flags: &["export-metrics-to-file"],
        refuses: Refused::When(|it| {
            on(it, "export-metrics-to-file") && !has(it, "export-metrics-to-file-dir")
        }),
        why: "it is not said where to",
        help: "add `export-metrics-to-file-dir = \"…\"`, a folder of `[mounts]`",
    },
    Rule {
        releases: ALL,
        flags: &["max-loaded-loras", "max-loras-per-batch"],
        refuses: Refused::When(|it| {
            has_lora(it) && whole(it, "max-loaded-loras").is_some_and(|most| most < loras_per_batch(it))
        }),
        why: "at least as many adapters must be loaded as one batch may use, which is 8 if nobody says otherwise",
        help: "raise `max-loaded-loras`, or set a lower `max-loras-per-batch`",
    },
    Rule {
        releases: ALL,
        flags: &["max-loaded-loras", "lora-paths"],
        refuses: Refused::When(|it| {
            let adapters = i64::try_from(it.spec.model.lora.len()).unwrap_or(i64::MAX);
            has_lora(it) && whole(it, "max-loaded-loras").is_some_and(|most| most < adapters)
        }),
        why: "every adapter is loaded at the start",
        help: "raise `max-loaded-loras`",
    },
    Rule {
        releases: FROM_0_5_9,
        flags: &["enable-lora-overlap-loading", "max-loaded-loras", "max-loras-per-batch"],
        refuses: Refused::When(|it| {
            let fits = |most: i64| most <= 2 * loras_per_batch(it);
            has_lora(it)
                && on(it, "enable-lora-overlap-loading")
                && !whole(it, "max-loaded-loras").is_some_and(fits)
        }),
        why: "adapters that are loaded meanwhile lie in pinned memory, which `max-loaded-loras` must bound",
        help: "set `max-loaded-loras` to at most twice `max-loras-per-batch`, which is 8 if nobody says otherwise",
    },
    Rule {
        releases: ALL,
        flags: &["lora-target-modules"],
        refuses: Refused::When(|it| {
            let modules = it.flags.get("lora-target-modules").and_then(Value::as_array);
            let has_others = |it: &Vec<Value>| it.contains(&"all".into()) && it.iter().any(|it| it != "all");
            has_lora(it) && modules.is_some_and(has_others)
        }),
        why: "`all` stands for every module, and others stand beside it",
        help: "write `lora-target-modules = [\"all\"]`",
    },
    Rule {
        releases: 0b0_1110,
        flags: &["speculative-algorithm", "lora-paths"],
        refuses: Refused::When(|it| has_lora(it) && algorithm(it).is_some_and(|it| it != "NGRAM")),
        why: "only NGRAM can speculate for adapters",
        help: "write `speculative-algorithm = \"NGRAM\"`, or drop it or the adapters",
    },
    Rule {
        releases: FROM_0_5_23,
        flags: &["speculative-algorithm", "lora-paths"],
        refuses: Refused::When(|it| {
            let able = ["DFLASH", "DSPARK", "EAGLE", "EAGLE3", "NEXTN", "NGRAM"];
            has_lora(it) && algorithm(it).is_some_and(|it| !able.contains(&it.as_str()))
        }),
        why: "this algorithm cannot speculate for adapters",
        help: "choose `EAGLE`, `EAGLE3` or `NGRAM`, or drop it or the adapters",
    },
    Rule {
        releases: ALL,
        flags: &["speculative-num-draft-tokens", "speculative-eagle-topk"],
        refuses: Refused::When(|it| {
            let is_half = has(it, "speculative-num-draft-tokens") || has(it, "speculative-eagle-topk");
            is_eagle(it) && !on(it, "speculative-adaptive") && is_half && !has(it, "speculative-num-steps")
        }),
        why: "it chooses all of EAGLE's parameters or none, and `speculative-num-steps` is not set",
        help: "add `speculative-num-steps`, or let SGLang choose all of them",
    },
    Rule {
        releases: ALL,
        flags: &[
            "speculative-eagle-topk",
            "attention-backend",
            "decode-attention-backend",
            "prefill-attention-backend",
        ],
        refuses: Refused::When(|it| {
            let is_narrow = attention::FLAGS.iter().any(|name| text(it, name) == Some("trtllm_mha"));
            is_eagle(it) && is_narrow && is_tree(it) && !attention::has_both_phases(it)
        }),
        why: "`trtllm_mha` verifies a single draft, no tree of them",
        help: "write `speculative-eagle-topk = 1`, or choose another attention backend",
    },
    Rule {
        releases: ALL,
        flags: &["speculative-eagle-topk", "page-size", "attention-backend"],
        refuses: Refused::When(|it| {
            let able = ["fa3", "flashinfer", "triton"];
            let is_unable = text(it, "attention-backend").is_some_and(|it| !able.contains(&it));
            let has_pages = whole(it, "page-size").is_some_and(|it| it > 1);
            is_eagle(it) && is_unable && is_tree(it) && has_pages && !attention::has_both_phases(it)
        }),
        why: "this attention backend keeps no tree of drafts in pages",
        help: "write `speculative-eagle-topk = 1`, or choose `fa3` or `flashinfer`",
    },
    Rule {
        releases: 0b0_0100,
        flags: &["enable-two-batch-overlap"],
        refuses: Refused::When(|it| {
            on(it, "enable-two-batch-overlap") && !has_exchange(it) && !is_rearranged(it)
        }),
        why: "it overlaps what experts send each other, and `moe-a2a-backend` is `none`",
        help: "set `moe-a2a-backend`, or drop this line",
    },
    Rule {
        releases: FROM_0_5_15,
        flags: &["enable-two-batch-overlap"],
        refuses: Refused::When(|it| {
            let has_groups = has(it, "attn-dp-size") || on(it, "enable-dp-attention");
            on(it, "enable-two-batch-overlap") && !has_exchange(it) && !has_groups && !is_rearranged(it)
        }),
        why: "it overlaps what experts or attention groups send each other, and there are neither",
        help: "set `moe-a2a-backend`, or `attn-dp` in `[parallel]`, or drop this line",
    },
    Rule {
        releases: 0b0_1100,
        flags: &["moe-dense-tp-size"],
        refuses: Refused::When(|it| {
            whole(it, "moe-dense-tp-size").is_some_and(|it| it != 1) && !is_rearranged(it)
        }),
        why: "it is not 1",
        help: "write `moe-dense-tp-size = 1`, or drop this line",
    },
    Rule {
        releases: FROM_0_5_15,
        flags: &["moe-dense-tp-size"],
        refuses: Refused::When(|it| {
            let is_odd = |size: i64| size != 1 && size != i64::from(it.parallel.tp);
            whole(it, "moe-dense-tp-size").is_some_and(is_odd) && !is_rearranged(it)
        }),
        why: "it is neither 1 nor the replica's `tp`",
        help: "write `moe-dense-tp-size = 1`, or drop this line",
    },
    Rule {
        releases: FROM_0_5_23,
        flags: &["grpc-port", "api-key", "admin-api-key"],
        refuses: Refused::When(|it| {
            has(it, "grpc-port") && (it.secrets.api_key.is_some() || it.secrets.admin_key.is_some())
        }),
        why: "whoever calls that port would need no key",
        help: "drop `grpc-port`",
    },
];

fn has(plan: &Plan<'_>, flag: &str) -> bool {
    plan.flags.get(flag).is_some()
}

fn on(plan: &Plan<'_>, flag: &str) -> bool {
    plan.flags.is_on(flag)
}

fn text<'a>(plan: &'a Plan<'_>, flag: &str) -> Option<&'a str> {
    plan.flags.get(flag)?.as_str()
}

fn whole(plan: &Plan<'_>, flag: &str) -> Option<i64> {
    plan.flags.get(flag)?.as_i64()
}

/// Adapters that are served: diffusion of text turns them off before anything is checked.
fn has_lora(plan: &Plan<'_>) -> bool {
    on(plan, "enable-lora") && !has(plan, "dllm-algorithm")
}

fn loras_per_batch(plan: &Plan<'_>) -> i64 {
    whole(plan, "max-loras-per-batch").unwrap_or(LORAS_PER_BATCH)
}

/// The algorithm that drafts; newer releases take it in any case.
fn algorithm(plan: &Plan<'_>) -> Option<String> {
    text(plan, "speculative-algorithm").map(str::to_ascii_uppercase)
}

fn is_eagle(plan: &Plan<'_>) -> bool {
    algorithm(plan).is_some_and(|it| EAGLE_FAMILY.contains(&it.as_str()))
}

/// Whether flags, or a variable, choose how experts and attention are split, so that SGLang sets what would be checked.
fn is_rearranged(plan: &Plan<'_>) -> bool {
    let switches = [
        "dwdp-size",
        "enable-deepep-waterfill",
        "enable-nsa-prefill-context-parallel",
        "enable-prefill-cp",
        "enable-waterfill",
    ];
    let is_set = |name: &str| plan.spec.vars.keys().any(|it| it.as_str() == name);
    switches.iter().any(|it| has(plan, it)) || is_set("SGLANG_OPT_USE_DEEPGEMM_MEGA_MOE")
}

/// Attention backends have pages of their own, of 32 to 256 tokens, whatever was asked for: a chunk that is cut is one by any
/// of them. A server that only decodes has no chunks; attention groups share one, and it is not known how it is cut then.
fn are_pages_cut(plan: &Plan<'_>) -> bool {
    let (Some(chunk), Some(page)) = (whole(plan, "chunked-prefill-size"), whole(plan, "page-size")) else {
        return false;
    };
    let is_other = text(plan, "disaggregation-mode") == Some("decode")
        || ["attn-dp-size", "enable-dp-attention", "enable-mis"].iter().any(|it| has(plan, it));
    chunk > 0 && page > 0 && chunk % page != 0 && chunk % 32 != 0 && !is_other
}

fn is_tree(plan: &Plan<'_>) -> bool {
    whole(plan, "speculative-eagle-topk").is_some_and(|it| it > 1)
}

fn has_exchange(plan: &Plan<'_>) -> bool {
    text(plan, "moe-a2a-backend").is_some_and(|it| it != "none")
}
