//! The guests that a verb runs. For many specs, each is loaded once, and set up for many calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::choice::{self, Choice};
use crate::commands;
use crate::config::Config;
use crate::guest::{Binary, Engine, Guest};
use crate::limits::Limits;
use crate::parallel;
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
        let binary = binary(self.config, guest, limits)?;
        let engine = Engine::for_many_calls(&binary, limits, parallel::cores())?;
        let guest = commands::load(&engine, &binary)?;
        Ok(loaded.entry(key).or_insert(guest))
    }
}

/// The chosen guest, for a verb that asks about one spec.
pub(crate) fn of_one_spec(config: &Config, choice: &Choice<'_>) -> Result<&'static Guest, Stop> {
    let binary = binary(config, choice.guest, &choice.limits)?;
    commands::load(&Engine::with_limits(&choice.limits)?, &binary)
}

fn binary(config: &Config, guest: choice::Guest<'_>, limits: &Limits) -> Result<Binary, Stop> {
    let Some(entry) = guest else { return Ok(Binary::default_guest()) };
    tracing::info!(guest = entry.name, path = %entry.path.display(), "the guest is chosen");
    entry.binary(limits)?.map_err(|it| Stop::Configuration(config.report(vec![*it])))
}
