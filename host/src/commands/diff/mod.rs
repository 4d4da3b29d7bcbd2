//! `diff`: what changes, against a revision, another environment, another guest, or a file.
//!
//! What is there already stands on the side before, whichever axis it is; what the working tree would make of it, on the side
//! after.

mod against_file;
mod comparison;
mod expanded;
mod side;

use std::path::{Path, PathBuf};

use crate::cli::{Diff, DiffFormat, Place};
use crate::commands::guests::Guests;
use crate::commands::{self, question};
use crate::config::Config;
use crate::diff::{self, Difference};
use crate::git::{GitError, Repository, Revision};
use crate::guest::Guest;
use crate::root::Root;
use crate::stop::Stop;
use crate::tree::DiskTree;
use crate::{choice, specs};

pub(crate) use comparison::{Comparison, Environments};
pub(crate) use side::{Files, Side};

/// What the side after is called.
pub(crate) const WORKING_TREE: &str = "the working tree";

pub(crate) fn run(config: &Config, arguments: &Diff) -> Result<(), Stop> {
    let (revision, folder) = positional(arguments)?;
    let place = Place { folder, root: arguments.root.clone() };
    let (root, tree) = question::open(&place)?;
    let guests = Guests::of(config);
    let sides = Sides { config, guests: &guests, root: &root, tree: &tree };
    let env = arguments.env.as_deref();
    let difference = if let Some(file) = &arguments.against_file {
        against_file::difference(&sides, file, env)?
    } else if let Some(guest) = &arguments.against_guest {
        sides.against_guest(guest, env)?
    } else if let (Some(other), Some(env)) = (&arguments.against_env, env) {
        sides.against_environment(other, env)?
    } else {
        sides.against_revision(&revision, env)?
    };
    show(&difference, arguments.format)
}

/// One argument alone is the revision, and with `--against-…` the folder.
fn positional(arguments: &Diff) -> Result<(String, PathBuf), Stop> {
    let Diff { revision, folder, against_env, against_guest, against_file, .. } = arguments;
    let is_against = against_env.is_some() || against_guest.is_some() || against_file.is_some();
    let here = || PathBuf::from(".");
    match (revision, folder) {
        (folder, None) if is_against => Ok((String::new(), folder.clone().unwrap_or_else(here))),
        (Some(revision), Some(_)) if is_against => Err(Stop::Usage(format!(
            "`{}` is one argument too many: with `--against-…` there is no revision, and one folder",
            revision.display()
        ))),
        (revision, folder) => {
            let revision = revision.as_deref().unwrap_or(Path::new("HEAD")).to_str();
            let revision = revision.ok_or_else(|| Stop::Usage(String::from("a revision is UTF-8")))?;
            Ok((revision.to_owned(), folder.clone().unwrap_or_else(here)))
        }
    }
}

/// Writes a difference, and says on stderr what is wrong, or that nothing differs.
pub(crate) fn show(difference: &Difference, format: DiffFormat) -> Result<(), Stop> {
    commands::print(&match format {
        DiffFormat::Text => diff::text(difference, commands::stdout_style()),
        DiffFormat::Markdown => diff::markdown(difference),
        DiffFormat::Json => diff::json(difference)?,
    })?;
    if format == DiffFormat::Text {
        commands::print_report(&difference.report());
    }
    if difference.is_empty() {
        let Difference { before, after, .. } = difference;
        commands::print_error(&format!("nothing differs between {before} and {after}\n"));
    }
    match difference.code() {
        0 => Ok(()),
        code => Err(Stop::Said { code }),
    }
}

/// What all axes begin with.
pub(crate) struct Sides<'a> {
    pub(crate) config: &'a Config,
    pub(crate) guests: &'a Guests<'a>,
    pub(crate) root: &'a Root,
    pub(crate) tree: &'a DiskTree,
}

