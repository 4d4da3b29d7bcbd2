//! A guest of the operator's file: where its bytes are, what they must be, and who may use it.

use std::path::PathBuf;

use crate::config::CODE;
use crate::config::pattern::Pattern;
use crate::guest::contract::{Application, Location, Problem};
use crate::guest::{Binary, Failure};
use crate::limits::{Limit, Limits};
use crate::problem::problem;

/// One `[guest.NAME]`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What teams call it.
    pub name: String,
    /// Its component's file.
    pub path: PathBuf,
    /// What its bytes must be, if that is pinned.
    pub sha256: Option<String>,
    /// The file name of its specs.
    pub spec: String,
    /// The limits that hold for it.
    pub limits: Limits,
    pub(crate) projects: Option<Vec<Pattern>>,
    pub(crate) applications: Option<Vec<Pattern>>,
    pub(crate) path_at: Location,
    pub(crate) sha256_at: Option<Location>,
}

impl Entry {
    /// Whether this Application may use it. Each list that is there must have a pattern that fits. Nobody in particular
    /// asks on a laptop, and what a laptop expands is applied by nobody.
    pub(crate) fn allows(&self, application: Option<&Application>) -> bool {
        let Some(application) = application else { return true };
        let fits = |patterns: &Option<Vec<Pattern>>, name: &str| {
            patterns.as_ref().is_none_or(|it| it.iter().any(|it| it.matches(name)))
        };
        fits(&self.projects, &application.project) && fits(&self.applications, &application.name)
    }

    /// The patterns of the projects that may use it, if not all.
    pub(crate) fn projects(&self) -> Option<Vec<&str>> {
        patterns(&self.projects)
    }

    /// The patterns of the Applications that may use it, if not all.
    pub(crate) fn applications(&self) -> Option<Vec<&str>> {
        patterns(&self.applications)
    }

    /// Reads the component, and compares its digest each time: neither a cache nor an earlier look vouches for the file.
    pub(crate) fn binary(&self, limits: &Limits) -> Result<Result<Binary, Box<Problem>>, Failure> {
        let binary = Binary::read_up_to(&self.path, limits.value(Limit::Component))?;
        Ok(match &self.sha256 {
            Some(expected) if expected != binary.sha256() => {
                Err(Box::new(self.mismatch(expected, binary.sha256())))
            }
            _ => Ok(binary),
        })
    }

    fn mismatch(&self, expected: &str, found: &str) -> Problem {
        let message = format!("the guest `{}` has the digest {found}; pinned is {expected}", self.name);
        problem("GUEST_DIGEST_MISMATCH", message)
            .at(self.sha256_at.clone())
            .help("put the file back that was pinned; if the new one is meant, write its digest here")
    }

    /// Refuses a guest that may become another one while nobody looks.
    pub(crate) fn unpinned(&self) -> Problem {
        let digest = Binary::read(&self.path).map_or_else(|_| String::from("…"), |it| it.sha256().to_owned());
        problem(
            CODE,
            format!("the guest `{}` has no digest, and a server runs pinned guests alone", self.name),
        )
        .at(Some(self.path_at.clone()))
        .help(format!("if the file is the one that you mean, add `sha256 = \"{digest}\"`"))
    }

    /// A file that is not there makes the whole configuration wrong.
    pub(crate) fn missing(&self) -> Option<Problem> {
        let wrong = match std::fs::metadata(&self.path) {
            Ok(it) if it.is_file() => return None,
            Ok(_) => String::from("it is not a file"),
            Err(error) => error.to_string(),
        };
        let message = format!("the guest `{}` cannot be read: {}: {wrong}", self.name, self.path.display());
        Some(
            problem("GUEST_NOT_FOUND", message)
                .at(Some(self.path_at.clone()))
                .help("put the component there, or mend the path: it is relative to this file"),
        )
    }
}

fn patterns(of: &Option<Vec<Pattern>>) -> Option<Vec<&str>> {
    of.as_ref().map(|it| it.iter().map(|it| it.0.as_str()).collect())
}

/// What is wrong with a guest's name: it becomes a part of file names and of messages.
pub(crate) fn misnamed(name: &str) -> Option<Problem> {
    let is_part = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if name == crate::guest::DEFAULT_NAME {
        let message = format!("no guest can be called `{name}`: that is the one inside of this program");
        return Some(problem(CODE, message).help("choose another name"));
    }
    if name.is_empty() || name.len() > 63 || !name.chars().all(is_part) {
        let message = format!("a guest cannot be called `{}`", name.escape_debug());
        return Some(problem(CODE, message).help("write at most 63 lower case letters, digits and `-`"));
    }
    None
}

/// What a spec may be called: a file beside others, and not the operator's own.
pub(crate) fn is_spec_name(name: &str) -> bool {
    !matches!(name, "" | "." | ".." | crate::config::NAME)
        && !name.contains(|it: char| matches!(it, '/' | '\\' | '"') || it.is_control())
}
