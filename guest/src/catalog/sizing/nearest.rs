//! The smallest changes with which a model fits.

use std::fmt;

use super::{Load, fit};
use crate::catalog::gpus::{GPUS, Gpu};
use crate::catalog::models::Format;

/// One change of a spec.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// Give weights and KV cache a larger part of the memory.
    Fraction(u32),
    /// Quantize while loading.
    Fp8,
    /// More of the same accelerators, and as many groups of experts, if these must stay whole.
    Count(u32, Option<u32>),
    /// Another accelerator.
    Product(&'static str),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Fraction(percent) => write!(f, "`mem-fraction-static = 0.{percent}` in `[flags]`"),
            Choice::Fp8 => f.write_str("`quantization = \"fp8\"` in `[model]`"),
            Choice::Count(count, None) => write!(f, "`count = {count}` in `[gpu]`"),
            Choice::Count(count, Some(ep)) => {
                write!(f, "`count = {count}` in `[gpu]` with `ep = {ep}` in `[parallel]`")
            }
            Choice::Product(key) => write!(f, "`product = \"{key}\"` in `[gpu]`"),
        }
    }
}

/// What does not fit as it is.
pub(crate) struct Search<'a> {
    pub(crate) load: Load<'a>,
    /// The accelerator, if it is a whole one of the catalog.
    pub(crate) gpu: Option<&'static Gpu>,
    /// Copies of the model in one pod.
    pub(crate) dp: u32,
    /// How many tokens the KV cache is to hold.
    pub(crate) tokens: u32,
}

/// The largest part of the memory that is proposed, in per cent: activations need the rest.
const LARGEST_FRACTION: u32 = 92;
/// As many accelerators as one node has.
const LARGEST_COUNT: u32 = 8;

impl Search<'_> {
    /// Every single change that is enough, the smallest first.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let found = [self.fraction(), self.fp8(), self.count(), self.product()];
        found.into_iter().flatten().collect()
    }

    fn fits(&self, load: Load<'_>) -> bool {
        let fit = fit(&load);
        fit.is_possible() && fit.kv_tokens.is_none_or(|it| it >= self.tokens)
    }

    fn fraction(&self) -> Option<Choice> {
        let chosen = fit(&self.load).fraction;
        let larger = (50..=LARGEST_FRACTION).filter(|it| f64::from(*it) / 100.0 > chosen);
        let mut larger =
            larger.map(|it| (it, Load { mem_fraction_static: Some(f64::from(it) / 100.0), ..self.load }));
        larger.find(|(_, load)| self.fits(*load)).map(|(percent, _)| Choice::Fraction(percent))
    }

    fn fp8(&self) -> Option<Choice> {
        let is_plain =
            self.load.model.is_some_and(|it| it.format == Format::Bf16) && self.load.quantization.is_none();
        // SGLang's fp8 needs sm80, and is no faster than bf16 below sm89.
        let is_able = self.gpu.is_some_and(|it| it.compute.capability().is_none_or(|it| it >= 80));
        (is_plain && is_able && self.fits(Load { quantization: Some("fp8"), ..self.load }))
            .then_some(Choice::Fp8)
    }

    fn count(&self) -> Option<Choice> {
        self.gpu?;
        let groups = self.load.settings.attn_dp.max(1);
        let is_split = |tp: u32| self.load.model.is_none_or(|it| it.splits_by((tp / groups).max(1)));
        let mut wider = (self.load.tp + 1..=LARGEST_COUNT).filter(|it| it.is_power_of_two() && is_split(*it));
        let tp = wider.find(|tp| self.fits(Load { tp: *tp, ..self.load }))?;
        let count = tp.saturating_mul(self.load.pp).saturating_mul(self.dp);
        let is_whole = self.load.model.is_none_or(|it| it.keeps_blocks(tp, self.load.settings.ep));
        (count <= LARGEST_COUNT).then_some(Choice::Count(count, (!is_whole).then_some(tp)))
    }

    fn product(&self) -> Option<Choice> {
        let gpu = self.gpu?;
        let mut larger = GPUS.iter().filter(|it| it.vendor == gpu.vendor && it.memory_mib > gpu.memory_mib);
        larger
            .find(|it| self.fits(Load { gpu_mib: it.memory_mib, ..self.load }))
            .map(|it| Choice::Product(it.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{gpus, models};

    fn choices(model: &str, gpu: &str, tp: u32, tokens: u32) -> String {
        let (model, gpu) = (models::find(model).unwrap(), gpus::find(gpu).unwrap());
        let load = Load {
            gpu_mib: gpu.memory_mib,
            tp,
            pp: 1,
            weights_gib: model.weights_gib,
            model: Some(model),
            ..Load::default()
        };
        let search = Search { load, gpu: Some(gpu), dp: 1, tokens };
        search.choices().iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_smallest_change_comes_first() {
        assert_eq!(
            choices("meta-llama/Llama-3.1-8B-Instruct", "l4", 1, 32_768),
            "Fraction(85) Fp8 Count(2, None) Product(\"a100-40gb\")"
        );
    }

    #[test]
    fn a_t4_needs_a_second_one_or_another_product() {
        assert_eq!(
            choices("meta-llama/Llama-3.1-8B-Instruct", "t4", 1, 8192),
            "Count(2, None) Product(\"a100-40gb\")"
        );
    }

    #[test]
    fn only_what_sglang_can_load_and_split_is_proposed() {
        let coder = choices("Qwen/Qwen2.5-Coder-32B-Instruct", "l40s", 1, 8192);
        assert_eq!(coder, "Count(2, None) Product(\"h100-sxm-80gb\")");
        assert_eq!(choices("microsoft/phi-4", "t4", 1, 8192), "Product(\"a100-40gb\")");
        let experts = choices("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", "h100-sxm-80gb", 4, 8192);
        assert!(experts.starts_with("Count(8, Some(8))"), "{experts}");
    }

    #[test]
    fn what_no_single_change_mends_has_no_choice() {
        assert_eq!(choices("deepseek-ai/DeepSeek-V3-0324", "t4", 1, 8192), "");
        assert_eq!(choices("deepseek-ai/DeepSeek-V3-0324", "h100-sxm-80gb", 8, 8192), "Product(\"h200\")");
    }
}
