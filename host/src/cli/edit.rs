//! The verbs that change a spec.

use clap::{Args, Subcommand, ValueEnum};

use super::Place;

/// The verbs of `image`.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Set the image of an environment, and print what changed in the spec
    Set(SetImage),
}

/// `image set`.
#[derive(Args, Debug)]
pub struct SetImage {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// The environment whose image it is
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The image.
    #[command(flatten)]
    pub image: NewImage,
    /// The release inside, where no tag tells it: of a digest, or of a tag of your own
    #[arg(long, value_name = "RELEASE")]
    pub version: Option<String>,
}

/// One way to say which image it is.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct NewImage {
    /// The tag alone; the repository stays as it is
    #[arg(long)]
    pub tag: Option<String>,
    /// The digest alone, `sha256:…`; the repository stays as it is
    #[arg(long)]
    pub digest: Option<String>,
    /// Repository and tag, or repository and digest: `registry/name:tag`, `registry/name@sha256:…`
    #[arg(long, value_name = "REFERENCE")]
    pub image: Option<String>,
}

/// `promote`.
#[derive(Args, Debug)]
pub struct Promote {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// The environment that has it
    #[arg(long, value_name = "NAME")]
    pub from: String,
    /// The environment that gets it
    #[arg(long, value_name = "NAME")]
    pub to: String,
    /// What is carried over, with commas between
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "image")]
    pub only: Vec<Carried>,
}

/// `rollback`.
#[derive(Args, Debug)]
pub struct Rollback {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// The environment that gets it back
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The commit that it had it in [default: the last in which it was another]
    #[arg(long, value_name = "REVISION")]
    pub to: Option<String>,
    /// What it gets back, with commas between
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "image")]
    pub only: Vec<Carried>,
}

/// What a verb carries from one environment, or from an earlier commit, to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Carried {
    /// Repository, tag or digest, and the version inside.
    Image,
    /// How many there are.
    Replicas,
}
