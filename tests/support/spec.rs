//! The smallest spec that is worth something: each test adds its own line to it, or takes one out.

/// One environment, one GPU that the model fits.
pub(crate) const SPEC: &str = r#"schema = 1
name = "llama"
model.id = "meta-llama/Llama-3.1-8B-Instruct"
model.quantization = "fp8"
model.context = 8192
image.tag = "v0.5.23"
gpu.product = "l40s"
"#;
