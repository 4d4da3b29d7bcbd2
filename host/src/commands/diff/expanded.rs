//! What one side makes of one environment, and what two of them come to.

use crate::diagnostic::Report;
use crate::diff::{self, Given, Object, Presence, Problems, Sameness, Section};
use crate::generate::Generated;
use crate::guest::Failure;
use crate::guest::contract::{File, Problem};
use crate::manifest::{Id, Manifest};
use crate::problem::problem;
use crate::stop::Stop;

/// One environment on one side.
pub(crate) enum Expanded {
    /// There is no such environment, or no spec.
    Absent,
    /// It is there, and the other side is nothing that it could be compared with.
    Unseen,
    Broken(Broken),
    Made {
        generated: Generated,
        files: Vec<File>,
    },
}

/// Why a side does not expand.
#[derive(Clone)]
pub(crate) struct Broken {
    pub(crate) report: Report,
    pub(crate) code: u8,
}

impl Broken {
    /// What is wrong with one spec or one guest is shown beside the others. What nobody can go on from ends it all.
    pub(crate) fn of(stop: Stop) -> Result<Broken, Stop> {
        match stop {
            Stop::Rejected(report) => Ok(Broken { report, code: 1 }),
            Stop::Failed(failure @ (Failure::Engine(_) | Failure::Cancelled)) => Err(Stop::Failed(failure)),
            Stop::Failed(failure) => {
                let problem = problem(failure.code(), failure.to_string()).help(failure.help());
                Ok(Broken { report: Report::new(Vec::new(), vec![problem]), code: 3 })
            }
            other => Err(other),
        }
    }
}

/// Whether an object of another namespace may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespaces {
    /// Objects of two namespaces are two.
    Matter,
    /// Two environments of one service live in namespaces of their own.
    Aside,
}

/// A section, if there is something to say.
pub(crate) fn section(
    spec: &str,
    environment: Option<&str>,
    before: Expanded,
    after: Expanded,
    revision: Option<&str>,
    namespaces: Namespaces,
) -> Option<Section> {
    let presence = match (&before, &after) {
        (Expanded::Absent, _) => Presence::OnlyAfter,
        (_, Expanded::Absent) => Presence::OnlyBefore,
        _ => Presence::Both,
    };
    let objects = objects(&before, &after, namespaces);
    let is_update = namespaces == Namespaces::Matter;
    let problems = problems(environment, before, after, revision);
    if objects.is_empty() && problems.is_empty() {
        return None;
    }
    let (spec, environment) = (spec.to_owned(), environment.map(str::to_owned));
    Some(Section { spec, environment, presence, is_update, objects, problems })
}

/// Where the side before is broken, all of the side after is new to whoever reviews it. Where the side after is, nothing is
/// known of it.
fn objects(before: &Expanded, after: &Expanded, namespaces: Namespaces) -> Vec<Object> {
    let manifests = |it: &Expanded| match it {
        Expanded::Made { generated, .. } => generated.manifests.iter().cloned().collect(),
        _ => Vec::new(),
    };
    if matches!(after, Expanded::Broken(_)) {
        return Vec::new();
    }
    let (before, after): (Vec<Manifest>, Vec<Manifest>) = (manifests(before), manifests(after));
    let (mut old, mut new) = (ids(&before), ids(&after));
    if namespaces == Namespaces::Aside
        && let (Some(without), Some(others)) = (aside(&old), aside(&new))
    {
        (old, new) = (without, others);
    }
    diff::objects(&given(&old, &before), &given(&new, &after), Sameness::Writing)
}

fn ids(manifests: &[Manifest]) -> Vec<Id> {
    manifests.iter().map(|it| it.id().clone()).collect()
}

/// Without namespaces, if that leaves no two the same.
fn aside(ids: &[Id]) -> Option<Vec<Id>> {
    let without: Vec<Id> = ids.iter().map(|it| Id { namespace: None, ..it.clone() }).collect();
    let mut seen = std::collections::HashSet::new();
    without.iter().all(|it| seen.insert(it)).then(|| without.clone())
}

fn given<'a>(ids: &'a [Id], manifests: &'a [Manifest]) -> Vec<Given<'a>> {
    ids.iter().zip(manifests).map(|(id, it)| Given { id, value: it.value() }).collect()
}

/// Why a side does not expand, and the warnings that only the side after has.
fn problems(
    environment: Option<&str>,
    before: Expanded,
    after: Expanded,
    revision: Option<&str>,
) -> Vec<Problems> {
    let mut found = Vec::new();
    let known = match before {
        Expanded::Absent | Expanded::Unseen => Vec::new(),
        Expanded::Made { generated, .. } => generated.warnings,
        Expanded::Broken(Broken { report, code }) => {
            let report = match revision {
                Some(name) => report.of_revision(name),
                None => report,
            };
            found.push(Problems { side: diff::Side::Before, report, code });
            Vec::new()
        }
    };
    match after {
        Expanded::Absent | Expanded::Unseen => {}
        Expanded::Broken(Broken { report, code }) => {
            found.push(Problems { side: diff::Side::After, report, code });
        }
        Expanded::Made { generated, files } => {
            let is_new = |it: &Problem| {
                !known.iter().any(|known| (&known.code, &known.message) == (&it.code, &it.message))
            };
            let new: Vec<Problem> = generated.warnings.into_iter().filter(is_new).collect();
            if !new.is_empty() {
                let report = in_environment(files, environment, new);
                found.push(Problems { side: diff::Side::After, report, code: 0 });
            }
        }
    }
    found
}

/// A report whose problems know where they were found.
pub(crate) fn in_environment(files: Vec<File>, environment: Option<&str>, problems: Vec<Problem>) -> Report {
    match environment {
        None => Report::new(files, problems),
        Some(name) => {
            let mut report = Report::new(files, Vec::new());
            report.merge(name, problems);
            report
        }
    }
}
