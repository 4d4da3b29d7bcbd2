//! The question of a verb that looks at a spec on disk.

use std::ffi::OsString;

use anyhow::Context;

use crate::choice::Choice;
use crate::cli::Place;
use crate::commands;
use crate::config::Config;
use crate::guest::{Binary, Cache, Cancel, Engine, Guest, Meter};
use crate::parameters::Given;
use crate::question::{Asked, Question};
use crate::stop::Stop;
use crate::tree::DiskTree;

/// Reads everything that the guest will see.
pub(crate) fn ask(config: &Config, place: &Place, given: &Given) -> Result<Question<'static>, Stop> {
    let root = commands::find_root(place)?;
    tracing::info!(root = %root.root.display(), folder = root.folder, "reading the spec");
    let tree =
        DiskTree::open(&root.root).with_context(|| format!("cannot open `{}`", root.root.display()))?;
    let asked = Asked {
        config,
        tree: &tree,
        folder: &root.folder,
        given,
        variable: &|name| std::env::var_os(name),
        may_hold_parameters: may_hold_parameters(given),
        cancel: Cancel::default(),
        meter: Meter::default(),
    };
    Question::of(&asked, |choice| load(config, choice))
}

/// Argo CD gives them in variables.
fn may_hold_parameters(given: &Given) -> bool {
    let is_argo = |(name, _): (OsString, _)| name.as_encoded_bytes().starts_with(b"ARGOCD_");
    !given.parameters.is_empty() || !given.set.is_empty() || std::env::vars_os().any(is_argo)
}

fn load(config: &Config, choice: &Choice<'_>) -> Result<&'static Guest, Stop> {
    let binary = match choice.guest {
        None => Binary::default_guest(),
        Some(entry) => {
            tracing::info!(guest = entry.name, path = %entry.path.display(), "the guest is chosen");
            entry.binary(&choice.limits)?.map_err(|it| Stop::Configuration(config.report(vec![*it])))?
        }
    };
    let engine = Engine::with_limits(&choice.limits)?;
    Ok(Guest::load(&engine, &binary, &Cache::of_user()?).map(commands::leak)?)
}
