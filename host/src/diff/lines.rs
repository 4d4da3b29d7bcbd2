//! A difference as lines, each with its sign: the one form that text and Markdown are made of.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{Change, Field, Object};
use crate::{printable, yaml};

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The field that the next lines are about.
    Field(String),
    Same(String),
    Removed(String),
    Added(String),
}

/// Lines around a change that are shown with it.
const AROUND: usize = 3;
/// Beyond so many lines no best match is looked for.
const MOST: usize = 10_000;

/// `+ Job.batch prefetch in llm`, the sign aside.
pub(super) fn name(object: &Object) -> String {
    printable::line(&object.id.to_string()).into_owned()
}

/// An object's difference.
pub(super) fn of(object: &Object) -> Vec<Line> {
    match &object.change {
        Change::Added(value) => block(value).into_iter().map(Line::Added).collect(),
        Change::Removed(value) => block(value).into_iter().map(Line::Removed).collect(),
        Change::Changed(fields) => fields.iter().flat_map(field).collect(),
    }
}

fn field(field: &Field) -> Vec<Line> {
    let mut lines = vec![Line::Field(printable::line(&field.path).into_owned())];
    match (&field.before, &field.after) {
        (Some(before), Some(after)) => lines.extend(both(before, after)),
        (before, after) => {
            lines.extend(before.iter().flat_map(block).map(Line::Removed));
            lines.extend(after.iter().flat_map(block).map(Line::Added));
        }
    }
    lines
}

fn both(before: &Value, after: &Value) -> Vec<Line> {
    let (old, new) = match (before, after) {
        (Value::String(old), Value::String(new)) if old.contains('\n') || new.contains('\n') => {
            texts(old, new)
        }
        _ => (block(before), block(after)),
    };
    if old == new || old.len() + new.len() > MOST {
        return old.into_iter().map(Line::Removed).chain(new.into_iter().map(Line::Added)).collect();
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    let difference = TextDiff::from_slices(&old, &new);
    let mut shown = Vec::new();
    for (index, hunk) in difference.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            shown.push(Line::Same(String::from("…")));
        }
        for change in hunk.iter().flat_map(|it| difference.iter_changes(it)) {
            let text = change.value().to_owned();
            shown.push(match change.tag() {
                ChangeTag::Equal => Line::Same(text),
                ChangeTag::Delete => Line::Removed(text),
                ChangeTag::Insert => Line::Added(text),
            });
        }
    }
    shown
}

/// A value as YAML.
fn block(value: &Value) -> Vec<String> {
    lines(yaml::value(value).trim_end_matches('\n'))
}

/// An end of the last line is shown, as an empty line more, where one side alone has it.
fn texts(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    match (old.strip_suffix('\n'), new.strip_suffix('\n')) {
        (Some(old), Some(new)) => (lines(old), lines(new)),
        _ => (lines(old), lines(new)),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(|it| printable::line(it).into_owned()).collect()
}
