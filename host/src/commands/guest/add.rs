//! `guest add`: copies a component beside the operator's file, and pins it there. What cannot serve as a guest, and what
//! would make the file wrong, is refused before anything is written.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::AddGuest;
use crate::commands;
use crate::config::{Config, is_spec_name, misnamed};
use crate::edit::spec_file::require_writable;
use crate::guest::contract::File;
use crate::guest::{Binary, Cache, Engine, Guest};
use crate::limits::Limit;
use crate::stop::Stop;
use crate::whole_file;

pub(crate) fn run(config: &Config, path: Option<&Path>, arguments: &AddGuest) -> Result<(), Stop> {
    let (Some(path), Some(file)) = (path, &config.file) else {
        return Err(usage("`guest add` writes into the operator's file: name it with `--config`"));
    };
    require_new(config, arguments)?;
    require_writable(path, &file.path)?;
    let binary = Binary::read_up_to(&arguments.component, config.limits.value(Limit::Component))?;
    Guest::load(&Engine::with_limits(&config.limits)?, &binary, &Cache::of_user()?)?
        .describe(&config.limits.budget())?;
    let relative = format!("guests/{}.wasm", arguments.name);
    let component = path.with_file_name(&relative);
    copy(&binary, &component)?;
    let written = write_table(file, path, &relative, &binary, arguments);
    if written.is_err() {
        drop(fs::remove_file(&component));
    }
    written?;
    commands::print_error(&format!(
        "wrote {}\npinned {} as `{}` in {}\n",
        component.display(),
        binary.sha256(),
        arguments.name,
        path.display()
    ));
    Ok(())
}

fn require_new(config: &Config, arguments: &AddGuest) -> Result<(), Stop> {
    let AddGuest { name, spec, .. } = arguments;
    if let Some(problem) = misnamed(name) {
        return Err(usage(&format!("{}: {}", problem.message, problem.help.unwrap_or_default())));
    }
    if let Some(spec) = spec.as_ref().filter(|it| !is_spec_name(it)) {
        return Err(usage(&format!(
            "a spec cannot be called `{spec}`: write a file's name, and not `cmp-host.toml`"
        )));
    }
    if config.guests.iter().any(|it| it.name == *name) {
        return Err(usage(&format!(
            "there is a guest `{name}` already: choose another name, or edit its table"
        )));
    }
    Ok(())
}

/// Nothing is overwritten: a file that stands there may be pinned by another configuration.
fn copy(binary: &Binary, to: &Path) -> Result<(), Stop> {
    if to.symlink_metadata().is_ok() {
        return Err(usage(&format!(
            "`{}` is there already: move it away, or choose another name",
            to.display()
        )));
    }
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    whole_file::write(to, binary.bytes()).with_context(|| format!("cannot write `{}`", to.display()))?;
    Ok(())
}

fn write_table(
    file: &File,
    path: &Path,
    relative: &str,
    binary: &Binary,
    arguments: &AddGuest,
) -> Result<(), Stop> {
    let text = with_table(&file.text, relative, binary, arguments);
    Config::of(File { path: file.path.clone(), text: text.clone() }, path).map_err(|_| {
        usage("`guest` is written in one line there: write a header `[guest.NAME]` for each guest first")
    })?;
    // A link stays one: what it leads to is written, whole.
    let written = path.canonicalize().and_then(|it| whole_file::write(&it, text.as_bytes()));
    Ok(written.with_context(|| format!("cannot write `{}`", path.display()))?)
}

/// A table may stand anywhere, so the end of the file will do, and every comment stays where it was. Its lines end as those do.
fn with_table(text: &str, relative: &str, binary: &Binary, arguments: &AddGuest) -> String {
    let AddGuest { name, spec, .. } = arguments;
    let before = match text {
        "" => "",
        _ if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let table = format!("[guest.{name}]\npath = \"{relative}\"\nsha256 = \"{}\"\n", binary.sha256());
    let spec = spec.as_ref().map(|it| format!("spec = \"{it}\"\n")).unwrap_or_default();
    let added = [before, &table, &spec].concat();
    text.to_owned() + &if text.contains("\r\n") { added.replace('\n', "\r\n") } else { added }
}

fn usage(text: &str) -> Stop {
    Stop::Usage(text.to_owned())
}
