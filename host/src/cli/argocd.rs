//! The verbs that write what Argo CD's own side needs.

use clap::{Args, Subcommand};

use super::{ManifestFormat, Place};

/// The verbs of `argocd`.
#[derive(Debug, Subcommand)]
pub enum ArgocdCommand {
    /// Print the AppProject, Applications and ApplicationSets that deliver a spec
    Apps(Apps),
    /// Print the settings that the plugin needs, as ConfigMaps to merge in
    Config,
}

/// `argocd apps`.
#[derive(Args, Debug)]
pub struct Apps {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// The repository, as Argo CD clones it [default: the remote origin, without credentials]
    #[arg(long, value_name = "URL")]
    pub repo: Option<String>,
    /// The branch, tag or commit to deliver, where the spec names none
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub revision: String,
    /// The plugin, by the name and version of its plugin.yaml
    #[arg(long, value_name = "NAME", default_value = "sglang-v1")]
    pub plugin: String,
    /// How the objects are written
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    pub format: ManifestFormat,
}
