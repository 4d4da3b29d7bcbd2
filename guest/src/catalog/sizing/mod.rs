//! Whether a model fits its accelerators, by the arithmetic with which SGLang 0.5.23 itself sets memory aside.
//!
//! Its heuristic: some memory is reserved for activations and captured graphs; the rest holds the weights and, with what
//! is left, the KV cache. Numbers: SGLang's `arg_groups/memory_hook.py`. Not counted: spikes of activations, LoRA
//! adapters, draft models, the states of hybrid models; so take a result for true within five per cent.

mod budget;
mod nearest;

use super::models::{Format, Kv, Model, Vision};

pub(crate) use budget::{
    Delivery, Weights, cache_size_gib, cpu_request, memory_request_gib, shm_gib, startup_seconds,
};
pub(crate) use nearest::{Choice, Search};

/// What one replica's accelerators are to carry.
#[derive(Clone, Copy, Default)]
pub(crate) struct Load<'a> {
    /// The memory of one accelerator.
    pub(crate) gpu_mib: u32,
    pub(crate) tp: u32,
    pub(crate) pp: u32,
    /// The weights as published.
    pub(crate) weights_gib: f64,
    /// What is known of the model's layers; none leaves the number of tokens open.
    pub(crate) model: Option<&'static Model>,
    pub(crate) quantization: Option<&'a str>,
    pub(crate) kv_dtype: Option<&'a str>,
    pub(crate) mem_fraction_static: Option<f64>,
    /// What each accelerator leaves of its weights in the server's memory (`cpu-offload-gb`).
    pub(crate) offloaded_gib: f64,
    pub(crate) settings: Settings,
}

/// Flags that change how much SGLang reserves.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    /// Groups of data-parallel attention; 0 and 1 mean none.
    pub(crate) attn_dp: u32,
    /// Groups of experts; 0 and 1 mean none.
    pub(crate) ep: u32,
    pub(crate) chunked_prefill: Option<u32>,
    pub(crate) max_running: Option<u32>,
    pub(crate) uses_deepep: bool,
}

/// How a load fits; all of it for one accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    pub(crate) weights_per_gpu_gib: f64,
    /// What lies there while the weights are loaded: SGLang quantizes none of them before it has them all.
    pub(crate) loading_gib: f64,
    /// All of its memory in GiB.
    pub(crate) memory_gib: f64,
    /// The part of the memory that weights and KV cache get.
    pub(crate) fraction: f64,
    /// That part in GiB.
    pub(crate) usable_gib: f64,
    /// What is left for the KV cache; negative if the weights alone are too large.
    pub(crate) kv_gib_per_gpu: f64,
    /// How many tokens it holds; none if the model's layers are unknown.
    pub(crate) kv_tokens: Option<u32>,
}

impl Fit {
    /// Whether the weights can be loaded, and leave room for a KV cache.
    pub(crate) fn is_possible(&self) -> bool {
        self.kv_gib_per_gpu > 0.0 && self.is_loadable()
    }

    /// Whether each accelerator can hold its weights while they are loaded.
    pub(crate) fn is_loadable(&self) -> bool {
        self.loading_gib < self.memory_gib
    }
}

/// Computes how a load fits.
pub(crate) fn fit(load: &Load<'_>) -> Fit {
    let fraction = load.mem_fraction_static.unwrap_or_else(|| fraction(load));
    let usable_gib = f64::from(load.gpu_mib) * fraction / 1024.0;
    let part = |weights: f64| {
        let part = weights / f64::from(load.tp.max(1)) / f64::from(load.pp.max(1));
        (part - load.offloaded_gib).max(0.0)
    };
    let weights_per_gpu_gib = part(loaded_weights_gib(load));
    let kv_gib_per_gpu = usable_gib - weights_per_gpu_gib;
    let bytes = load.model.and_then(|it| kv_bytes_per_token(it, load));
    Fit {
        weights_per_gpu_gib,
        loading_gib: part(load.weights_gib),
        memory_gib: f64::from(load.gpu_mib) / 1024.0,
        fraction,
        usable_gib,
        kv_gib_per_gpu,
        // A float becomes the nearest whole number that a u32 can hold, and no less than 0.
        kv_tokens: bytes.map(|it| (kv_gib_per_gpu * GIB / it) as u32),
    }
}

