//! SG310: less memory than loading needs.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG310",
    title: "the server's memory is small",
    severity: Severity::Warning,
    why: "Weights pass through the server's memory on their way to the accelerators, beside Python's processes, the \
          accelerators' buffers and `/dev/shm`, whose pages count against the limit; a second tier of the KV cache (`enable-hierarchical-cache`) and weights that \
          stay there (`cpu-offload-gb`) need as much again. What goes beyond it is killed.",
    instead: "no line at all: the weights once, 12 GiB, 4 for each accelerator and what flags keep there are the default",
    example: "[resources]\nmemory = \"8Gi\"",
    quiet: "[resources]\nmemory = \"40Gi\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(memory) = &plan.spec.resources.memory else { return };
    let needed = plan.resources.needed_memory_gib;
    if memory.gib() >= f64::from(needed) {
        return;
    }
    let weights = plan.model.weights_gib.unwrap_or_default();
    let kept = match plan.resources.pinned_gib {
        0.0 => String::new(),
        pinned => format!(" and {pinned:.0} GiB that SGLang keeps there"),
    };
    let message = format!(
        "{memory} of memory are less than the {needed}Gi that {weights:.0} GiB of weights{kept} ask for"
    );
    let help = format!("write `memory = \"{needed}Gi\"`, or drop the line");
    problems.push(LINT.problem(message).at(plan.keys.near("resources.memory")).help(help));
}
