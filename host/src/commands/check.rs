//! `check`: the problems of every environment, each once. A folder without a spec stands for all specs below it.

use serde::Serialize;

use crate::cli::{Check, ReportFormat};
use crate::commands::guests::Guests;
use crate::commands::{self, question};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, Report};
use crate::generate::Generated;
use crate::guest::Failure;
use crate::guest::contract::{Problem, Severity};
use crate::parallel;
use crate::printable;
use crate::problem::{Rejection, problem};
use crate::question::Question;
use crate::specs;
use crate::stop::Stop;
use crate::tree::{DiskTree, Tree};

pub(crate) fn run(config: &Config, arguments: &Check) -> Result<(), Stop> {
    let (root, tree) = question::open(&arguments.place)?;
    let checked = specs::folders(config, &tree, &root.folder).map_err(Stop::from);
    let checked = checked.and_then(|folders| match folders.as_slice() {
        [folder] if *folder == root.folder => {
            one(&Guests::of(config), config, &tree, folder).map(Checked::of)
        }
        folders => many(config, &tree, folders),
    });
    let Checked { report, code } = match checked {
        Err(Stop::Rejected(report)) => Checked::of(question::with_root(report, &arguments.place, &root)),
        other => other?,
    };
    match arguments.format {
        ReportFormat::Json => commands::print(&json(&report)?)?,
        ReportFormat::Text => commands::print_report(&report),
    }
    if code == 0 { Ok(()) } else { Err(Stop::Said { code }) }
}

/// What was found, and the exit code that this comes to.
struct Checked {
    report: Report,
    code: u8,
}

impl Checked {
    fn of(report: Report) -> Checked {
        Checked { code: u8::from(report.has_errors()), report }
    }
}

fn one(guests: &Guests<'_>, config: &Config, tree: &dyn Tree, folder: &str) -> Result<Report, Stop> {
    let question = question::of_spec(guests, config, tree, folder)?;
    let environments = match question.environments()? {
        Ok(environments) => environments,
        Err(problems) => return Err(Rejection { files: question.files, problems }.into()),
    };
    let mut report = Report::new(question.files.clone(), Vec::new());
    for environment in environments {
        let problems = problems(&question, environment.as_deref())?;
        match environment {
            None => report = Report::new(question.files.clone(), problems),
            Some(name) => report.merge(&printable::line(&name), problems),
        }
    }
    Ok(report)
}

/// Where one guest fails, the others' specs are looked at all the same. What nobody can go on from ends it.
fn many(config: &Config, tree: &DiskTree, folders: &[String]) -> Result<Checked, Stop> {
    let guests = Guests::of(config);
    let reports = parallel::work(folders.len(), |numbers| {
        Ok::<_, Stop>(numbers.map(|it| one(&guests, config, tree, &folders[it])).collect())
    })?;
    let (mut all, mut has_failed) = (Report::default(), false);
    for (folder, report) in folders.iter().zip(reports) {
        match report {
            Ok(report) | Err(Stop::Rejected(report)) => all.append(report),
            Err(Stop::Failed(failure)) if !matches!(failure, Failure::Engine(_)) => {
                has_failed = true;
                all.append(failed(folder, &failure));
            }
            Err(stop) => return Err(stop),
        }
    }
    Ok(if has_failed { Checked { report: all, code: 3 } } else { Checked::of(all) })
}

/// A failure beside the problems of other specs must say whose it is.
fn failed(folder: &str, failure: &Failure) -> Report {
    let problem = problem(failure.code(), format!("{folder}: {failure}")).help(failure.help());
    Report::new(Vec::new(), vec![problem])
}

fn problems(question: &Question<'_>, environment: Option<&str>) -> Result<Vec<Problem>, Failure> {
    Ok(match question.generate_in(environment)? {
        Ok(Generated { warnings, .. }) => warnings,
        Err(problems) => problems,
    })
}

/// One problem, flat, as editors and `jq` like it.
#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    environments: &'a [String],
    related: Vec<RelatedEntry<'a>>,
}

#[derive(Default, Serialize)]
struct PlaceEntry<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    message: &'a str,
}

fn json(report: &Report) -> anyhow::Result<String> {
    let entries: Vec<_> = report.diagnostics.iter().map(Entry::of).collect();
    Ok(serde_json::to_string_pretty(&entries)? + "\n")
}

impl<'a> Entry<'a> {
    fn of(it: &'a Diagnostic) -> Entry<'a> {
        Entry {
            code: &it.code,
            severity: match it.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            message: &it.message,
            help: it.help.as_deref(),
            place: it.place.as_ref().map(PlaceEntry::of).unwrap_or_default(),
            environments: &it.environments,
            related: it
                .related
                .iter()
                .map(|(place, message)| RelatedEntry { place: PlaceEntry::of(place), message })
                .collect(),
        }
    }
}

impl<'a> PlaceEntry<'a> {
    fn of(it: &'a Place) -> PlaceEntry<'a> {
        PlaceEntry {
            file: Some(&it.path),
            line: Some(it.line),
            column: Some(it.column),
            end_line: Some(it.end_line),
            end_column: Some(it.end_column),
        }
    }
}