const GIB: f64 = 1_073_741_824.0;

/// What one accelerator's captured graphs and activations are sized by.
struct Capture {
    chunk: u32,
    batch: u32,
}

impl Capture {
    fn of(load: &Load<'_>) -> Capture {
        let is_wide = load.tp >= 4;
        let (chunk, batch) = match load.gpu_mib / 1024 {
            ..20 => (2048, 8),
            20..35 => (4096, if is_wide { 160 } else { 48 }),
            35..60 => (4096, if is_wide { 160 } else { 32 }),
            60..160 => (8192, if is_wide { 512 } else { 256 }),
            _ => (16_384, 512),
        };
        let Settings { chunked_prefill, max_running, .. } = load.settings;
        Capture {
            chunk: chunked_prefill.unwrap_or(chunk),
            batch: max_running.map_or(batch, |it| batch.min(it)),
        }
    }
}

/// `mem_fraction_static` as SGLang chooses it, rounded to a thousandth as there.
fn fraction(load: &Load<'_>) -> f64 {
    let memory = f64::from(load.gpu_mib);
    let fraction = ((memory - reserved_mib(load)) / memory * 1000.0).round() / 1000.0;
    load.model.and_then(|it| it.vision).map_or(fraction, |it| fraction * beside(it))
}

/// What SGLang leaves of the fraction beside an encoder of pictures: less for one with more weights than CLIP's ViT-L/14.
fn beside(vision: Vision) -> f64 {
    let weights = |layers: f64, width: f64| layers * width * width;
    let size = weights(f64::from(vision.layers), f64::from(vision.width)) / weights(24.0, 1024.0);
    0.95 * (1.0 - 0.1 * (size - 1.0)).clamp(0.8, 1.05)
}

fn reserved_mib(load: &Load<'_>) -> f64 {
    let Capture { chunk, batch } = Capture::of(load);
    let batch = f64::from(batch);
    let is_latent = load.model.is_some_and(|it| matches!(it.kv, Kv::Latent { .. }));
    let prefill_graphs = if is_latent { 1536.0 } else { f64::from(8 * prefill_graphs(chunk)) };
    let mut reserved =
        512.0 + 1.5 * f64::from(chunk.max(2048)) + 128.0 * f64::from(load.tp) * f64::from(load.pp);
    reserved += 2.0 * batch + prefill_graphs;
    if load.settings.attn_dp > 1 {
        let per_request = if batch > 300.0 { 4.5 } else { 3.0 };
        reserved += batch * f64::from(load.settings.attn_dp) * per_request;
    }
    if load.gpu_mib > 60 * 1024 {
        reserved = reserved.max(10.0 * 1024.0);
    }
    if load.settings.uses_deepep { reserved + 2048.0 } else { reserved }
}

/// How many sizes of prefill are captured as graphs: ever coarser steps up to the chunk's size.
fn prefill_graphs(chunk: u32) -> u32 {
    let steps: [(u32, u32, u32); 6] = [
        (4, 32, 4),
        (48, 256, 16),
        (288, 512, 32),
        (576, 1024, 64),
        (1280, 4096, 256),
        (4608, u32::MAX, 512),
    ];
    steps
        .iter()
        .map(|(from, to, step)| if chunk < *from { 0 } else { (chunk.min(*to) - from) / step + 1 })
        .sum()
}

/// The weights as they lie in the accelerators: half as large if SGLang quantizes them while it loads.
fn loaded_weights_gib(load: &Load<'_>) -> f64 {
    let published = load.weights_gib;
    if !is_quantized_online(load) {
        return published;
    }
    match load.model.and_then(|it| it.embeddings_gib) {
        Some(kept) => kept + (published - kept).max(0.0) / 2.0,
        None => published * 0.515, // scales take some three per cent of a half
    }
}

/// Whether the weights are published unquantized and become 8 bits wide in the accelerators.
fn is_quantized_online(load: &Load<'_>) -> bool {
    let asked = matches!(load.quantization, Some("fp8" | "mxfp8" | "w8a8_fp8"));
    // Weights that are far smaller than those of a bf16 model of the same layers are quantized already.
    let is_plain = |it: &Model| it.format == Format::Bf16 && load.weights_gib > 0.7 * it.weights_gib;
    asked && load.model.is_none_or(is_plain)
}

