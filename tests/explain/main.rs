//! Every field of every manifest has an origin that says something: of all examples, their environments, and all cases.
//!
//! An origin covers what lies below its pointer. One for a whole object, a whole pod or a whole container would cover
//! everything and explain nothing, so [`walk::Found`] counts neither those nor one that stands for many fields at once.
//! And what somebody is said to have written must be what stands there.

#[path = "../golden/asked.rs"]
#[expect(dead_code, reason = "the golden cases go through several doors")]
mod asked;
#[path = "../golden/files.rs"]
mod files;
#[path = "../golden/laid.rs"]
mod laid;
#[path = "../golden/native.rs"]
mod native;
#[path = "../golden/outcome.rs"]
#[expect(dead_code, reason = "the golden cases compare outcomes")]
mod outcome;
#[path = "../golden/settings.rs"]
#[expect(dead_code, reason = "the golden cases ask processes, too")]
mod settings;
mod walk;
mod written;
#[path = "../support"]
mod support {
    #[expect(dead_code, reason = "the golden cases compare with what is expected")]
    pub(crate) mod cases;
    pub(crate) mod project;
    pub(crate) mod toml;
}

use std::cell::Cell;

use anyhow::{Context, ensure};
use cmp_host::guest::contract::{Cause, File, Location, Manifest, Span};
use outcome::Outcome;
use settings::{Output, Settings};
use support::cases::{self, Case};
use walk::Found;

/// The manifests of one run, and the files that their origins point into.
struct Expanded {
    name: String,
    files: Vec<File>,
    manifests: Vec<Manifest>,
}

/// Specs with problems have no manifests; what is left must be most of them, or nothing was looked at.
const AT_LEAST: usize = 130;

fn expanded() -> anyhow::Result<Vec<Expanded>> {
    let mut all = Vec::new();
    for case in cases::all()? {
        all.extend(runs(&case).with_context(|| case.name.clone())?);
    }
    ensure!(all.len() >= AT_LEAST, "only {} runs give manifests", all.len());
    Ok(all)
}

fn runs(case: &Case) -> anyhow::Result<Vec<Expanded>> {
    let settings = Settings::read(case)?;
    let laid = laid::Laid::new(case, &settings)?;
    let mut runs = Vec::new();
    for asked in asked::of_case(case, &settings, &laid) {
        if asked.output == Output::Delivery {
            continue;
        }
        let outcome = native::expand(&laid, &settings, &asked)?;
        if let Outcome::Expansion { files, expansion } = outcome {
            let name = format!("{} {}", case.name, asked.environment.unwrap_or_default());
            runs.push(Expanded { name, files, manifests: expansion.manifests });
        }
    }
    Ok(runs)
}

/// All that is found in all runs, a line each, or nothing.
fn require_none(found: impl Fn(&Expanded, &Found) -> Vec<String>) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for run in expanded()? {
        for manifest in &run.manifests {
            let object = Found::of(manifest)?;
            let of_object = found(&run, &object).into_iter();
            lines.extend(of_object.map(|it| format!("{}: {}: {it}", run.name, object.name)));
        }
    }
    let shown: Vec<&str> = lines.iter().take(60).map(String::as_str).collect();
    ensure!(lines.is_empty(), "{} found, such as\n{}", lines.len(), shown.join("\n"));
    Ok(())
}

#[test]
fn every_leaf_has_an_origin_of_its_own_or_of_a_few() -> anyhow::Result<()> {
    require_none(|_, object| object.uncovered())
}

#[test]
fn every_object_says_why_it_exists_and_points_at_nothing_that_is_not_there() -> anyhow::Result<()> {
    require_none(|_, object| {
        let root = (!object.origins.contains_key("")).then(|| String::from("nothing says why it exists"));
        let absent = object.origins.keys().filter(|it| object.value.pointer(it).is_none());
        root.into_iter().chain(absent.map(|it| format!("there is no {it}"))).collect()
    })
}

#[test]
fn origins_are_sorted_and_none_comes_twice() -> anyhow::Result<()> {
    for run in expanded()? {
        for manifest in &run.manifests {
            let pointers: Vec<&str> = manifest.origins.iter().map(|it| it.pointer.as_str()).collect();
            ensure!(pointers.is_sorted_by(|a, b| a < b), "{}: {pointers:?}", run.name);
        }
    }
    Ok(())
}

#[test]
fn every_reason_is_a_phrase_and_every_place_holds_text() -> anyhow::Result<()> {
    require_none(|run, object| {
        let wrong = object.origins.iter().filter_map(|(pointer, cause)| {
            let fault = fault(&run.files, cause)?;
            Some(format!("{pointer}: {fault}"))
        });
        wrong.collect()
    })
}

fn fault(files: &[File], cause: &Cause) -> Option<String> {
    match cause {
        Cause::Written(at) => written::text(files, at)
            .filter(|it| !it.is_empty())
            .is_none()
            .then(|| format!("written at {at:?}")),
        Cause::Defaulted(reason) => wording(reason),
        Cause::Derived { reason, inputs } => {
            let wrong = inputs.iter().find(|at| !is_input(files, at));
            wording(reason).or_else(|| wrong.map(|at| format!("derived from {at:?}")))
        }
    }
}

/// A file as a whole is named by its beginning; anything else has text.
fn is_input(files: &[File], at: &Location) -> bool {
    let begins = matches!(at, Location::Span(Span { start: 0, end: 0, .. }));
    written::text(files, at).is_some_and(|it| begins || !it.is_empty())
}

/// As CONTRIBUTING.md asks of every message: one line, and no full stop.
fn wording(reason: &str) -> Option<String> {
    let fine = !reason.trim().is_empty() && !reason.contains('\n') && !reason.ends_with('.');
    (!fine).then(|| format!("because {reason:?}"))
}

#[test]
fn what_is_said_to_be_written_stands_there() -> anyhow::Result<()> {
    let n_written = Cell::new(0);
    require_none(|run, object| {
        let leaves = object.leaves.iter().filter_map(|pointer| Some((pointer, object.nearest(pointer)?)));
        let written = leaves.filter_map(|(pointer, (_, cause))| match cause {
            Cause::Written(at) => Some((pointer, at)),
            _ => None,
        });
        let wrong = written.filter(|(pointer, at)| {
            n_written.set(n_written.get() + 1);
            let value = object.value.pointer(pointer);
            let stands = value.zip(written::text(&run.files, at));
            !stands.is_some_and(|(value, text)| written::says(text, value))
        });
        wrong.map(|(pointer, at)| format!("{pointer} is said to stand at {at:?}")).collect()
    })?;
    ensure!(n_written.get() > 1500, "only {} leaves are said to be written", n_written.get());
    Ok(())
}
