//! The guests that a verb runs: each is loaded once, however many specs are for it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::choice::{self, Choice};
use crate::commands;
use crate::config::Config;
use crate::guest::{Binary, Guest};
use crate::limits::Limits;
use crate::stop::Stop;

/// The guests of an operator's file, and the default guest.
pub(crate) struct Guests<'c> {
    config: &'c Config,
    loaded: Mutex<BTreeMap<Key, &'static Guest>>,
}

/// A guest's name, none for the default guest, and the limits of loading it.
type Key = (Option<String>, [u64; 4]);

impl<'c> Guests<'c> {
    /// Loads nothing yet.
    pub(crate) fn of(config: &'c Config) -> Guests<'c> {
        Guests { config, loaded: Mutex::default() }
    }

    /// The guest that was chosen.
    pub(crate) fn load(&self, choice: &Choice<'_>) -> Result<&'static Guest, Stop> {
        self.named(choice.guest, &choice.limits)
    }

    /// A guest within these limits. Who asks for one that is being loaded waits for it.
    pub(crate) fn named(&self, guest: choice::Guest<'_>, limits: &Limits) -> Result<&'static Guest, Stop> {
        let key = (guest.map(|it| it.name.clone()), limits.of_loading());
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(guest) = loaded.get(&key) {
            return Ok(guest);
        }
        let binary = self.binary(guest, limits)?;
        let guest = commands::load(&binary, limits)?;
        Ok(loaded.entry(key).or_insert(guest))
    }

    fn binary(&self, guest: choice::Guest<'_>, limits: &Limits) -> Result<Binary, Stop> {
        let Some(entry) = guest else { return Ok(Binary::default_guest()) };
        tracing::info!(guest = entry.name, path = %entry.path.display(), "the guest is chosen");
        entry.binary(limits)?.map_err(|it| Stop::Configuration(self.config.report(vec![*it])))
    }
}
