//! The door of the component: the default guest in WebAssembly, through the host's library.

use std::path::Path;

use anyhow::Context;
use cmp_host::guest::{Binary, Budget, Cache, Engine, Guest};
use cmp_host::limits::Limits;

use crate::asked::Asked;
use crate::files::gather;
use crate::laid::Laid;
use crate::outcome::{Outcome, request};
use crate::settings;
use crate::support::binary;

/// More than a machine runs tests at once.
const THREADS: usize = 1000;

/// The default guest, compiled once for all cases. Its instances leave their memory to each other, as in a server; in the process
/// of the next door none does.
pub(crate) struct Component {
    guest: Guest,
}

impl Component {
    /// Leaves its code in the cache that the processes share.
    pub(crate) fn load() -> anyhow::Result<Component> {
        let cache = Cache::in_folder(Path::new(binary::CACHE));
        let binary = Binary::default_guest();
        let engine = Engine::for_many_calls(&binary, &Limits::default(), THREADS)?;
        let guest = Guest::load(&engine, &binary, &cache).context("the default guest does not load")?;
        Ok(Component { guest })
    }

    /// What the component makes of a case.
    pub(crate) fn expand(
        &self,
        laid: &Laid,
        settings: &settings::Settings,
        asked: &Asked,
    ) -> anyhow::Result<Outcome> {
        let budget = Budget::default();
        let files = gather(laid, |files| {
            self.guest.inputs(files, &budget).expect("the default guest stays within its budget")
        });
        Outcome::of(files, settings, |files| {
            Ok(self.guest.expand(&request(files, settings, asked), &budget)?)
        })
    }
}
