//! A difference as lines, each with its sign: the one form that text and Markdown are made of.

use serde_json::Value;
use similar::{DiffOp, DiffTag, TextDiff};

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
/// Bytes of what two long lines have in common that are shown with what differs.
const BEFORE: usize = 64;
/// Beyond so many lines no best match is looked for.
const MOST: usize = 10_000;

/// `+ Job.batch prefetch in llm`, the sign aside.
pub(super) fn name(object: &Object) -> String {
    printable::line(&object.id.to_string()).into_owned()
}

/// An object's difference.
pub(super) fn of(object: &Object) -> Vec<Line> {
    match &object.change {
        Change::Added(value) => replaced(&[], &block(value)),
        Change::Removed(value) => replaced(&block(value), &[]),
        Change::Changed(fields) => fields.iter().flat_map(field).collect(),
    }
}

fn field(field: &Field) -> Vec<Line> {
    let mut lines = vec![Line::Field(printable::line(&field.path).into_owned())];
    match (&field.before, &field.after) {
        (Some(before), Some(after)) => lines.extend(both(before, after)),
        (before, after) => {
            let block = |it: &Option<Value>| it.as_ref().map(block).unwrap_or_default();
            lines.extend(replaced(&block(before), &block(after)));
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
        return replaced(&old, &new);
    }
    let mut shown = Vec::new();
    for (index, hunk) in hunks(&old, &new).iter().enumerate() {
        if index > 0 {
            shown.push(Line::Same(String::from("…")));
        }
        for operation in hunk {
            let (old, new) = (&old[operation.old_range()], &new[operation.new_range()]);
            match operation.tag() {
                DiffTag::Equal => shown.extend(old.iter().map(|it| Line::Same(cut(it, 0)))),
                _ => shown.extend(replaced(old, new)),
            }
        }
    }
    shown
}

fn hunks(old: &[String], new: &[String]) -> Vec<Vec<DiffOp>> {
    let [old, new] = [old, new].map(|it| it.iter().map(String::as_str).collect::<Vec<_>>());
    TextDiff::from_slices(&old, &new).grouped_ops(AROUND)
}

/// Lines, and those in their place. A long one is cut so that what differs from its counterpart is seen.
fn replaced(old: &[String], new: &[String]) -> Vec<Line> {
    let from =
        |index: usize| old.get(index).zip(new.get(index)).map_or(0, |(old, new)| first_difference(old, new));
    let removed = old.iter().enumerate().map(|(index, it)| Line::Removed(cut(it, from(index))));
    let added = new.iter().enumerate().map(|(index, it)| Line::Added(cut(it, from(index))));
    removed.chain(added).collect()
}

/// A byte a little before the first that differs.
fn first_difference(old: &str, new: &str) -> usize {
    let common = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    common.saturating_sub(BEFORE)
}

fn cut(line: &str, from: usize) -> String {
    printable::cut(line, from).into_owned()
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
    text.split('\n').map(|it| printable::whole_line(it).into_owned()).collect()
}
