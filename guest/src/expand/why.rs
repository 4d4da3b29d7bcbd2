//! Why the fields of one object are what they are, told beside the builder that makes them, and only if somebody listens.
//!
//! A test walks every field of every example and case: one without a cause of its own, or of a few fields that belong
//! together, fails it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contract::Cause;
use crate::derive::keys::Keys;

/// Causes by pointer; what stands at a pointer also holds for all below it that has none.
pub(crate) type Origins = BTreeMap<String, Cause>;

/// Parts of a value and their causes, by pointers into it.
pub(crate) type Parts = Vec<(&'static str, Cause)>;

/// Takes causes for the fields of one object, below one of its fields.
pub(crate) struct Why<'a> {
    keys: Keys<'a>,
    json: &'a Value,
    above: String,
    origins: &'a mut Origins,
}

impl<'a> Why<'a> {
    /// Of a whole object.
    pub(crate) fn of(keys: Keys<'a>, json: &'a Value, origins: &'a mut Origins) -> Why<'a> {
        Why { keys, json, above: String::new(), origins }
    }

    /// What is said holds below a pointer.
    pub(crate) fn below(&mut self, pointer: &str, tell: impl FnOnce(&mut Why<'a>)) {
        let length = self.above.len();
        self.above.push_str(pointer);
        tell(self);
        self.above.truncate(length);
    }

    /// Says why a field is what it is; whoever says it last is right. A field that is not there needs no cause.
    pub(crate) fn say(&mut self, pointer: &str, cause: Cause) {
        let pointer = format!("{}{pointer}", self.above);
        if self.json.pointer(&pointer).is_some() {
            self.origins.insert(pointer, cause);
        }
    }

    /// The same for parts of a field.
    pub(crate) fn parts(&mut self, pointer: &str, parts: Parts) {
        self.below(pointer, |why| parts.into_iter().for_each(|(part, cause)| why.say(part, cause)));
    }

    /// Nobody can write it, or nobody did.
    pub(crate) fn fixed(&mut self, pointer: &str, reason: &str) {
        self.say(pointer, Cause::Defaulted(reason.to_owned()));
    }

    /// It is the value of a key, or else a default.
    pub(crate) fn key(&mut self, pointer: &str, key: &str, default: &str) {
        self.say(pointer, self.keys.cause(key, default));
    }

    /// It follows from the word that a key holds, or from its absence.
    pub(crate) fn choice(&mut self, pointer: &str, key: &str, chosen: &str, default: &str) {
        self.say(pointer, self.keys.choice(key, chosen, default));
    }

    /// A rule computes it from keys.
    pub(crate) fn rule(&mut self, pointer: &str, reason: impl Into<String>, keys: &[&str]) {
        self.say(pointer, self.keys.rule(reason, keys));
    }

    /// It stands at a path of keys and of numbers of items.
    pub(crate) fn entry(&mut self, pointer: &str, path: &[&str]) {
        self.say(pointer, self.keys.entry(path));
    }

    /// It is the name of an entry of a table.
    pub(crate) fn name_of(&mut self, pointer: &str, path: &[&str]) {
        self.say(pointer, self.keys.name_of(path));
    }
}
