//! `origins.txt`: a line for each origin, so that a change of a reason shows in a diff.

use std::fmt::Write;

use anyhow::{Context, bail};
use cmp_host::guest::contract::{Cause, File, Location};
use serde_json::Value;

use crate::outcome::Outcome;

/// Draws the manifest, the pointer and the cause; a spec with problems has none.
pub(crate) fn draw(outcome: &Outcome) -> anyhow::Result<String> {
    let Outcome::Expansion { files, expansion } = outcome else { return Ok(String::new()) };
    let mut text = String::new();
    for manifest in &expansion.manifests {
        let object: Value = serde_json::from_str(&manifest.json)?;
        let name = format!("{}/{}", word(&object, "/kind"), word(&object, "/metadata/name"));
        for origin in &manifest.origins {
            // An origin of a field that is not there explains nothing.
            object.pointer(&origin.pointer).with_context(|| format!("{name} has no {}", origin.pointer))?;
            writeln!(text, "{name} {} {}", origin.pointer, cause(files, &origin.cause)?)?;
        }
    }
    Ok(text)
}

fn word<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or("?")
}

fn cause(files: &[File], cause: &Cause) -> anyhow::Result<String> {
    Ok(match cause {
        Cause::Written(at) => format!("written at {}", place(files, at)?),
        Cause::Defaulted(reason) => format!("defaulted: {reason}"),
        Cause::Derived { reason, inputs } => {
            let places = inputs.iter().map(|at| place(files, at)).collect::<anyhow::Result<Vec<_>>>()?;
            format!("derived: {reason} [{}]", places.join(", "))
        }
    })
}

/// As people write it: the path, the line and the column, both from 1.
fn place(files: &[File], at: &Location) -> anyhow::Result<String> {
    let Location::Span(span) = at else {
        bail!("the default guest knows its places to the byte, and gave {at:?}")
    };
    let file = files.get(span.file as usize).with_context(|| format!("there is no file {}", span.file))?;
    let before = file
        .text
        .get(..span.start as usize)
        .with_context(|| format!("{} ends before {span:?}", file.path))?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Ok(format!("{}:{line}:{column}", file.path))
}
