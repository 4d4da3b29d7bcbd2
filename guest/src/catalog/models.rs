//! The models: how large their weights are, and what one token of context costs.
//!
//! Weights are the safetensors as published, in GiB. Sources: KAITO's `model_catalog.yaml` for all that is not marked;
//! `(card)`: parameters times bytes, by the model's own card, within three per cent; heads, `config.json` of each model.

use crate::problem;

/// A model.
pub(crate) struct Model {
    /// Its id on the Hugging Face Hub.
    pub(crate) id: &'static str,
    pub(crate) weights_gib: f64,
    pub(crate) layers: u32,
    pub(crate) kv: Kv,
    /// The longest context that it was trained for, in tokens.
    pub(crate) context: u32,
    /// Its attention heads, where known: tensor parallelism must divide them.
    pub(crate) heads: Option<u32>,
    pub(crate) format: Format,
    /// What quantizing leaves as it is, in GiB: the embeddings and the head.
    pub(crate) embeddings_gib: Option<f64>,
    /// The width of an expert, for fp8 in blocks of 128: each part of it must be whole blocks.
    pub(crate) expert_width: Option<u32>,
    /// The encoder of pictures, where SGLang sets memory aside for one by its size.
    pub(crate) vision: Option<Vision>,
    /// What a server downloads beside the weights, in GiB: weights that the repository holds a second time.
    pub(crate) twice_gib: f64,
}

/// An encoder of pictures.
#[derive(Clone, Copy)]
pub(crate) struct Vision {
    pub(crate) layers: u32,
    pub(crate) width: u32,
}

/// The width of a block of fp8 weights that shares a scale.
pub(crate) const BLOCK: u32 = 128;

impl Model {
    /// The heads whose keys and values are cached; none if the model has no such heads or nobody counted them.
    pub(crate) fn kv_heads(&self) -> Option<u32> {
        match self.kv {
            Kv::Heads { count, .. } => Some(count),
            Kv::Latent { .. } | Kv::Other => None,
        }
    }

    /// Whether attention can be split into so many parts. KV heads may also be repeated, so one number must divide the other.
    pub(crate) fn splits_by(&self, parts: u32) -> bool {
        self.heads.is_none_or(|all| all.is_multiple_of(parts))
            && self.kv_heads().is_none_or(|all| all.is_multiple_of(parts) || parts.is_multiple_of(all))
    }

    /// Whether each accelerator gets whole blocks of every expert that it holds: `width / (tp / ep)` of it.
    pub(crate) fn keeps_blocks(&self, tp: u32, ep: u32) -> bool {
        let parts = (tp / ep.max(1)).max(1);
        self.expert_width.is_none_or(|width| width.is_multiple_of(BLOCK.saturating_mul(parts)))
    }
}

/// What the KV cache holds for a token and layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kv {
    /// Keys and values of so many heads; tensor parallelism divides them.
    Heads { count: u32, width: u32 },
    /// One latent vector (MLA), whole on every accelerator.
    Latent { width: u32 },
    /// Something of the model's own.
    Other,
}

/// How the published weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Bf16,
    Fp8,
    Int4,
    Mxfp4,
    /// Quantized, in a way that no source tells.
    Quantized,
}

const fn heads(count: u32, width: u32) -> Kv {
    Kv::Heads { count, width }
}

const MLA: Kv = Kv::Latent { width: 512 + 64 };

