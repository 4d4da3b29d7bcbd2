//! `guest upgrade --plan`: what another component would change in every spec that a guest expands.

use crate::choice::{self, Choice};
use crate::cli::UpgradeGuest;
use crate::commands::diff::{self, Environments, Sides};
use crate::commands::guests::Guests;
use crate::commands::{self, question};
use crate::config::Config;
use crate::guest::DEFAULT_NAME;
use crate::parameters::Choices;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &UpgradeGuest) -> Result<(), Stop> {
    let UpgradeGuest { name, component, .. } = arguments;
    if !arguments.plan {
        return Err(Stop::Usage(format!(
            "`guest upgrade` swaps nothing by itself: add `--plan` to see what would change, then write `path` and `sha256` of \
             the new component into `[guest.{name}]` of the operator's file"
        )));
    }
    let named = choice::named(config, name)
        .map_err(|it| Stop::Usage(format!("{}; {}", it.message, it.help.unwrap_or_default())))?;
    let (root, tree) = question::open(&arguments.place)?;
    let guests = Guests::of(config);
    let sides = Sides { config, guests: &guests, root: &root, tree: &tree };
    let old = guests.named(named, named.map_or(&config.limits, |it| &it.limits))?;
    let new = commands::load_guest(config, component)?;
    let (mut before, mut after) = (sides.on_disk(Some(old))?, sides.on_disk(Some(new))?);
    // Of a spec that cannot be read nobody knows whose it is; better to hear of it than to miss it.
    let is_ours = |folder: &String| {
        let choice = Choice::of(config, &tree, folder, &Choices::default());
        choice.map_or(true, |it| it.guest.map_or(DEFAULT_NAME, |it| &it.name) == name)
    };
    before.folders.retain(is_ours);
    after.folders.clone_from(&before.folders);
    if before.folders.is_empty() {
        // Nothing differs then, which reads like a good answer to a question that nobody asked.
        commands::print_error(&format!("no spec there is expanded by `{name}`, so nothing was compared\n"));
    }
    let difference = sides.difference(
        &format!("the guest {name}"),
        &component.display().to_string(),
        before,
        after,
        Environments::All,
    )?;
    diff::show(&difference, arguments.format)
}
