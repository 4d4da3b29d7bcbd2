//! SG107: a slice of a device that cannot be had, or several of them for one model.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::problem::all_of;

pub(super) const LINT: Lint = Lint {
    code: "SG107",
    title: "slices cannot be used like this",
    severity: Severity::Error,
    why: "Slices of a device (MIG) cannot reach each other's memory, and a process sees one of them alone: a model must fit \
          into one slice. Which slices there are depends on the device.",
    instead: "`count = 1`, and a profile that the product has",
    example: "[gpu]\nvia = \"mig:3g.40gb\"\ncount = 2",
    quiet: "[gpu]\nvia = \"mig:3g.40gb\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(slice) = plan.gpu.slice.as_deref() else { return };
    if plan.gpu.count > 1 {
        let message = format!(
            "{} slices `{slice}` cannot work on one model: they do not reach each other",
            plan.gpu.count
        );
        let help = "write `count = 1`, and `replicas = …` for more servers, or a larger slice";
        problems.push(LINT.problem(message).at(plan.keys.near("gpu.count")).help(help));
    }
    let Some(known) = plan.gpu.known else { return };
    if known.slices.contains(&slice.strip_suffix("+me").unwrap_or(slice)) {
        return;
    }
    let message = format!("`{}` has no slice `{slice}`", known.key);
    let help = match known.slices {
        [] => "this product has no slices at all: drop `via`".into(),
        slices => format!("its slices are {}", all_of(slices.iter().copied())),
    };
    problems.push(LINT.problem(message).at(plan.keys.near("gpu.via")).help(help));
}