/// A model whose weights are bf16; the others change what differs.
const PLAIN: Model = Model {
    id: "",
    weights_gib: 0.0,
    layers: 0,
    kv: Kv::Other,
    context: 131_072,
    heads: None,
    format: Format::Bf16,
    embeddings_gib: None,
    expert_width: None,
    vision: None,
    twice_gib: 0.0,
};
const LLAMA_8B: Model = Model {
    weights_gib: 14.96,
    layers: 32,
    kv: heads(8, 128),
    heads: Some(32),
    embeddings_gib: Some(1.96),
    ..PLAIN
};
const LLAMA_70B: Model = Model {
    weights_gib: 131.42,
    layers: 80,
    kv: heads(8, 128),
    heads: Some(64),
    embeddings_gib: Some(3.91),
    ..PLAIN
};
/// (card)
const LLAMA_405B: Model = Model {
    weights_gib: 756.0,
    layers: 126,
    kv: heads(8, 128),
    heads: Some(128),
    embeddings_gib: Some(7.83),
    ..PLAIN
};
const QWEN_25_7B: Model = Model {
    weights_gib: 14.19,
    layers: 28,
    kv: heads(4, 128),
    context: 32_768,
    heads: Some(28),
    embeddings_gib: Some(2.03),
    ..PLAIN
};
const QWEN_25_32B: Model = Model {
    weights_gib: 61.03,
    layers: 64,
    kv: heads(8, 128),
    context: 32_768,
    heads: Some(40),
    embeddings_gib: Some(2.90),
    ..PLAIN
};
const DEEPSEEK_V3: Model = Model {
    weights_gib: 641.30,
    layers: 61,
    kv: MLA,
    context: 163_840,
    heads: Some(128),
    format: Format::Fp8,
    expert_width: Some(2048),
    ..PLAIN
};
const KIMI_K2: Model = Model {
    weights_gib: 554.32,
    layers: 61,
    kv: MLA,
    context: 262_144,
    heads: Some(64),
    format: Format::Int4,
    ..PLAIN
};

