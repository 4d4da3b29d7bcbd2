//! The verb that writes a first spec.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// The folder to write sglang.toml into
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The service's name
    #[arg(long)]
    pub name: Option<String>,
    /// The model, as the Hub names it: `meta-llama/Llama-3.1-8B-Instruct`
    #[arg(long)]
    pub model: Option<String>,
    /// The kind of GPU
    #[arg(long)]
    pub gpu: Option<String>,
    /// The number of GPUs for one replica
    #[arg(long, value_name = "COUNT")]
    pub gpus: Option<String>,
    /// The size of the weights in GiB, for a model that is not known
    #[arg(long, value_name = "GIB")]
    pub weights_gib: Option<String>,
    /// A known model of the same architecture, for one that is not known
    #[arg(long, value_name = "MODEL")]
    pub like: Option<String>,
    /// The environments, with commas between them
    #[arg(long, value_name = "NAMES")]
    pub env: Option<String>,
    /// Write workflows that deliver the spec, into the repository that holds DIR; without other flags, for the spec there
    #[arg(long, value_name = "FORGE")]
    pub ci: Option<Ci>,
}

/// Whose workflows `init` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    /// GitHub Actions.
    Github,
}
