//! Compares two objects field by field.

use serde_json::{Map, Value};

use super::path::At;
use super::{Field, list};
use crate::quantity::Quantity;

/// When two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// When they are written the same.
    Writing,
    /// When the cluster takes them for the same: `1000m` is `1` where a quantity stands, and `1.0` is `1`.
    Meaning,
}

/// All fields that differ, in the order of the object after the change; what is gone from a map comes last.
pub(super) fn compare(before: &Value, after: &Value, sameness: Sameness) -> Vec<Field> {
    let mut comparison = Comparison { sameness, found: Vec::new() };
    comparison.values(&At::default(), before, after);
    comparison.found
}

/// What was found so far.
pub(super) struct Comparison {
    sameness: Sameness,
    found: Vec<Field>,
}

impl Comparison {
    pub(super) fn values(&mut self, at: &At, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.maps(at, before, after),
            (Value::Array(before), Value::Array(after)) => list::compare(self, at, before, after),
            _ if self.is_same(at, before, after) => {}
            _ => self.found(at, Some(before), Some(after)),
        }
    }

    fn maps(&mut self, at: &At, before: &Map<String, Value>, after: &Map<String, Value>) {
        for (key, new) in after {
            match before.get(key) {
                Some(old) => self.values(&at.key(key), old, new),
                None => self.found(&at.key(key), None, Some(new)),
            }
        }
        for (key, old) in before.iter().filter(|it| !after.contains_key(it.0)) {
            self.found(&at.key(key), Some(old), None);
        }
    }

    pub(super) fn found(&mut self, at: &At, before: Option<&Value>, after: Option<&Value>) {
        self.found.push(Field {
            path: at.path.clone(),
            pointer: at.pointer.clone(),
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn is_same(&self, at: &At, before: &Value, after: &Value) -> bool {
        before == after
            || self.sameness == Sameness::Meaning
                && (is_same_number(before, after) || at.is_quantity && Quantity::is_same(before, after))
    }
}

fn is_same_number(before: &Value, after: &Value) -> bool {
    before.as_f64().is_some_and(|it| Some(it) == after.as_f64())
}