/// What one token costs one accelerator, in bytes.
fn kv_bytes_per_token(model: &Model, load: &Load<'_>) -> Option<f64> {
    let layers = f64::from(model.layers.div_ceil(load.pp.max(1)));
    let values = match model.kv {
        Kv::Heads { count, width } => {
            let split = (load.tp / load.settings.attn_dp.max(1)).clamp(1, count);
            2.0 * f64::from(count) / f64::from(split) * f64::from(width)
        }
        Kv::Latent { width } => f64::from(width),
        Kv::Other => return None,
    };
    Some(layers * values * bytes_per_value(load.kv_dtype))
}

/// Four-bit formats carry one byte of scale for 16 values.
fn bytes_per_value(kv_dtype: Option<&str>) -> f64 {
    match kv_dtype {
        Some("fp8_e5m2" | "fp8_e4m3" | "mxfp8") => 1.0,
        Some("nvfp4" | "fp4_e2m1" | "fp4_mx_block16") => 0.5625,
        _ => 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{gpus, models};
    use super::*;

    fn load(model: &str, gpu: &str, tp: u32) -> Load<'static> {
        let model = models::find(model).unwrap();
        let gpu_mib = gpus::find(gpu).unwrap().memory_mib;
        Load { gpu_mib, tp, pp: 1, weights_gib: model.weights_gib, model: Some(model), ..Load::default() }
    }

    const LLAMA_8B: &str = "meta-llama/Llama-3.1-8B-Instruct";
    const LLAMA_70B: &str = "meta-llama/Llama-3.3-70B-Instruct";
    const LLAMA_70B_FP8: &str = "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic";
    const CODER_32B: &str = "Qwen/Qwen2.5-Coder-32B-Instruct";
    const DEEPSEEK: &str = "deepseek-ai/DeepSeek-V3-0324";

    /// Model, accelerator, how many, then what SGLang's heuristic gives: weights, fraction, KV cache (GiB), tokens (k).
    const KNOWN: &[(&str, &str, u32, f64, f64, f64, f64)] = &[
        (LLAMA_8B, "t4", 1, 15.0, 0.735, -3.9, 0.0),
        (LLAMA_8B, "t4", 2, 7.5, 0.727, 3.4, 56.0),
        ("Qwen/Qwen3-8B-AWQ", "t4", 1, 5.7, 0.735, 5.4, 39.0),
        (LLAMA_8B, "l4", 1, 15.0, 0.684, 0.4, 3.4),
        (LLAMA_8B, "a10g", 1, 15.0, 0.684, 0.4, 3.4),
        (LLAMA_8B, "l40s", 1, 15.0, 0.843, 23.0, 188.0),
        (LLAMA_8B, "h100-sxm-80gb", 1, 15.0, 0.830, 51.1, 419.0),
        (CODER_32B, "h100-sxm-80gb", 1, 61.0, 0.830, 5.0, 21.0),
        (LLAMA_70B, "h100-sxm-80gb", 2, 65.7, 0.828, 0.2, 1.5),
        (LLAMA_70B, "h100-sxm-80gb", 4, 32.9, 0.819, 32.3, 424.0),
        (LLAMA_70B, "h200", 1, 131.4, 0.903, -4.6, 0.0),
        (LLAMA_70B, "h200", 2, 65.7, 0.902, 61.0, 400.0),
        (LLAMA_70B_FP8, "h100-sxm-80gb", 1, 67.7, 0.830, -1.6, 0.0),
        (LLAMA_70B_FP8, "h100-sxm-80gb", 2, 33.9, 0.828, 32.1, 210.0),
        (LLAMA_70B_FP8, "l40s", 4, 16.9, 0.829, 20.4, 267.0),
        ("openai/gpt-oss-120b", "h100-sxm-80gb", 1, 60.8, 0.830, 5.3, 77.0),
        (DEEPSEEK, "h100-sxm-80gb", 8, 80.2, 0.799, -16.5, 0.0),
        (DEEPSEEK, "h100-sxm-80gb", 16, 40.1, 0.787, 22.6, 345.0),
        (DEEPSEEK, "h200", 8, 80.2, 0.886, 44.2, 676.0),
        ("moonshotai/Kimi-K2.6", "h200", 8, 69.3, 0.886, 55.1, 842.0),
        ("zai-org/GLM-5.2-FP8", "h200", 8, 88.0, 0.886, 36.4, 435.0),
        ("google/gemma-3-27b-it", "h100-sxm-80gb", 1, 51.1, 0.755, 9.0, 18.9),
    ];

    #[test]
    fn known_loads_fit_as_sglang_computes_them() {
        for (model, gpu, tp, weights, fraction, kv, tokens) in KNOWN {
            let found = fit(&load(model, gpu, *tp));
            let name = format!("{model} on {tp} {gpu}: {found:?}");
            assert!((found.weights_per_gpu_gib - weights).abs() < 0.06, "{name}");
            assert!((found.fraction - fraction).abs() < 0.0006, "{name}");
            // The fraction's rounding to a thousandth moves 0.04 GiB on a card of 80.
            assert!((found.kv_gib_per_gpu - kv).abs() < 0.1, "{name}");
            let thousands = f64::from(found.kv_tokens.unwrap()) / 1000.0;
            assert!((thousands - tokens).abs() <= (tokens * 0.015).max(0.1), "{name}");
        }
    }

    #[test]
    fn quantizing_while_loading_leaves_the_embeddings() {
        let found = fit(&Load { quantization: Some("fp8"), ..load(LLAMA_8B, "l4", 1) });
        assert!(
            (found.weights_per_gpu_gib - 8.5).abs() < 0.06 && (found.kv_gib_per_gpu - 6.9).abs() < 0.06,
            "{found:?}"
        );
        assert!((56_000..58_000).contains(&found.kv_tokens.unwrap()), "{found:?}");
        let already = fit(&Load { quantization: Some("fp8"), ..load(DEEPSEEK, "h200", 8) });
        assert!((already.weights_per_gpu_gib - 80.2).abs() < 0.06);
        let unknown =
            Load { weights_gib: 100.0, model: None, quantization: Some("fp8"), ..load(LLAMA_8B, "h200", 1) };
        assert!((fit(&unknown).weights_per_gpu_gib - 51.5).abs() < 1e-9 && fit(&unknown).kv_tokens.is_none());
    }

    #[test]
    fn what_is_quantized_while_loading_is_loaded_whole() {
        let whole = Load { quantization: Some("fp8"), ..load(CODER_32B, "l40s", 1) };
        let found = fit(&whole);
        assert!(found.kv_gib_per_gpu > 0.0 && !found.is_loadable() && !found.is_possible(), "{found:?}");
        assert!(fit(&Load { tp: 2, ..whole }).is_possible());
        assert!(fit(&Load { offloaded_gib: 40.0, ..whole }).is_possible());
    }

    #[test]
    fn what_the_spec_says_wins() {
        let plain = load(LLAMA_8B, "l4", 1);
        let more = fit(&Load { mem_fraction_static: Some(0.88), ..plain });
        assert!((39_000..42_000).contains(&more.kv_tokens.unwrap()), "{more:?}");
        let smaller = fit(&Load { kv_dtype: Some("fp8_e4m3"), ..plain });
        assert_eq!(smaller.kv_tokens.unwrap() / 2, fit(&plain).kv_tokens.unwrap());
        let few = Load { settings: Settings { max_running: Some(8), ..Settings::default() }, ..plain };
        assert!(fit(&few).fraction > fit(&plain).fraction);
    }

    #[test]
    fn data_parallel_attention_and_deepep_reserve_more() {
        let plain = load(DEEPSEEK, "h200", 8);
        let settings = Settings { attn_dp: 8, uses_deepep: true, ..Settings::default() };
        let more = fit(&Load { settings, ..plain });
        // 512 requests × 8 groups × 4.5 MiB, and 2 GiB.
        assert!((fit(&plain).usable_gib - more.usable_gib - 20.0).abs() < 0.2, "{more:?}");
    }

    #[test]
    fn graphs_are_counted_as_sglang_lists_them() {
        assert_eq!([2048, 4096, 8192].map(prefill_graphs), [42, 50, 58]);
    }
}
