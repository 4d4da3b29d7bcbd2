//! What every verb that looks at a spec begins with: the spec, its guest, its limits, and all files that it asks for.

use std::ffi::OsString;

use anyhow::Context;

use crate::choice::Choice;
use crate::cli::Place;
use crate::commands::{self, Stop};
use crate::config::Config;
use crate::guest::contract::File;
use crate::guest::{Binary, Budget, Engine, Guest};
use crate::parameters::{Choices, Given, Refusal};
use crate::request;
use crate::tree::DiskTree;

/// A guest, and what it is asked about.
pub(crate) struct Question {
    pub(crate) guest: &'static Guest,
    pub(crate) files: Vec<File>,
    pub(crate) budget: Budget,
    pub(crate) choices: Choices,
}

impl Question {
    /// Reads everything that the guest will see.
    pub(crate) fn of(config: &Config, place: &Place, given: &Given) -> Result<Question, Stop> {
        let root = commands::find_root(place)?;
        tracing::info!(root = %root.root.display(), folder = root.folder, "reading the spec");
        let tree =
            DiskTree::open(&root.root).with_context(|| format!("cannot open `{}`", root.root.display()))?;
        // What belongs to the host is known before the guest is, and that chooses it.
        let choice_of_host = choices(given, &[])?;
        let choice = Choice::of(config, &tree, &root.folder, &choice_of_host)?;
        let guest = load(config, &choice)?;
        let budget = choice.limits.budget();
        let choices = match may_hold_parameters(given) {
            true => choices(given, &guest.describe(&budget)?.parameters)?,
            false => choice_of_host,
        };
        let defaults = config.defaults.as_ref();
        let files = request::read_files(guest, &tree, choice.spec, defaults, &choice.limits)??;
        // From here on nothing is opened any more: a test looks for this line in what the kernel was asked for.
        tracing::info!(files = files.len(), "request read");
        Ok(Question { guest, files, budget, choices })
    }
}

fn choices(given: &Given, announced: &[crate::guest::contract::Parameter]) -> Result<Choices, Stop> {
    Choices::of(given, announced, &|name| std::env::var_os(name)).map_err(|refusal| match refusal {
        Refusal::Usage(text) => Stop::Usage(text),
        Refusal::Problem(problem) => commands::rejected(*problem),
    })
}

/// Only then must the guest be asked which parameters it takes. Argo CD gives them in variables.
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
    Ok(Guest::load(&engine, &binary, &commands::cache_of_user()?).map(commands::leak)?)
}
