//! A difference for machines. docs/diff.md describes the form; keys are only ever added to it.

use serde::Serialize;
use serde_json::Value;

use super::report::{Counts, Difference, Presence, Problems, Section, Side};
use super::{Change, Field, Object, refused};
use crate::diagnostic::Diagnostic;
use crate::guest::contract::Severity;
use crate::manifest::Id;

#[derive(Serialize)]
struct Whole<'a> {
    before: &'a str,
    after: &'a str,
    summary: Summary,
    environments: Vec<SectionEntry<'a>>,
}

#[derive(Serialize)]
struct Summary {
    added: usize,
    removed: usize,
    changed: usize,
}

#[derive(Serialize)]
struct SectionEntry<'a> {
    spec: &'a str,
    environment: Option<&'a str>,
    status: &'static str,
    objects: Vec<ObjectEntry<'a>>,
    problems: Vec<ProblemEntry<'a>>,
}

#[derive(Serialize)]
struct ObjectEntry<'a> {
    change: &'static str,
    group: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldEntry<'a>>,
}

#[derive(Serialize)]
struct FieldEntry<'a> {
    path: &'a str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'static str>,
}

#[derive(Serialize)]
struct ProblemEntry<'a> {
    side: &'static str,
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
}

/// Writes everything.
pub(crate) fn json(difference: &Difference) -> anyhow::Result<String> {
    let Counts { added, removed, changed } = difference.counts();
    let whole = Whole {
        before: &difference.before,
        after: &difference.after,
        summary: Summary { added, removed, changed },
        environments: difference.sections.iter().map(section).collect(),
    };
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

fn section(section: &Section) -> SectionEntry<'_> {
    SectionEntry {
        spec: &section.spec,
        environment: section.environment.as_deref(),
        status: match section.presence {
            Presence::Both => "changed",
            Presence::OnlyBefore => "removed",
            Presence::OnlyAfter => "added",
        },
        objects: section.objects.iter().map(|it| object(it, section.is_update)).collect(),
        problems: section.problems.iter().flat_map(problems).collect(),
    }
}

fn object(Object { id, change }: &Object, is_update: bool) -> ObjectEntry<'_> {
    let (change, object, fields) = match change {
        Change::Added(value) => ("added", Some(value), Vec::new()),
        Change::Removed(value) => ("removed", Some(value), Vec::new()),
        Change::Changed(fields) => {
            ("changed", None, fields.iter().map(|it| field(id, it, is_update)).collect())
        }
    };
    ObjectEntry {
        change,
        group: &id.group,
        kind: &id.kind,
        namespace: id.namespace.as_deref(),
        name: &id.name,
        object,
        fields,
    }
}

fn field<'a>(id: &Id, field: &'a Field, is_update: bool) -> FieldEntry<'a> {
    let Field { path, pointer, before, after } = field;
    let refused = refused::reason(id, field).filter(|_| is_update);
    FieldEntry { path, pointer, before: before.as_ref(), after: after.as_ref(), refused }
}

fn problems(problems: &Problems) -> impl Iterator<Item = ProblemEntry<'_>> {
    let side = match problems.side {
        Side::Before => "before",
        Side::After => "after",
    };
    problems.report.diagnostics.iter().map(move |it| problem(side, it))
}

fn problem<'a>(side: &'static str, it: &'a Diagnostic) -> ProblemEntry<'a> {
    ProblemEntry {
        side,
        severity: match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        code: &it.code,
        message: &it.message,
        help: it.help.as_deref(),
        file: it.place.as_ref().map(|it| it.path.as_str()),
        line: it.place.as_ref().map(|it| it.line),
        column: it.place.as_ref().map(|it| it.column),
    }
}
