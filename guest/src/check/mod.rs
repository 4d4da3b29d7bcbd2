//! Lints: what no schema catches. Each stands in a file of its own, with its reason.

mod attention;
mod fitting;
mod patches;
mod sg101_model_does_not_fit;
mod sg102_kv_cache_is_small;
mod sg103_accelerators_are_not_split;
mod sg104_type_is_not_computed;
mod sg105_parts_do_not_divide;
mod sg107_slice_does_not_exist;
mod sg110_flag_needs_hardware;
mod sg112_draft_is_not_counted;
mod sg113_node_is_too_small;
mod sg114_context_is_too_long;
mod sg115_flags_exclude_each_other;
mod sg201_tag_moves;
mod sg205_devices_are_hidden;
mod sg206_image_is_broken;
mod sg210_image_of_other_vendor;
mod sg211_variable_is_not_read;
mod sg301_rollout_cannot_end;
mod sg302_probe_gives_up_early;
mod sg303_startup_is_short;
mod sg304_deadline_is_short;
mod sg305_drain_is_short;
mod sg310_memory_is_small;
mod sg311_cache_is_small;
mod sg401_open_to_everybody;
mod sg402_remote_code_moves;
mod sg403_secret_is_written;
mod sg404_pod_has_privileges;
mod sg405_prompts_are_logged;
mod sg407_nobody_may_call;
mod sg408_selector_is_patched;
mod sg501_name_is_sglang;
mod sg502_metrics_are_off;
mod sg503_replicas_have_two_owners;
mod sg602_paths_are_rewritten;
mod starting;

#[cfg(test)]
mod page;
#[cfg(test)]
mod tests;

use crate::contract::{Problem, Severity};
use crate::derive::Plan;

/// One rule: what it finds, why that matters, and what to do about it. `docs/lints.md` is made from these.
pub struct Lint {
    /// The code of the problems that it reports.
    pub code: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// How bad that is. Where it can be either, the worse.
    pub severity: Severity,
    /// Why that is a problem.
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// Lines of a spec in which it finds something.
    pub example: &'static str,
    /// Lines that are nearly the same, in which neither it nor anything else does.
    pub quiet: &'static str,
}

impl Lint {
    /// Starts a problem of this rule.
    fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { severity: self.severity, ..Problem::error(self.code, message) }
    }

    /// Starts a problem of this rule in a form that still works.
    fn warning(&self, message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..self.problem(message) }
    }
}

macro_rules! lints {
    ($($lint:ident,)*) => {
        /// Every lint, in the order of their codes.
        pub const LINTS: &[Lint] = &[$($lint::LINT,)*];

        /// Runs every lint. They are not called through a table: in the sandbox, each first call through one is a call of
        /// the host.
        pub(crate) fn check(plan: &Plan<'_>) -> Vec<Problem> {
            let mut problems = Vec::new();
            $($lint::check(plan, &mut problems);)*
            problems
        }
    };
}

lints! {
    sg101_model_does_not_fit,
    sg102_kv_cache_is_small,
    sg103_accelerators_are_not_split,
    sg104_type_is_not_computed,
    sg105_parts_do_not_divide,
    sg107_slice_does_not_exist,
    sg110_flag_needs_hardware,
    sg112_draft_is_not_counted,
    sg113_node_is_too_small,
    sg114_context_is_too_long,
    sg115_flags_exclude_each_other,
    sg201_tag_moves,
    sg205_devices_are_hidden,
    sg206_image_is_broken,
    sg210_image_of_other_vendor,
    sg211_variable_is_not_read,
    sg301_rollout_cannot_end,
    sg302_probe_gives_up_early,
    sg303_startup_is_short,
    sg304_deadline_is_short,
    sg305_drain_is_short,
    sg310_memory_is_small,
    sg311_cache_is_small,
    sg401_open_to_everybody,
    sg402_remote_code_moves,
    sg403_secret_is_written,
    sg404_pod_has_privileges,
    sg405_prompts_are_logged,
    sg407_nobody_may_call,
    sg408_selector_is_patched,
    sg501_name_is_sglang,
    sg502_metrics_are_off,
    sg503_replicas_have_two_owners,
    sg602_paths_are_rewritten,
}
