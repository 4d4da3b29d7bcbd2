//! The question of a verb that looks at a spec on disk.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Context;

use crate::choice::Choice;
use crate::cli::{Place, Values};
use crate::commands::guests::{self, Guests};
use crate::commands::{self, application};
use crate::config::Config;
use crate::diagnostic::Report;
use crate::guest::{Cancel, Guest, Meter};
use crate::parameters::Given;
use crate::question::{Asked, Question};
use crate::root::Root;
use crate::stop::Stop;
use crate::tree::{DiskTree, Tree};

/// What the command line sets.
pub(crate) fn given(env: Option<&str>, values: &Values) -> Given {
    Given {
        environment: env.map(str::to_owned),
        parameters: values.parameters.clone(),
        set: values.set.clone(),
    }
}

/// Reads everything that the guest will see.
pub(crate) fn ask(config: &Config, place: &Place, given: &Given) -> Result<Question<'static>, Stop> {
    let (root, tree) = open(place)?;
    let variable = |name: &str| std::env::var_os(name);
    let asked = ask_of(config, &tree, &root.folder, given, &variable, may_hold_parameters(given));
    asked.map_err(|stop| match stop {
        Stop::Rejected(report) => Stop::Rejected(with_root(report, place, &root)),
        stop => stop,
    })
}

/// Says how to name the root where nothing told it: then the folder of the spec is taken for all there is, and what it extends
/// may well lie beside it.
pub(crate) fn with_root(mut report: Report, place: &Place, root: &Root) -> Report {
    let is_told = place.root.is_some()
        || !root.folder.is_empty()
        || root.root.join(".git").symlink_metadata().is_ok()
        || std::env::var_os("ARGOCD_APP_SOURCE_PATH").is_some();
    if !is_told {
        let advice = "no folder above this one has a `.git`, so it is taken for the whole repository; name that with `--root`";
        report.advise("SG006", |_| Some(advice.to_owned()));
    }
    report
}

/// The same, as Argo CD would ask for an Application. This process's own variables are not its.
pub(crate) fn ask_for(
    config: &Config,
    place: &Place,
    file: &Path,
    given: &Given,
) -> Result<Question<'static>, Stop> {
    let (_, tree) = open(place)?;
    let passed = application::passed(file, &tree)?;
    ask_of(config, &tree, &passed.folder, given, &|name| passed.variables.get(name), true)
}

/// A spec's question, as somebody without an Application asks it: of this process's variables none counts, whoever set them.
pub(crate) fn of_spec(
    guests: &Guests<'_>,
    config: &Config,
    tree: &dyn Tree,
    folder: &str,
) -> Result<Question<'static>, Stop> {
    let load = |choice: &Choice<'_>| guests.load(choice);
    of_spec_with(config, tree, folder, &load)
}

/// The same, with a guest that may be another one than the spec's.
pub(crate) fn of_spec_with(
    config: &Config,
    tree: &dyn Tree,
    folder: &str,
    load: &dyn Fn(&Choice<'_>) -> Result<&'static Guest, Stop>,
) -> Result<Question<'static>, Stop> {
    ask_with(config, tree, folder, &Given::default(), &|_| None, false, load)
}

/// Opens the repository that a place lies in.
pub(crate) fn open(place: &Place) -> Result<(Root, DiskTree), Stop> {
    let root = commands::find_root(place)?;
    let tree =
        DiskTree::open(&root.root).with_context(|| format!("cannot open `{}`", root.root.display()))?;
    tracing::info!(root = %root.root.display(), folder = root.folder, "the repository is open");
    Ok((root, tree))
}

fn ask_of(
    config: &Config,
    tree: &DiskTree,
    folder: &str,
    given: &Given,
    variable: &dyn Fn(&str) -> Option<OsString>,
    may_hold_parameters: bool,
) -> Result<Question<'static>, Stop> {
    tracing::info!(folder, "reading the spec");
    let load = |choice: &Choice<'_>| guests::of_one_spec(config, choice);
    ask_with(config, tree, folder, given, variable, may_hold_parameters, &load)
}

fn ask_with(
    config: &Config,
    tree: &dyn Tree,
    folder: &str,
    given: &Given,
    variable: &dyn Fn(&str) -> Option<OsString>,
    may_hold_parameters: bool,
    load: &dyn Fn(&Choice<'_>) -> Result<&'static Guest, Stop>,
) -> Result<Question<'static>, Stop> {
    let asked = Asked {
        config,
        tree,
        folder,
        given,
        variable,
        may_hold_parameters,
        cancel: Cancel::default(),
        meter: Meter::default(),
    };
    Question::of(&asked, |choice| Ok((load(choice)?, None)))
}

/// Argo CD gives them in variables.
fn may_hold_parameters(given: &Given) -> bool {
    let is_argo = |(name, _): (OsString, _)| name.as_encoded_bytes().starts_with(b"ARGOCD_");
    !given.parameters.is_empty() || !given.set.is_empty() || std::env::vars_os().any(is_argo)
}
