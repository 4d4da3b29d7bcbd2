//! What the verbs that change a spec share: they ask, edit, write, and print what changed.

use similar::TextDiff;

use crate::cli::{Carried, Place};
use crate::commands::{self, question};
use crate::config::Config;
use crate::edit::change::{Subject, Wanted, cannot};
use crate::edit::spec_file::SpecFile;
use crate::guest::contract::{Setting, SettingValue};
use crate::parameters::Given;
use crate::printable;
use crate::question::Question;
use crate::stop::Stop;

/// Gives an environment the settings that are wanted, once it is known what the spec says now. Says whether anything was
/// written: what is in force already is not written again.
pub(crate) fn change(
    config: &Config,
    place: &Place,
    environment: Option<&str>,
    wanted: impl FnOnce(&Subject<'_>) -> Result<Wanted, Stop>,
) -> Result<bool, Stop> {
    let root = commands::find_root(place)?;
    let Question { guest, files, budget, .. } = question::ask(config, place, &Given::default())?;
    let file = SpecFile::take(&root, &files[0])?;
    let subject = Subject { guest, budget: &budget, files: &files, environment };
    let spec = &files[0];
    let Some(text) = subject.edited(&wanted(&subject)?)? else {
        let path = printable::line(&spec.path);
        commands::print_error(&format!("{path} says so already; nothing was written\n"));
        return Ok(false);
    };
    let diff = diff(&file.name, &spec.text, &text);
    file.replace(&text)?;
    commands::print_done(&diff)?;
    Ok(true)
}

/// What is to be carried, of all that is in force.
pub(crate) fn carried(only: &[Carried], values: Vec<SettingValue>) -> Wanted {
    let settings: Vec<Setting> = only.iter().flat_map(|it| settings(*it)).copied().collect();
    let carried = values.into_iter().filter(|it| settings.contains(&it.setting));
    carried.map(|it| (it.setting, it.value)).collect()
}

/// An image that nobody names cannot be carried anywhere.
pub(crate) fn require_image(
    only: &[Carried],
    wanted: &Wanted,
    environment: Option<&str>,
) -> Result<(), Stop> {
    let is_named = |setting| wanted.iter().any(|(it, value)| *it == setting && value.is_some());
    if !only.contains(&Carried::Image) || is_named(Setting::ImageTag) || is_named(Setting::ImageDigest) {
        return Ok(());
    }
    let whose = environment.map_or(String::from("the spec"), |it| format!("`{it}`"));
    let message = format!("{whose} has no image: neither a tag nor a digest");
    Err(cannot(message, "set one with `cmp-host image set`"))
}

fn settings(carried: Carried) -> &'static [Setting] {
    match carried {
        Carried::Image => {
            &[Setting::ImageRepository, Setting::ImageTag, Setting::ImageDigest, Setting::ImageVersion]
        }
        Carried::Replicas => &[Setting::Replicas],
    }
}

/// As `git apply` takes it, at the repository's root.
fn diff(path: &str, before: &str, after: &str) -> String {
    let path = printable::line(path);
    let diff = TextDiff::from_lines(before, after);
    diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
