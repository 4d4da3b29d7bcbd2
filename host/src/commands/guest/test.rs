//! `guest test`: the suite of [`crate::suite`], as a table.

use std::path::Path;

use anyhow::Context;

use crate::cli::{Place, TestGuest};
use crate::commands;
use crate::config::{Config, SPEC};
use crate::guest::contract::File;
use crate::guest::{Cache, Engine, Guest};
use crate::stop::Stop;
use crate::suite::{self, Finding, Subject};
use crate::tree::DiskTree;
use crate::{printable, request};

pub(crate) fn run(config: &Config, arguments: &TestGuest) -> Result<(), Stop> {
    let engine = Engine::with_limits(&config.limits)?;
    let binary = commands::named_guest(config, &arguments.guest)?;
    // A component with an import, or of another contract, ends here; its failure says which.
    let cache = Cache::of_user()?;
    let guest = Guest::load(&engine, &binary, &cache)?;
    let outline = binary.outline(&engine)?;
    let budget = config.limits.budget();
    let files = match &arguments.spec {
        Some(path) => Some(read(config, &guest, path)?),
        None => None,
    };
    let mut findings = vec![Finding {
        check: String::from("contract"),
        outcome: Ok(format!("{}, no imports", outline.world().unwrap_or("none"))),
    }];
    findings.extend(suite::run(Subject { guest: &guest, budget: &budget }, files.as_deref()));
    commands::print(&findings.iter().map(line).collect::<String>())?;
    conclude(&findings)
}

fn line(finding: &Finding) -> String {
    let (holds, detail) = match &finding.outcome {
        Ok(seen) => ("holds", seen),
        Err(reason) => ("FAILS", reason),
    };
    format!("{holds}  {:<35}  {}\n", printable::line(&finding.check), printable::line(detail))
}

fn conclude(findings: &[Finding]) -> Result<(), Stop> {
    let failed = findings.iter().filter_map(|it| Some((&it.check, it.outcome.as_ref().err()?)));
    let failed: Vec<_> = failed.collect();
    let Some((check, reason)) = failed.first() else { return Ok(()) };
    Err(Stop::Unfit(format!("{} of {} checks fail, first {check}: {reason}", failed.len(), findings.len())))
}

/// The guest's spec may have a name of its own.
fn read(config: &Config, guest: &Guest, path: &Path) -> Result<Vec<File>, Stop> {
    let path = if path.is_dir() { path.join(SPEC) } else { path.to_owned() };
    let (Some(name), true) = (path.file_name().and_then(|it| it.to_str()), path.is_file()) else {
        return Err(Stop::Usage(format!("there is no spec `{}`", path.display())));
    };
    let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
    let root = commands::find_root(&Place { folder: folder.to_owned(), root: None })?;
    let tree =
        DiskTree::open(&root.root).with_context(|| format!("cannot open `{}`", root.root.display()))?;
    let spec = request::read_spec(&tree, &root.folder, &[name], &config.limits)?;
    Ok(request::read_files(
        guest,
        &tree,
        spec,
        config.defaults.as_ref(),
        &config.limits,
        &config.limits.budget(),
    )??)
}
