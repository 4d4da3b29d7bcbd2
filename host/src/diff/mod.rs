//! What differs between two lists of manifests: by object, then by field.
//!
//! Plain functions on JSON: nothing is read, rendered or printed here but text. What stands in a Secret is compared, and
//! leaves this module as stars.

mod fields;
mod json;
mod lines;
mod list;
mod live;
mod markdown;
mod masked;
mod path;
mod refused;
mod report;
mod text;

use serde_json::Value;

use crate::manifest::Id;

pub(crate) use fields::Sameness;
pub(crate) use json::json;
pub(crate) use live::{File, NotManifests};
pub(crate) use markdown::markdown;
pub(crate) use report::{Difference, Presence, Problems, Section, Side};
pub(crate) use text::text;

/// An object that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) id: Id,
    pub(crate) change: Change,
}

/// How it differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Added(Value),
    Removed(Value),
    Changed(Vec<Field>),
}

/// A field that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// As people write it: `spec.template.spec.containers[sglang].image`.
    pub(crate) path: String,
    /// As RFC 6901 writes it, in the object after the change; of what was removed, in the object before.
    pub(crate) pointer: String,
    /// None if it was added.
    pub(crate) before: Option<Value>,
    /// None if it was removed.
    pub(crate) after: Option<Value>,
}

/// An object of one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub(crate) id: &'a Id,
    pub(crate) value: &'a Value,
}

/// Compares two lists of objects. Those of the list after come in its order, then those that are gone.
pub(crate) fn objects(before: &[Given<'_>], after: &[Given<'_>], sameness: Sameness) -> Vec<Object> {
    let mut partners = Partners::of(before);
    let mut found = Vec::new();
    for new in after {
        let change = match partners.take(new.id) {
            None => Some(Change::Added(new.value.clone())),
            Some(old) => changed(old.value, new.value, sameness),
        };
        found.extend(change.map(|change| Object { id: new.id.clone(), change }));
    }
    found.extend(
        partners.left().map(|it| Object { id: it.id.clone(), change: Change::Removed(it.value.clone()) }),
    );
    found.iter_mut().for_each(masked::hide);
    found
}

fn changed(before: &Value, after: &Value, sameness: Sameness) -> Option<Change> {
    let fields = fields::compare(before, after, sameness);
    if fields.is_empty() { None } else { Some(Change::Changed(fields)) }
}

/// The objects before, each of which has one partner at most.
struct Partners<'a> {
    by_id: std::collections::HashMap<&'a Id, usize>,
    left: Vec<Option<Given<'a>>>,
}

impl<'a> Partners<'a> {
    fn of(before: &[Given<'a>]) -> Partners<'a> {
        let by_id = before.iter().enumerate().map(|(index, it)| (it.id, index)).collect();
        Partners { by_id, left: before.iter().copied().map(Some).collect() }
    }

    fn take(&mut self, id: &Id) -> Option<Given<'a>> {
        self.by_id.get(id).and_then(|index| self.left[*index].take())
    }

    fn left(self) -> impl Iterator<Item = Given<'a>> {
        self.left.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests;
