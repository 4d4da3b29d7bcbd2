//! SG104: the accelerator cannot compute with these numbers.

use super::{Lint, fitting};
use crate::catalog::flags::Release;
use crate::catalog::models::Format;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG104",
    title: "the accelerator does not compute with this type",
    severity: Severity::Error,
    why: "SGLang runs on compute capability 7.5 and newer; each kind of quantization asks for a capability of its own \
          (`get_min_capability` in SGLang's `layers/quantization`), and the server ends where it is lower. Without bf16, \
          before 8.0, it silently computes in fp16.",
    instead: "a type that the accelerator has, or an accelerator that has the type",
    example: "[model]\nquantization = \"fp8\"\n[gpu]\nproduct = \"t4\"",
    quiet: "[model]\nquantization = \"fp8\"\n[gpu]\nproduct = \"l4\"",
};

/// The oldest capability that SGLang runs on.
const OLDEST: u32 = 75;
/// The first with bf16.
const BF16: u32 = 80;
/// The first with fp8 of its own.
const FP8: u32 = 89;

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(capability) = plan.gpu.compute.and_then(|it| it.capability()) else { return };
    if capability < OLDEST {
        let message = format!(
            "SGLang needs compute capability 7.5, and `{}` has {}",
            plan.gpu.label,
            shown(capability)
        );
        let at = plan.keys.at("gpu.compute").or_else(|| plan.keys.near("gpu.product"));
        problems.push(
            LINT.problem(message).at(at).help("choose a newer accelerator: `product = \"t4\"` is the oldest"),
        );
        return;
    }
    problems.extend(dtype(plan, capability));
    problems.extend(quantization(plan, capability));
}

fn shown(capability: u32) -> String {
    format!("{}.{}", capability / 10, capability % 10)
}

fn dtype(plan: &Plan<'_>, capability: u32) -> Option<Problem> {
    let written = plan.spec.model.dtype.as_ref().map(|it| it.as_str());
    let is_published = plan.model.known.is_some_and(|it| it.format == Format::Bf16)
        && plan.spec.model.quantization.is_none();
    let is_bf16 = match written {
        Some("auto") | None => is_published,
        Some(written) => written == "bfloat16",
    };
    if !is_bf16 || capability >= BF16 {
        return None;
    }
    let message = format!("`{}` has no bf16 (it comes with 8.0), so SGLang computes in fp16", plan.gpu.label);
    Some(
        LINT.warning(message)
            .at(plan.keys.at("model.dtype").or_else(|| plan.keys.near("gpu.product")))
            .help("write `dtype = \"half\"` in `[model]`, or choose a newer accelerator"),
    )
}

fn quantization(plan: &Plan<'_>, capability: u32) -> Option<Problem> {
    let written = plan.spec.model.quantization.as_ref().map(|it| it.as_str());
    let published = plan.model.known.and_then(|it| of(it.format));
    let name = written.or(published)?;
    let least = least(name, plan.image.flags_as_of())?;
    let at = plan.keys.at("model.quantization").or_else(|| plan.keys.near("model.id"));
    let label = &plan.gpu.label;
    if capability < least {
        let whose = if written.is_some() {
            format!("`{name}`")
        } else {
            format!("{} in {name}", fitting::model(plan))
        };
        let has = shown(capability);
        let message = format!("{whose} needs compute capability {}, and `{label}` has {has}", shown(least));
        let problem = LINT.problem(message).at(at).related(plan.keys.at("gpu.product"), "this accelerator");
        return Some(problem.help("choose a newer accelerator, or weights in `awq` or `gptq`"));
    }
    (name == "fp8" && capability < FP8).then(|| {
        let message = format!(
            "`{label}` has no fp8 of its own (it comes with 8.9): it saves memory, and makes nothing faster"
        );
        LINT.warning(message)
            .at(at)
            .help("choose `l4`, `l40s`, `h100-sxm-80gb` or newer, or weights in `awq` or `gptq`")
    })
}

/// The quantization of published weights, where one name covers it.
fn of(format: Format) -> Option<&'static str> {
    match format {
        Format::Fp8 => Some("fp8"),
        Format::Mxfp4 => Some("mxfp4"),
        Format::Bf16 | Format::Int4 | Format::Quantized => None,
    }
}

/// The first release that computes NVIDIA's four bits with Marlin's kernels, too.
const FP4_EVERYWHERE_SINCE: Release = Release::new(0, 5, 15);

/// The least capability of a quantization: that of SGLang 0.5.23, and where releases that were measured differ, of each.
fn least(quantization: &str, release: Release) -> Option<u32> {
    Some(match quantization {
        "modelopt_fp4" if release < FP4_EVERYWHERE_SINCE => 100,
        "awq" | "humming" | "w8a8_int8" => 75,
        "awq_marlin" | "fp8" | "gptq_marlin" | "modelopt_fp4" | "mxfp4" => 80,
        "modelopt" | "modelopt_fp8" | "w8a8_fp8" => 89,
        "petit_nvfp4" | "w4afp8" => 90,
        "mxfp8" | "nvfp4_online" => 100,
        _ => return None,
    })
}
