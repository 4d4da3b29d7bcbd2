//! What the platform's operator says, loaded: the file, and every guest compiled before anybody asks for it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::announcement::{self, Announcement};
use crate::choice::Choice;
use crate::config::{Config, Entry};
use crate::guest::contract::{Parameter, Problem};
use crate::guest::{Binary, Cache, CodeOrigin, DEFAULT_NAME, Engine, Guest};
use crate::limits::{Limit, Limits};
use crate::server::guest_threads;
use crate::stop::Stop;

/// The operator's file, and its guests.
pub(crate) struct Platform {
    pub(crate) config: Config,
    /// By name, the default guest among them.
    guests: BTreeMap<String, Loaded>,
    /// What the default guest and the host take.
    parameters: Vec<Announcement>,
}

/// A guest that is ready.
struct Loaded {
    guest: Guest,
    binary: Binary,
    /// The stack that it was loaded with.
    stack: u64,
    /// What it takes. None if it does not say: then each request asks, and hears why.
    announced: Option<Vec<Parameter>>,
}

impl Platform {
    /// Loads and compiles the guests that the file names.
    pub(crate) fn load(config: Config) -> Result<Platform, Stop> {
        require_pins(&config)?;
        let cache = Cache::of_user()?;
        let mut guests = BTreeMap::new();
        let default = Loaded::new(Binary::default_guest(), &config.limits, &cache)?;
        let parameters = announcement::all(default.announced.clone().unwrap_or_default());
        guests.insert(DEFAULT_NAME.to_owned(), default);
        for entry in &config.guests {
            let binary = pinned(&config, entry)?;
            guests.insert(entry.name.clone(), Loaded::new(binary, &entry.limits, &cache)?);
        }
        Ok(Platform { config, guests, parameters })
    }

    /// The chosen guest, and which parameters it takes. An Application that lowers its stack gets a guest of its own, which
    /// `own` keeps meanwhile. Limits of compiling mean nothing here: whatever they were lowered to, nothing is compiled.
    pub(crate) fn guest<'a>(
        &'a self,
        choice: &Choice<'_>,
        own: &'a OnceCell<Guest>,
    ) -> Result<(&'a Guest, Option<&'a [Parameter]>), Stop> {
        let name = choice.guest.map_or(DEFAULT_NAME, |it| &it.name);
        // Each entry of this file was loaded with it.
        let Some(loaded) = self.guests.get(name) else {
            return Err(anyhow::anyhow!("the guest `{name}` is not loaded").into());
        };
        loaded.binary.require_size(choice.limits.value(Limit::Component))?;
        if choice.limits.value(Limit::Stack) == loaded.stack {
            return Ok((&loaded.guest, loaded.announced.as_deref()));
        }
        let guest = loaded.guest.on(&Engine::with_limits(&choice.limits)?)?;
        Ok((own.get_or_init(|| guest), loaded.announced.as_deref()))
    }

    /// What the default guest and the host take as parameters.
    pub(crate) fn parameters(&self) -> &[Announcement] {
        &self.parameters
    }

    /// Writes down what is in force.
    pub(crate) fn announce(&self) {
        for (guest, sha256) in self.digests() {
            tracing::info!(guest, sha256, "loaded");
        }
    }

    /// The names of the guests and the digests of their components.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&str, &str)> {
        self.guests.iter().map(|(name, it)| (name.as_str(), it.binary.sha256()))
    }

    /// Where the code of each guest came from.
    pub(crate) fn origins(&self) -> impl Iterator<Item = CodeOrigin> {
        self.guests.values().map(|it| it.guest.code_origin())
    }

    /// The digest of the chosen guest's component.
    pub(crate) fn digest(&self, choice: &Choice<'_>) -> &str {
        let name = choice.guest.map_or(DEFAULT_NAME, |it| &it.name);
        self.guests.get(name).map_or("", |it| it.binary.sha256())
    }
}

impl Loaded {
    fn new(binary: Binary, limits: &Limits, cache: &Cache) -> Result<Loaded, Stop> {
        let engine = Engine::for_many_calls(&binary, limits, guest_threads())?;
        let guest = Guest::load(&engine, &binary, cache)?;
        let announced = guest.describe(&limits.budget()).ok().map(|it| it.parameters);
        Ok(Loaded { guest, binary, stack: limits.value(Limit::Stack), announced })
    }
}

/// On a laptop, a guest may be whatever stands at its path. Here, others than its team rely on what it is.
fn require_pins(config: &Config) -> Result<(), Stop> {
    let unpinned = config.guests.iter().filter(|it| it.sha256.is_none());
    let problems: Vec<Problem> = unpinned.map(Entry::unpinned).collect();
    if problems.is_empty() { Ok(()) } else { Err(Stop::Configuration(config.report(problems))) }
}

fn pinned(config: &Config, entry: &Entry) -> Result<Binary, Stop> {
    entry.binary(&entry.limits)?.map_err(|it| Stop::Configuration(config.report(vec![*it])))
}
