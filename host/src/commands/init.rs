//! `init`: a first spec, written by the guest, which alone knows the grammar; and workflows that deliver a spec.

mod github;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

use crate::cli::{Ci, Init, Place};
use crate::commands::{self, shell};
use crate::config::{Config, SPEC};
use crate::diagnostic::Report;
use crate::problem::problem;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Init) -> Result<(), Stop> {
    let answers = answers(arguments);
    match arguments.ci {
        None => spec(config, arguments, &answers),
        Some(Ci::Github) => workflows(config, arguments, &answers),
    }
}

fn spec(config: &Config, arguments: &Init, answers: &[(String, String)]) -> Result<(), Stop> {
    let path = arguments.folder.join(SPEC);
    if path.symlink_metadata().is_ok() {
        return Err(already_there(&path));
    }
    match commands::default_guest(config)?.init(answers, &config.limits.budget())? {
        Ok(text) => write(&path, &text)?,
        Err(problems) => return Err(Stop::Rejected(Report::new(Vec::new(), problems))),
    }
    commands::print_error(&next_steps(&arguments.folder, &path));
    Ok(())
}

/// Answers are for a new spec; without any, the spec is there.
fn workflows(config: &Config, arguments: &Init, answers: &[(String, String)]) -> Result<(), Stop> {
    let folder = &arguments.folder;
    if !answers.is_empty() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let place = Place { folder: folder.clone(), root: None };
    let paths = github::paths(&place)?;
    if let Some(path) = paths.iter().find(|it| it.symlink_metadata().is_ok()) {
        return Err(refused(path, if answers.is_empty() { WORKFLOWS_ARE_THERE } else { SPEC_ALONE }));
    }
    if !answers.is_empty() {
        spec(config, arguments, answers)?;
    }
    github::write(config, &place, &paths)?;
    let written: String = paths.iter().map(|it| format!("wrote {}\n", it.display())).collect();
    commands::print_error(&(written + NEXT_FOR_WORKFLOWS));
    Ok(())
}

/// Workflows lie at the root of the repository, whichever folder is named.
const WORKFLOWS_ARE_THERE: &str = "edit it, or move it away first; `init` never overwrites";
/// The same, to whoever has answers for a spec.
const SPEC_ALONE: &str =
    "leave `--ci` out to write the spec alone; for workflows that deliver it, move these away first";

const NEXT_FOR_WORKFLOWS: &str = "
next:
  look at `env:` at the top of each; `IMAGE` is what delivery.yaml builds, `VERSION` the release of SGLang in it
  give the repository the variable CMP_HOST_IMAGE, and the secrets REGISTRY_USERNAME, REGISTRY_TOKEN and, if you like,
  DELIVERY_TOKEN: without it, GitHub's own token pushes and opens pull requests
";

/// Sorted by name, as the contract wants them; what was not answered is left out.
fn answers(arguments: &Init) -> Vec<(String, String)> {
    let answers = [
        ("environments", &arguments.env),
        ("gpu", &arguments.gpu),
        ("gpus", &arguments.gpus),
        ("like", &arguments.like),
        ("model", &arguments.model),
        ("name", &arguments.name),
        ("weights-gib", &arguments.weights_gib),
    ];
    answers.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it.clone()?))).collect()
}

fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(already_there(path)),
        other => Ok(other.with_context(|| format!("cannot write `{}`", path.display()))?),
    }
}

fn already_there(path: &Path) -> Stop {
    // To whoever reads it, a spec behind such a link is not there: `check` sends people here.
    if path.is_symlink() && !path.exists() {
        let message = format!("`{}` is a link to a file that is not there", path.display());
        return commands::rejected(
            problem("SG008", message).help("remove the link, or put a file where it leads"),
        );
    }
    refused(path, "edit it, or name another folder; `init` never overwrites")
}

fn refused(path: &Path, help: &str) -> Stop {
    let message = format!("`{}` is there already", path.display());
    commands::rejected(problem("SG008", message).help(help))
}

fn next_steps(folder: &Path, path: &Path) -> String {
    format!(
        "wrote {}\n\nnext:\n  edit it; every line has a comment\n  cmp-host check {folder}\n  cmp-host generate {folder} --env NAME\n",
        path.display(),
        folder = shell::word(folder)
    )
}
