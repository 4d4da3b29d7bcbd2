//! SG205: a variable that hides accelerators from the server.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG205",
    title: "a variable hides accelerators",
    severity: Severity::Error,
    why: "The device plugin gives a container its accelerators and sets these variables itself. A value of one's own is \
          redundant with one accelerator, and with several it hides those that tensor parallelism counts on.",
    instead: "`gpu.count` alone",
    example: "[vars]\nCUDA_VISIBLE_DEVICES = \"0\"",
    quiet: "[vars]\nCUDA_DEVICE_ORDER = \"PCI_BUS_ID\"",
};

const HIDING: &[&str] = &[
    "CUDA_VISIBLE_DEVICES",
    "GPU_DEVICE_ORDINAL",
    "HIP_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    for name in plan.spec.vars.keys().map(|it| it.as_str()).filter(|it| HIDING.contains(it)) {
        let message = format!("`vars.{name}` hides accelerators that the device plugin gives");
        let at = plan.keys.near(&format!("vars.{name}"));
        problems.push(LINT.problem(message).at(at).help("drop this line: `gpu.count` decides"));
    }
}
