//! Which accelerators SGLang's attention backends are for, as it checks them when it starts.
//!
//! Sources: `server_args.py` of 0.5.5 to 0.5.15, `arg_groups/overrides.py` and `arg_groups/attention_hook.py` of 0.5.15 and
//! 0.5.23, and for `fa3` `layers/attention/attention_registry.py` of all.

use crate::catalog::flags::{Release, Releases};
use crate::catalog::gpus::Compute;
use crate::catalog::models::Kv;
use crate::derive::Plan;
use crate::problem::all_of;

/// A backend of a kind of accelerators.
struct Backend {
    name: &'static str,
    /// The measured releases that check it so.
    releases: Releases,
    /// The flags in which they do.
    flags: &'static [&'static str],
    /// The first numbers of the compute capabilities that it is for.
    majors: &'static [u8],
}

const ATTENTION: &str = "attention-backend";
const DECODE: &str = "decode-attention-backend";
const PREFILL: &str = "prefill-attention-backend";

/// The flags that name a backend.
pub(super) const FLAGS: [&str; 3] = [ATTENTION, DECODE, PREFILL];

const FA3: &str = "fa3";
/// What the ids of models begin with that have a backend of their own.
const DEEPSEEK_V4: &str = "deepseek-ai/DeepSeek-V4";
const BACKENDS: &[Backend] = &[
    Backend { name: FA3, releases: 0b0_1111, flags: &[ATTENTION, DECODE, PREFILL], majors: &[8, 9] },
    Backend { name: "trtllm_mla", releases: 0b0_1111, flags: &[ATTENTION, DECODE], majors: &[10, 11, 12] },
    Backend { name: "trtllm_mha", releases: 0b0_1100, flags: &[ATTENTION, DECODE, PREFILL], majors: &[10] },
    Backend { name: "trtllm_mha", releases: 0b0_0010, flags: &[ATTENTION, PREFILL], majors: &[10] },
    Backend { name: "trtllm_mha", releases: 0b0_0010, flags: &[ATTENTION, DECODE], majors: &[9, 10, 12] },
    Backend {
        name: "trtllm_mha",
        releases: 0b0_0001,
        flags: &[ATTENTION, DECODE, PREFILL],
        majors: &[9, 10, 12],
    },
    Backend { name: "cutedsl_mla", releases: 0b0_0011, flags: &[ATTENTION, DECODE], majors: &[10] },
    Backend {
        name: "tokenspeed_mla",
        releases: 0b0_0010,
        flags: &[ATTENTION, DECODE],
        majors: &[10, 11, 12],
    },
    // An alias of `cutedsl_mla` by now.
    Backend { name: "tokenspeed_mla", releases: 0b0_0001, flags: &[ATTENTION, DECODE], majors: &[10] },
];

/// The flags that name a backend of other accelerators, each with what is wrong about it.
pub(super) fn misplaced(plan: &Plan<'_>, release: Release) -> Vec<(&'static str, String)> {
    let Some(compute) = plan.gpu.compute else { return Vec::new() };
    let mut found = Vec::new();
    for flag in FLAGS {
        let Some(name) = plan.flags.get(flag) else { continue };
        let is_meant = |it: &&Backend| name == it.name && it.flags.contains(&flag);
        let checked = BACKENDS.iter().filter(is_meant).filter(|it| release.is_among(it.releases));
        let mut wrong = checked.filter(|it| !it.runs_on(compute, plan) && !it.is_replaced(flag, plan));
        found.extend(wrong.next().map(|it| (flag, it.message(compute, plan))));
    }
    found
}

impl Backend {
    /// `fa3` is for Hopper alone where a model keeps one compressed vector for all heads (MLA), as far as it is known.
    fn majors(&self, plan: &Plan<'_>) -> &'static [u8] {
        let is_latent = plan.model.known.is_some_and(|it| matches!(it.kv, Kv::Latent { .. }));
        if is_latent && self.name == FA3 { &[9] } else { self.majors }
    }

    fn runs_on(&self, compute: Compute, plan: &Plan<'_>) -> bool {
        match compute {
            Compute::Sm { major, .. } => self.majors(plan).contains(&major),
            // What AMD's builds make of it is not known.
            Compute::Gfx(_) => self.name == FA3,
        }
    }

    /// Whether SGLang puts another backend in the place of what `attention-backend` says, before it checks: the two phases
    /// have their own, the model has, or the type of the cache or sparse attention wants another.
    fn is_replaced(&self, flag: &str, plan: &Plan<'_>) -> bool {
        let has = |flag: &str| plan.flags.get(flag).is_some();
        let mut phases = self.flags.iter().filter(|it| **it != ATTENTION);
        let is_split = phases.all(|it| has(it)) || has_both_phases(plan);
        let is_own = plan.model.known.is_some_and(|it| it.id.starts_with(DEEPSEEK_V4));
        let has_fallback = plan.flags.get("kv-cache-dtype").is_some_and(|it| it == "fp8_e5m2")
            || plan.flags.is_on("enable-double-sparsity");
        flag == ATTENTION && (is_split || is_own || self.name == FA3 && has_fallback)
    }

    fn message(&self, compute: Compute, plan: &Plan<'_>) -> String {
        let majors = self.majors(plan);
        let model = if majors == self.majors { "" } else { " with this model" };
        let majors: Vec<String> = majors.iter().map(|it| format!("sm{it}x")).collect();
        let majors = all_of(majors.iter().map(String::as_str));
        format!("the backend `{}` is for {majors}{model}, and `{}` is {compute}", self.name, plan.gpu.label)
    }
}

/// Whether nothing is left to `attention-backend`, which SGLang then overwrites before anything is checked.
pub(super) fn has_both_phases(plan: &Plan<'_>) -> bool {
    [DECODE, PREFILL].iter().all(|it| plan.flags.get(it).is_some())
}
