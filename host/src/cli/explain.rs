//! The verb that explains.

use std::path::PathBuf;

use clap::Args;

use super::{ReportFormat, Values};

/// `explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// The spec's folder, an object such as Deployment/llama, and a field of it such as spec.replicas; each may be left out
    #[arg(value_name = "DIR] [KIND/NAME] [FIELD", num_args = 0..=3)]
    pub words: Vec<String>,
    /// The repository's root: no file outside of it is read [default: the nearest folder above DIR with a .git]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The environment to explain
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// What is set beside the spec.
    #[command(flatten)]
    pub values: Values,
    /// How the explanation is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}
