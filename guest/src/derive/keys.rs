//! Why a value is what it is: looks keys of the merged spec up and turns their places into causes.

use crate::contract::{Cause, Span};
use crate::tree::Node;

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

impl Keys<'_> {
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

    /// The cause of a value that is the key's own, or else a default for the reason given.
    pub(crate) fn cause(self, key: &str, default: &str) -> Cause {
        if self.1 == Causes::Silent {
            return Cause::Defaulted(String::new());
        }
        match (self.at(key), self.has(key)) {
            (Some(at), _) => Cause::Written(at),
            (None, true) => Cause::Derived(format!("a parameter sets `{key}`"), Vec::new()),
            (None, false) => Cause::Defaulted(default.to_owned()),
        }
    }

    /// The cause of a value that a rule computes from keys.
    pub(crate) fn rule(self, reason: impl Into<String>, keys: &[&str]) -> Cause {
        if self.1 == Causes::Silent {
            return Cause::Defaulted(String::new());
        }
        Cause::Derived(reason.into(), keys.iter().filter_map(|key| self.at(key)).collect())
    }
}
