//! Why a value is what it is: looks keys of the merged spec up and turns their places into causes.

use crate::contract::{Cause, Span};
use crate::problem::dotted;
use crate::tree::{Node, Value};

/// The merged spec's keys and their places, and whether anybody will read causes.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a>(pub(crate) &'a Node, pub(crate) Causes);

/// Whether causes are told: under Argo CD nobody reads them, and they are a fourth of all the work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Causes {
    /// Every field says why it is what it is.
    Told,
    /// An empty one stands for each.
    Silent,
}

impl<'a> Keys<'a> {
    /// Whether the key was written anywhere.
    pub(crate) fn has(self, key: &str) -> bool {
        self.0.find(key).is_some()
    }

    /// The place of a key's value; none if nobody wrote it, or a parameter did.
    pub(crate) fn at(self, key: &str) -> Option<Span> {
        self.0.find(key).and_then(Node::place)
    }

    /// The place of the longest part of a key that somebody wrote; none if a parameter gave it.
    pub(crate) fn near(self, key: &str) -> Option<Span> {
        if self.has(key) {
            return self.at(key);
        }
        key.rsplit_once('.').map_or_else(|| self.at("name"), |(table, _)| self.near(table))
    }

    /// Whether nobody will read a cause, so that no key need be looked for.
    pub(crate) fn is_silent(self) -> bool {
        self.1 == Causes::Silent
    }

    /// The cause of a value that is the key's own, or else a default for the reason given.
    pub(crate) fn cause(self, key: &str, default: &str) -> Cause {
        if self.is_silent() {
            return Cause::Defaulted(String::new());
        }
        match (self.at(key), self.has(key)) {
            (Some(at), _) => Cause::Written(at),
            (None, true) => parameter(key),
            (None, false) => Cause::Defaulted(default.to_owned()),
        }
    }

    /// The cause of a value that nobody wrote.
    pub(crate) fn fixed(self, reason: &str) -> Cause {
        Cause::Defaulted(if self.is_silent() { String::new() } else { reason.to_owned() })
    }

    /// The cause of a value that a rule computes from keys.
    pub(crate) fn rule(self, reason: impl Into<String>, keys: &[&str]) -> Cause {
        if self.is_silent() {
            return Cause::Defaulted(String::new());
        }
        let mut reason = reason.into();
        // A parameter has no place that could be shown among the others.
        for key in keys.iter().filter(|key| self.has(key) && self.at(key).is_none()) {
            reason.push_str(&format!("; a parameter sets `{key}`"));
        }
        Cause::Derived(reason, keys.iter().filter_map(|key| self.at(key)).collect())
    }

    /// The cause of a value that follows from the word that a key holds, or from its absence.
    pub(crate) fn choice(self, key: &str, chosen: &str, default: &str) -> Cause {
        if self.is_silent() || !self.has(key) { self.cause(key, default) } else { self.rule(chosen, &[key]) }
    }

    /// The cause of what stands at a path of keys and of numbers of items, whatever characters a key has.
    pub(crate) fn entry(self, path: &[&str]) -> Cause {
        self.told(path, Node::place)
    }

    /// The cause of a name that is the key of a table's entry.
    pub(crate) fn name_of(self, path: &[&str]) -> Cause {
        self.told(path, |it| it.key)
    }

    fn told(self, path: &[&str], place: impl FnOnce(&Node) -> Option<Span>) -> Cause {
        if self.is_silent() {
            return Cause::Defaulted(String::new());
        }
        self.node(path).and_then(place).map_or_else(|| parameter(&dotted(path)), Cause::Written)
    }

    /// The node at a path of keys and of numbers of items.
    pub(crate) fn node(self, path: &[&str]) -> Option<&'a Node> {
        path.iter().try_fold(self.0, |node, key| match &node.value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            _ => node.get(key),
        })
    }
}

fn parameter(key: &str) -> Cause {
    Cause::Derived(format!("a parameter sets `{key}`"), Vec::new())
}
