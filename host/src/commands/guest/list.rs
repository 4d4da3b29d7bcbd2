//! `guest list`: what teams may choose. It compares every pinned digest, so it also tells whether a file is still whole.

use serde::Serialize;

use crate::cli::{ListGuests, ReportFormat};
use crate::commands;
use crate::config::{Config, Entry, SPEC};
use crate::guest::contract::Problem;
use crate::guest::{Binary, DEFAULT_NAME};
use crate::printable;
use crate::stop::Stop;

/// One guest, for machines.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    spec: &'a str,
    /// None for the one that travels in this program.
    path: Option<String>,
    sha256: Option<String>,
    pinned: bool,
    projects: Option<Vec<&'a str>>,
    applications: Option<Vec<&'a str>>,
}

pub(crate) fn run(config: &Config, arguments: &ListGuests) -> Result<(), Stop> {
    let mut problems = Vec::new();
    let mut guests = vec![default_guest()];
    for entry in &config.guests {
        guests.push(listed(entry, &mut problems)?);
    }
    commands::print(&match arguments.format {
        ReportFormat::Json => serde_json::to_string_pretty(&guests).map_err(anyhow::Error::from)? + "\n",
        ReportFormat::Text => guests.iter().map(Listed::line).collect(),
    })?;
    if problems.is_empty() { Ok(()) } else { Err(Stop::Configuration(config.report(problems))) }
}

fn default_guest() -> Listed<'static> {
    Listed {
        name: DEFAULT_NAME,
        spec: SPEC,
        path: None,
        sha256: Some(Binary::default_guest().sha256().to_owned()),
        pinned: true,
        projects: None,
        applications: None,
    }
}

fn listed<'a>(entry: &'a Entry, problems: &mut Vec<Problem>) -> Result<Listed<'a>, Stop> {
    let binary = entry.binary(&entry.limits)?.map_err(|it| problems.push(*it)).ok();
    Ok(Listed {
        name: &entry.name,
        spec: &entry.spec,
        path: Some(entry.path.display().to_string()),
        sha256: binary.map(|it| it.sha256().to_owned()),
        pinned: entry.sha256.is_some(),
        projects: entry.projects(),
        applications: entry.applications(),
    })
}

impl Listed<'_> {
    fn line(&self) -> String {
        let digest = match (&self.sha256, self.pinned) {
            (None, _) => String::from("another file than the pinned one"),
            (Some(digest), true) => digest.clone(),
            (Some(digest), false) => format!("{digest} (not pinned)"),
        };
        let line = format!("{:<20} {:<20} {:<30} {digest}", self.name, self.spec, self.users());
        printable::line(line.trim_end()).into_owned() + "\n"
    }

    fn users(&self) -> String {
        let list = |of: &str, it: &Option<Vec<&str>>| it.as_ref().map(|it| format!("{of} {}", it.join(", ")));
        let lists = [list("projects", &self.projects), list("applications", &self.applications)];
        let lists: Vec<String> = lists.into_iter().flatten().collect();
        if lists.is_empty() { String::from("everybody") } else { lists.join("; ") }
    }
}
