//! The arguments of what compares: `diff`, and `guest upgrade --plan`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Place;

/// `diff`.
#[derive(Args, Debug)]
pub struct Diff {
    /// The revision to compare with: a branch, a tag, a commit [default: HEAD]
    #[arg(value_name = "REV")]
    pub revision: Option<PathBuf>,
    /// The folder that holds sglang.toml, or specs below it [default: .]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// The repository's root: no file outside of it is read [default: the nearest folder above DIR with a .git]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The environment to compare [default: each]
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Compare with another environment
    #[arg(long, value_name = "NAME", requires = "env")]
    pub against_env: Option<String>,
    /// Compare with what another guest makes: one of the operator's file, `default`, or a component's path
    #[arg(long, value_name = "GUEST", conflicts_with = "against_env")]
    pub against_guest: Option<PathBuf>,
    /// Compare with the YAML or JSON of a file, rendered or from a cluster; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["against_env", "against_guest"])]
    pub against_file: Option<PathBuf>,
    /// How the differences are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiffFormat,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people.
    Text,
    /// For a pull request.
    Markdown,
    /// For machines.
    Json,
}

/// `guest upgrade`.
#[derive(Args, Debug)]
pub struct UpgradeGuest {
    /// The guest of the operator's file, or `default`
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The component's file that would take its place
    #[arg(value_name = "PATH")]
    pub component: PathBuf,
    /// Where the specs are.
    #[command(flatten)]
    pub place: Place,
    /// Change nothing, and say what would change
    #[arg(long)]
    pub plan: bool,
    /// How the differences are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiffFormat,
}