/// Every model, sorted by id without regard to case. The KV cache of hybrid models and of sliding windows is an upper
/// bound.
const MODELS: &[Model] = &[
    Model { id: "deepseek-ai/DeepSeek-R1", ..DEEPSEEK_V3 },
    Model { id: "deepseek-ai/DeepSeek-R1-0528", ..DEEPSEEK_V3 },
    Model { id: "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", ..LLAMA_8B },
    Model {
        id: "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
        weights_gib: 27.51,
        layers: 48,
        kv: heads(8, 128),
        heads: Some(40),
        embeddings_gib: Some(2.90),
        ..PLAIN
    },
    // (card)
    Model {
        id: "deepseek-ai/DeepSeek-V2-Lite-Chat",
        weights_gib: 29.26,
        layers: 27,
        kv: MLA,
        context: 163_840,
        heads: Some(16),
        ..PLAIN
    },
    Model { id: "deepseek-ai/DeepSeek-V3", ..DEEPSEEK_V3 },
    Model { id: "deepseek-ai/DeepSeek-V3-0324", ..DEEPSEEK_V3 },
    Model { id: "deepseek-ai/DeepSeek-V3.2", weights_gib: 642.14, ..DEEPSEEK_V3 },
    Model {
        id: "deepseek-ai/DeepSeek-V4-Flash",
        weights_gib: 155.43,
        layers: 43,
        context: 1_048_576,
        format: Format::Quantized,
        ..PLAIN
    },
    Model {
        id: "deepseek-ai/DeepSeek-V4-Pro",
        weights_gib: 805.34,
        layers: 61,
        context: 1_048_576,
        format: Format::Quantized,
        ..PLAIN
    },
    Model {
        id: "google/gemma-3-27b-it",
        weights_gib: 51.10,
        layers: 62,
        kv: heads(16, 128),
        heads: Some(32),
        embeddings_gib: Some(2.63),
        // (`vision_config` of the model's `config.json`: SigLIP So400m)
        vision: Some(Vision { layers: 27, width: 1152 }),
        ..PLAIN
    },
    Model { id: "meta-llama/Llama-3.1-405B-Instruct", ..LLAMA_405B },
    // (card)
    Model {
        id: "meta-llama/Llama-3.1-405B-Instruct-FP8",
        weights_gib: 380.0,
        format: Format::Fp8,
        ..LLAMA_405B
    },
    Model { id: "meta-llama/Llama-3.1-70B-Instruct", ..LLAMA_70B },
    Model { id: "meta-llama/Llama-3.1-8B-Instruct", ..LLAMA_8B },
    Model { id: "meta-llama/Llama-3.3-70B-Instruct", ..LLAMA_70B },
    Model {
        id: "microsoft/phi-4",
        weights_gib: 27.31,
        layers: 40,
        kv: heads(10, 128),
        context: 16_384,
        heads: Some(40),
        embeddings_gib: Some(1.91),
        ..PLAIN
    },
    Model {
        id: "MiniMaxAI/MiniMax-M2.7",
        weights_gib: 214.34,
        layers: 62,
        kv: heads(8, 128),
        context: 204_800,
        format: Format::Fp8,
        ..PLAIN
    },
    Model { id: "moonshotai/Kimi-K2.5", ..KIMI_K2 },
    Model { id: "moonshotai/Kimi-K2.6", ..KIMI_K2 },
    Model { id: "moonshotai/Kimi-K2.7-Code", ..KIMI_K2 },
    // The repository holds every weight twice, and the catalog counts both: these are half of its numbers. SGLang leaves out
    // `original/**/*`, which does not match the second ones, `original/*.safetensors`.
    Model {
        id: "openai/gpt-oss-120b",
        weights_gib: 60.8,
        twice_gib: 60.8,
        layers: 36,
        kv: heads(8, 64),
        heads: Some(64),
        format: Format::Mxfp4,
        ..PLAIN
    },
    Model {
        id: "openai/gpt-oss-20b",
        weights_gib: 12.8,
        twice_gib: 12.8,
        layers: 24,
        kv: heads(8, 64),
        heads: Some(64),
        format: Format::Mxfp4,
        ..PLAIN
    },
    Model { id: "Qwen/Qwen2.5-Coder-32B-Instruct", ..QWEN_25_32B },
    Model { id: "Qwen/Qwen2.5-Coder-7B-Instruct", ..QWEN_25_7B },
    Model {
        id: "Qwen/Qwen3-8B-AWQ",
        weights_gib: 5.68,
        layers: 36,
        kv: heads(8, 128),
        context: 40_960,
        heads: Some(32),
        format: Format::Int4,
        ..PLAIN
    },
    // (card)
    Model {
        id: "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8",
        weights_gib: 449.0,
        layers: 62,
        kv: heads(8, 128),
        context: 262_144,
        heads: Some(96),
        format: Format::Fp8,
        expert_width: Some(2560),
        ..PLAIN
    },
    Model {
        id: "Qwen/Qwen3.5-122B-A10B",
        weights_gib: 232.99,
        layers: 48,
        kv: heads(2, 256),
        context: 262_144,
        ..PLAIN
    },
    Model {
        id: "Qwen/Qwen3.5-122B-A10B-GPTQ-Int4",
        weights_gib: 73.47,
        layers: 48,
        kv: heads(2, 256),
        context: 262_144,
        format: Format::Int4,
        ..PLAIN
    },
    Model {
        id: "Qwen/Qwen3.5-397B-A17B-GPTQ-Int4",
        weights_gib: 219.56,
        layers: 60,
        kv: heads(2, 256),
        context: 262_144,
        format: Format::Int4,
        ..PLAIN
    },
    Model {
        id: "Qwen/Qwen3.6-35B-A3B",
        weights_gib: 66.97,
        layers: 40,
        kv: heads(2, 256),
        context: 262_144,
        ..PLAIN
    },
    Model {
        id: "Qwen/Qwen3.6-35B-A3B-FP8",
        weights_gib: 34.90,
        layers: 40,
        kv: heads(2, 256),
        context: 262_144,
        format: Format::Fp8,
        ..PLAIN
    },
    // (card)
    Model {
        id: "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
        weights_gib: 67.7,
        format: Format::Fp8,
        ..LLAMA_70B
    },
    Model {
        id: "zai-org/GLM-5.2-FP8",
        weights_gib: 703.75,
        layers: 78,
        kv: MLA,
        context: 1_048_576,
        format: Format::Fp8,
        ..PLAIN
    },
];

/// The model of an id, whose case the Hub does not mind.
pub(crate) fn find(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|it| it.id.eq_ignore_ascii_case(id))
}

/// The ids of all models.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    MODELS.iter().map(|it| it.id)
}

/// The id that is nearest to an unknown one.
pub(crate) fn nearest(id: &str) -> Option<&'static str> {
    problem::nearest(id, ids())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_found_in_any_case() {
        assert!(MODELS.is_sorted_by_key(|it| it.id.to_ascii_lowercase()));
        assert_eq!(
            find("meta-llama/llama-3.1-8b-instruct").map(|it| it.id),
            Some("meta-llama/Llama-3.1-8B-Instruct")
        );
        assert!(MODELS.iter().all(|it| it.weights_gib > 0.0 && it.layers > 0 && it.context > 0));
    }

    #[test]
    fn only_a_near_id_is_proposed() {
        assert_eq!(nearest("meta-llama/Llama-3.1-8B-Instrukt"), Some("meta-llama/Llama-3.1-8B-Instruct"));
        assert_eq!(nearest("acme/own"), None);
    }
}
