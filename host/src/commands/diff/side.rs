//! One side of a comparison: where its files come from, and which guest expands them.

use crate::choice::Choice;
use crate::commands::guests::Guests;
use crate::commands::question;
use crate::config::Config;
use crate::git::{Repository, Revision};
use crate::guest::Guest;
use crate::question::Question;
use crate::root::Root;
use crate::stop::Stop;
use crate::tree::{DiskTree, Tree};

/// The files and the guest of all specs of a side.
pub(crate) struct Side<'a> {
    pub(crate) files: Files<'a>,
    /// The folders that hold a spec.
    pub(crate) folders: Vec<String>,
    /// In place of the guest that each spec has by itself.
    pub(crate) guest: Option<&'static Guest>,
}

/// Where files come from.
pub(crate) enum Files<'a> {
    /// The working tree.
    Disk(&'a DiskTree),
    /// A commit, which each thread must open for itself.
    Revision(&'a Root, &'a Revision),
}

impl Files<'_> {
    /// Opens the files for one thread.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&dyn Tree) -> Result<T, Stop>) -> Result<T, Stop> {
        match self {
            Files::Disk(tree) => work(*tree),
            Files::Revision(root, revision) => {
                let repository = Repository::open(root)?;
                work(&repository.tree(revision)?)
            }
        }
    }

    /// What comes before a path of these files, where people see one.
    pub(crate) fn revision(&self) -> Option<&str> {
        match self {
            Files::Disk(_) => None,
            Files::Revision(_, revision) => Some(&revision.name),
        }
    }
}

impl Side<'_> {
    pub(crate) fn question(
        &self,
        guests: &Guests<'_>,
        config: &Config,
        tree: &dyn Tree,
        folder: &str,
    ) -> Result<Question<'static>, Stop> {
        let load = |choice: &Choice<'_>| match self.guest {
            Some(guest) => Ok(guest),
            None => guests.load(choice),
        };
        question::of_spec_with(config, tree, folder, &load)
    }
}
