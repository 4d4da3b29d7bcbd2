//! `guest compile`: fills the cache, for an image or before a first sync.

use std::path::Path;

use crate::cli::CompileGuests;
use crate::commands;
use crate::config::Config;
use crate::guest::{Cache, Engine, Guest};
use crate::printable;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &CompileGuests) -> Result<(), Stop> {
    let engine = Engine::with_limits(&config.limits)?;
    let cache = Cache::of_user()?;
    for path in &arguments.guests {
        let binary = commands::named_guest(config, path)?;
        // What cannot serve as a guest is refused here, not in a sync.
        Guest::load(&engine, &binary, &cache)?;
        if !binary.is_compiled(&cache) {
            return Err(not_kept(path).into());
        }
        let path = path.display().to_string();
        let line = format!("{}  {} bytes  {}\n", binary.sha256(), binary.size(), printable::line(&path));
        commands::print_done(&line)?;
    }
    Ok(())
}

fn not_kept(guest: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "the code of `{}` was compiled and cannot be kept; let CMP_HOST_CACHE name a folder that you can write to",
        printable::line(&guest.display().to_string())
    )
}
