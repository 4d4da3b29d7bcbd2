//! The default guest of `cmp-host`.
//!
//! It turns the compact spec of an SGLang service into complete Kubernetes manifests. All of it is plain Rust that also
//! builds natively; `component.rs` alone knows WebAssembly.

pub mod contract;
pub mod parameters;

#[cfg(target_family = "wasm")]
mod component;

use contract::{Expansion, File, Input, Problem, Request};

/// The guest's name.
pub const NAME: &str = "sglang";
/// The guest's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The JSON Schema of the spec; a test keeps it fresh.
pub const SCHEMA: &str = "{}";

/// Names the files that these files ask for.
pub fn inputs(_files: &[File]) -> Result<Vec<Input>, Vec<Problem>> {
    Ok(Vec::new())
}

/// Names the spec's environments.
pub fn environments(_files: &[File]) -> Result<Vec<String>, Vec<Problem>> {
    Ok(Vec::new())
}

/// Expands the spec for one environment.
pub fn expand(_request: &Request) -> Result<Expansion, Vec<Problem>> {
    Ok(Expansion { manifests: Vec::new(), allow_empty: true, warnings: Vec::new() })
}
