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
    /// The one environment to deliver; its AppProject permits all of them [default: all]
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The repository, as Argo CD clones it [default: the remote origin, without credentials]
    #[arg(long, value_name = "URL")]
    pub repo: Option<String>,
    /// The branch, tag or commit to deliver, where the spec names none
    #[arg(long, value_name = "REV", default_value = "HEAD", value_parser = word)]
    pub revision: String,
    /// The plugin, by the name and version of its plugin.yaml
    #[arg(long, value_name = "NAME", default_value = "sglang-v1", value_parser = word)]
    pub plugin: String,
    /// How the objects are written
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    pub format: ManifestFormat,
}

/// Neither git nor Argo CD has a name with a blank in it, and an empty one is a variable that was never set.
fn word(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && !text.contains(|it: char| it.is_whitespace() || it.is_control());
    is_word.then(|| text.to_owned()).ok_or_else(|| String::from("write a name without blanks"))
}
