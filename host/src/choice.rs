//! Which guest expands a request, and within which limits: the operator's file, the spec and the parameters together.
//!
//! The parameter `guest` comes first, then the spec's key `guest`, then the guest whose specs have this file's name, then
//! the default guest. Whoever chooses, the operator has said who may.

use crate::config::{Config, Entry, SPEC};
use crate::guest::DEFAULT_NAME;
use crate::guest::contract::{File, Location, Problem};
use crate::head::{self, Head};
use crate::limits::{Limits, Source, Written};
use crate::nearest::nearest;
use crate::parameters::Choices;
use crate::problem::{Rejection, problem};
use crate::request::read_spec;
use crate::tree::Tree;

/// A spec, and who may expand it with what.
#[derive(Debug)]
pub struct Choice<'a> {
    /// The spec.
    pub spec: File,
    /// The guest of the operator's file; none for the default guest.
    pub guest: Option<&'a Entry>,
    /// What this request may use.
    pub limits: Limits,
}

/// None is the default guest.
pub(crate) type Guest<'a> = Option<&'a Entry>;

impl<'a> Choice<'a> {
    /// Finds the spec of a folder, and hears everybody who has a say.
    pub fn of(
        config: &'a Config,
        tree: &dyn Tree,
        folder: &str,
        choices: &Choices,
    ) -> Result<Choice<'a>, Rejection> {
        let asked = choices.guest.as_deref().map(|it| named(config, it)).transpose();
        let asked = asked.map_err(|it| Rejection::of(*it))?;
        let spec = read_spec(tree, folder, &names(config, asked), &config.limits)?;
        match decide(config, choices, asked, &spec) {
            Ok((guest, limits)) => Ok(Choice { spec, guest, limits }),
            Err(problems) => Err(Rejection { files: vec![spec], problems }),
        }
    }
}

fn decide<'a>(
    config: &'a Config,
    choices: &Choices,
    asked: Option<Guest<'a>>,
    spec: &File,
) -> Result<(Guest<'a>, Limits), Vec<Problem>> {
    let mut problems = Vec::new();
    let head = Head::of(spec);
    let (guest, at) = chosen(config, asked, spec, &head).unwrap_or_else(|it| {
        problems.push(*it);
        (None, None)
    });
    problems.extend(guest.and_then(|it| forbidden(it, choices, at)));
    let mut limits = guest.map_or(&config.limits, |it| &it.limits).clone();
    problems.extend(head.lower(&mut limits));
    for (name, value) in &choices.limits {
        let lowered = limits.lower(name, Written::Text(value), Source::Parameter);
        problems.extend(lowered.err().map(head::refused));
    }
    if problems.is_empty() { Ok((guest, limits)) } else { Err(problems) }
}

/// The guest, and the place in the spec that names it.
fn chosen<'a>(
    config: &'a Config,
    asked: Option<Guest<'a>>,
    spec: &File,
    head: &Head<'_>,
) -> Result<(Guest<'a>, Option<Location>), Box<Problem>> {
    if let Some(guest) = asked {
        return Ok((guest, None));
    }
    let Some((name, at)) = head.guest()? else {
        return Ok((by_file_name(config, spec)?, None));
    };
    match named(config, &name) {
        Ok(guest) => Ok((guest, Some(at))),
        Err(problem) => Err(Box::new(problem.at(Some(at)))),
    }
}

/// The guest of this name; none is the default guest.
pub(crate) fn named<'a>(config: &'a Config, name: &str) -> Result<Guest<'a>, Box<Problem>> {
    if name == DEFAULT_NAME {
        return Ok(None);
    }
    let found = config.guests.iter().find(|it| it.name == name);
    found.map(Some).ok_or_else(|| Box::new(unknown(config, name)))
}

fn unknown(config: &Config, name: &str) -> Problem {
    let names = || config.guests.iter().map(|it| it.name.as_str()).chain([DEFAULT_NAME]);
    let problem = problem("SG032", format!("there is no guest `{}`", name.escape_debug()));
    match nearest(name, names()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => {
            problem.help(format!("the platform's guests are `{}`", names().collect::<Vec<_>>().join("`, `")))
        }
    }
}

/// The names that the spec may have: that of the chosen guest, or those of all.
pub(crate) fn names<'a>(config: &'a Config, asked: Option<Guest<'a>>) -> Vec<&'a str> {
    match asked {
        Some(guest) => vec![guest.map_or(SPEC, |it| &it.spec)],
        None => {
            let mut names = vec![SPEC];
            for name in config.guests.iter().map(|it| it.spec.as_str()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        }
    }
}

/// The one guest whose specs have this name; `sglang.toml` is the default guest's, whoever else reads it.
fn by_file_name<'a>(config: &'a Config, spec: &File) -> Result<Guest<'a>, Box<Problem>> {
    let name = spec.path.rsplit('/').next().unwrap_or_default();
    let mut guests = config.guests.iter().filter(|it| it.spec == name && name != SPEC);
    match (guests.next(), guests.next()) {
        (Some(one), Some(other)) => {
            let message = format!("`{name}` may be a spec of the guests `{}` and `{}`", one.name, other.name);
            Err(Box::new(problem("SG034", message).help("write `guest = \"…\"` at the top of the file")))
        }
        (guest, _) => Ok(guest),
    }
}

fn forbidden(guest: &Entry, choices: &Choices, at: Option<Location>) -> Option<Problem> {
    let application = choices.application.as_ref().filter(|it| !guest.allows(Some(it)))?;
    let message = format!(
        "the guest `{}` is not for the Application `{}` of the project `{}`",
        guest.name,
        application.name.escape_debug(),
        application.project.escape_debug()
    );
    Some(problem("SG033", message).at(at).help("choose another guest, or ask the platform team for this one"))
}
