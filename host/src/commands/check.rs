//! `check`: the problems of every environment, each once.

use serde::Serialize;

use crate::cli::{Check, ReportFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, Report};
use crate::generate::{Generated, generate};
use crate::guest::contract::{File, Output, Problem, Request, Severity};
use crate::guest::{Budget, Failure, Guest};
use crate::parameters::Given;
use crate::question::Question;
use crate::request::Rejection;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Check) -> Result<(), Stop> {
    let report = match report(config, arguments) {
        Err(Stop::Rejected(report)) => report,
        other => other?,
    };
    match arguments.format {
        ReportFormat::Json => commands::print(&json(&report)?)?,
        ReportFormat::Text if !report.has_errors() => commands::print_report(&report),
        ReportFormat::Text => {}
    }
    if report.has_errors() { Err(rejected(report, arguments.format)) } else { Ok(()) }
}

/// As JSON, everything has been said on stdout.
fn rejected(report: Report, format: ReportFormat) -> Stop {
    match format {
        ReportFormat::Text => Stop::Rejected(report),
        ReportFormat::Json => Stop::Rejected(Report::default()),
    }
}

fn report(config: &Config, arguments: &Check) -> Result<Report, Stop> {
    let asked = question::ask(config, &arguments.place, &Given::default())?;
    let Question { guest, files, budget, .. } = asked;
    let environments = match guest.environments(&files, &budget)? {
        Ok(environments) => environments,
        Err(problems) => return Err(Rejection { files, problems }.into()),
    };
    if environments.is_empty() {
        let problems = problems(guest, files.clone(), None, &budget)?;
        return Ok(Report::new(files, problems));
    }
    let mut report = Report::new(files.clone(), Vec::new());
    for environment in environments {
        let problems = problems(guest, files.clone(), Some(environment.clone()), &budget)?;
        report.merge(&environment, problems);
    }
    Ok(report)
}

fn problems(
    guest: &Guest,
    files: Vec<File>,
    environment: Option<String>,
    budget: &Budget,
) -> Result<Vec<Problem>, Failure> {
    let request = Request {
        files,
        environment,
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    };
    Ok(match generate(guest, &request, budget)? {
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