impl<'a> Sides<'a> {
    /// The specs on disk, expanded by this guest or by their own. None at all is what whoever reads one says it is.
    pub(crate) fn on_disk(&self, guest: Option<&'static Guest>) -> Result<Side<'a>, Stop> {
        let folder = &self.root.folder;
        let mut folders = specs::below(self.config, self.tree, folder)?;
        if folders.is_empty() {
            question::of_spec(self.guests, self.config, self.tree, folder)?;
            folders.push(folder.clone());
        }
        Ok(Side { files: Files::Disk(self.tree), folders, guest })
    }

    fn against_revision(&self, name: &str, env: Option<&str>) -> Result<Difference, Stop> {
        let repository = Repository::open(self.root)?;
        let revision = repository.revision(name).map_err(|it| no_revision(it, name))?;
        let before = self.at_revision(&repository, &revision)?;
        let found = specs::below(self.config, self.tree, &self.root.folder)?;
        let after = match found.is_empty() && !before.folders.is_empty() {
            true => Side { files: Files::Disk(self.tree), folders: found, guest: None },
            false => self.on_disk(None)?,
        };
        let environments = env.map_or(Environments::All, Environments::One);
        self.difference(name, WORKING_TREE, before, after, environments)
    }

    fn at_revision<'r>(&self, repository: &Repository, revision: &'r Revision) -> Result<Side<'r>, Stop>
    where
        'a: 'r,
    {
        let tree = repository.tree(revision)?;
        let folders = specs::below(self.config, &tree, &self.root.folder);
        let folders = folders.map_err(|it| match Stop::from(it) {
            Stop::Rejected(report) => Stop::Rejected(report.of_revision(&revision.name)),
            other => other,
        })?;
        Ok(Side { files: Files::Revision(self.root, revision), folders, guest: None })
    }

    fn against_environment(&self, other: &str, env: &str) -> Result<Difference, Stop> {
        let environments = Environments::Pair { before: other, after: env };
        self.difference(other, env, self.on_disk(None)?, self.on_disk(None)?, environments)
    }

    fn against_guest(&self, other: &Path, env: Option<&str>) -> Result<Difference, Stop> {
        let guest = self.other_guest(other)?;
        let name = format!("the guest {}", other.display());
        let environments = env.map_or(Environments::All, Environments::One);
        self.difference(&name, WORKING_TREE, self.on_disk(Some(guest))?, self.on_disk(None)?, environments)
    }

    /// A name of the operator's file comes before a path.
    fn other_guest(&self, guest: &Path) -> Result<&'static Guest, Stop> {
        let named = guest.to_str().map(|it| choice::named(self.config, it));
        match named {
            Some(Ok(named)) => self.guests.named(named, named.map_or(&self.config.limits, |it| &it.limits)),
            Some(Err(problem)) if !guest.exists() => Err(Stop::Usage(format!(
                "{}, and no component at that path; {}",
                problem.message,
                problem.help.unwrap_or_default()
            ))),
            _ => commands::load_guest(self.config, guest),
        }
    }

    pub(crate) fn difference(
        &self,
        before_name: &str,
        after_name: &str,
        before: Side<'_>,
        after: Side<'_>,
        environments: Environments<'_>,
    ) -> Result<Difference, Stop> {
        let comparison = Comparison { config: self.config, guests: self.guests, before, after, environments };
        Ok(Difference {
            before: crate::printable::line(before_name).into_owned(),
            after: crate::printable::line(after_name).into_owned(),
            sections: comparison.sections()?,
        })
    }
}

/// A folder in place of a revision is an easy mistake.
fn no_revision(error: GitError, name: &str) -> Stop {
    match Stop::from(error) {
        Stop::Usage(text) if Path::new(name).is_dir() => Stop::Usage(format!(
            "{text}; `{name}` is a folder: write `cmp-host diff HEAD {name}` to compare what is in it"
        )),
        stop => stop,
    }
}
