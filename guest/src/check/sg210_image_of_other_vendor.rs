//! SG210: an image that is built for another vendor's accelerators.

use super::Lint;
use crate::catalog::flags::Release;
use crate::catalog::gpus::Vendor;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG210",
    title: "the image is built for another vendor",
    severity: Severity::Error,
    why: "SGLang's images hold the libraries of one vendor: CUDA's, or ROCm's where the tag says `rocm`. On the other \
          vendor's accelerators the server finds no device.",
    instead: "for AMD a tag with `-rocm…`, for NVIDIA one without",
    example: "[image]\ntag = \"v0.5.23-rocm700-mi30x\"",
    quiet: "[image]\ntag = \"v0.5.23-rocm700-mi30x\"\n[gpu]\nproduct = \"mi300x\"",
};

/// Whether the image is one of SGLang's own, whose tags say what is inside.
pub(super) fn is_official(plan: &Plan<'_>) -> bool {
    plan.spec.image.repo.as_ref().is_none_or(|it| it.as_str().ends_with("lmsysorg/sglang"))
}

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(tag) = plan.spec.image.tag.as_ref().map(|it| it.as_str()) else { return };
    let gpu = &plan.gpu;
    // Nothing tells the vendor of a product that has no memory either, and that is a problem already.
    if gpu.known.is_none() && gpu.memory_mib.is_none() {
        return;
    }
    let (built_for, whose, choose) = match (gpu.vendor, tag.contains("rocm")) {
        (Vendor::Nvidia, true) => ("AMD", "NVIDIA's", "without `rocm`"),
        (Vendor::Amd, false) if is_official(plan) => ("NVIDIA", "AMD's", "with `-rocm…`"),
        _ => return,
    };
    let (is, or_else) = match gpu.known {
        Some(_) => (format!("is {whose}"), ""),
        // Of a product outside of the catalog, the resource is all that tells.
        None => (
            format!("is asked for as `{}`", gpu.resource),
            ", or write the other vendor's `resource` in `[gpu]`",
        ),
    };
    let message = format!("the image `{tag}` is built for {built_for}, and `{}` {is}", gpu.label);
    let example = gpu.vendor.image_tag(Release::newest_known());
    let help = format!("choose a tag {choose}, such as `{example}`{or_else}");
    let problem = LINT.problem(message).at(plan.keys.near("image.tag")).help(help);
    problems.push(problem.related(plan.keys.at("gpu.product"), "this accelerator"));
}
