//! One source of an Application, as far as a plugin can see it, and what the files beside the spec make of it.
//!
//! Argo CD applies such a file as a merge patch, and has Go read the result *into* the source that is there already. So a
//! list of a patch replaces a list, and yet each of its elements keeps what it does not say of the element that stood at its
//! place: a map keeps its keys, a variable its value. And a null changes nothing. Whoever shows what Argo CD will do must do
//! the same, so this is one operation, `take`, for the Application and for the files that override it.

use std::collections::BTreeMap;

use crate::application::reader::{Reader, path};
use crate::guest::contract::Location;
use crate::yaml::read::Node;

/// The other ways to make manifests of a source. A plugin excludes them.
const OTHERS: [&str; 3] = ["kustomize", "helm", "directory"];
/// The keys that a file beside the spec cannot change.
const FIXED: [&str; 4] = ["repoURL", "path", "targetRevision", "chart"];

/// A source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) repository: String,
    pub(crate) path: String,
    pub(crate) revision: String,
    pub(crate) chart: String,
    pub(crate) plugin: Option<Plugin>,
    /// Those of `OTHERS` that are there.
    pub(crate) others: Vec<&'static str>,
}

/// What it says of the plugin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plugin {
    pub(crate) name: String,
    pub(crate) variables: Slots<Variable>,
    pub(crate) parameters: Slots<Parameter>,
}

/// An entry of `plugin.env`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Where the value stands.
    pub(crate) at: Option<Location>,
}

/// It may have several forms at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) text: Option<String>,
    pub(crate) items: Option<Vec<String>>,
    pub(crate) pairs: Option<BTreeMap<String, String>>,
}

/// A list as Go keeps it: what is cut off stays behind its end, and comes back when it grows again.
#[derive(Clone, Debug)]
pub(crate) struct Slots<T> {
    slots: Vec<T>,
    length: usize,
}

impl<T> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots { slots: Vec::new(), length: 0 }
    }
}

impl<T: Default> Slots<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots[..self.length].iter()
    }

    fn take(&mut self, items: &[Node], mut take: impl FnMut(&mut T, usize, &Node)) {
        self.length = items.len();
        if self.slots.len() < items.len() {
            self.slots.resize_with(items.len(), T::default);
        }
        for (index, (slot, item)) in self.slots.iter_mut().zip(items).enumerate() {
            take(slot, index, item);
        }
    }
}

impl Source {
    /// Takes all that an Application says of a source.
    pub(crate) fn take(&mut self, reader: &mut Reader, place: &str, node: &Node) {
        for (key, value) in reader.entries(place, node, &[&FIXED[..], &OTHERS, &["plugin"]].concat()) {
            let place = path(place, key);
            match key {
                "repoURL" => reader.text(&place, value, &mut self.repository),
                "path" => reader.text(&place, value, &mut self.path),
                "targetRevision" => reader.text(&place, value, &mut self.revision),
                "chart" => reader.text(&place, value, &mut self.chart),
                "plugin" => self.plugin.get_or_insert_default().take(reader, &place, value),
                _ => self.take_other(reader, &place, key, value),
            }
        }
    }

    /// Takes what a file beside the spec may say of it.
    pub(crate) fn take_override(&mut self, reader: &mut Reader, node: &Node) {
        let mut changed = self.clone();
        changed.take(reader, "", node);
        (self.plugin, self.others) = (changed.plugin, changed.others);
    }

    fn take_other(&mut self, reader: &mut Reader, place: &str, key: &str, node: &Node) {
        let Some(other) = OTHERS.into_iter().find(|it| *it == key) else { return };
        reader.entries(place, node, &[]);
        if !self.others.contains(&other) {
            self.others.push(other);
        }
    }
}

impl Plugin {
    fn take(&mut self, reader: &mut Reader, place: &str, node: &Node) {
        for (key, value) in reader.entries(place, node, &["name", "env", "parameters"]) {
            let place = path(place, key);
            match key {
                "name" => reader.text(&place, value, &mut self.name),
                "env" => {
                    let items = reader.items(&place, value);
                    self.variables.take(items, |it, index, node| {
                        it.take(reader, &format!("{place}[{index}]"), node);
                    });
                }
                "parameters" => {
                    let items = reader.items(&place, value);
                    self.parameters.take(items, |it, index, node| {
                        it.take(reader, &format!("{place}[{index}]"), node);
                    });
                }
                _ => {}
            }
        }
    }
}

impl Variable {
    fn take(&mut self, reader: &mut Reader, place: &str, node: &Node) {
        for (key, value) in reader.entries(place, node, &["name", "value"]) {
            let place = path(place, key);
            match key {
                "name" => reader.text(&place, value, &mut self.name),
                "value" => {
                    reader.text(&place, value, &mut self.value);
                    self.at = Some(reader.at(value));
                }
                _ => {}
            }
        }
    }
}

impl Parameter {
    fn take(&mut self, reader: &mut Reader, place: &str, node: &Node) {
        for (key, value) in reader.entries(place, node, &["name", "string", "array", "map"]) {
            let place = path(place, key);
            match key {
                "name" => reader.text(&place, value, &mut self.name),
                "string" => reader.text(&place, value, self.text.get_or_insert_default()),
                "array" => self.items = Some(texts(reader, &place, value)),
                "map" => take_pairs(self.pairs.get_or_insert_default(), reader, &place, value),
                _ => {}
            }
        }
    }
}

fn texts(reader: &mut Reader, place: &str, node: &Node) -> Vec<String> {
    let mut texts = Vec::new();
    for (index, item) in reader.items(place, node).iter().enumerate() {
        let mut text = String::new();
        reader.text(&format!("{place}[{index}]"), item, &mut text);
        texts.push(text);
    }
    texts
}

fn take_pairs(pairs: &mut BTreeMap<String, String>, reader: &mut Reader, place: &str, node: &Node) {
    for (key, value) in reader.entries(place, node, &[]) {
        reader.text(&path(place, key), value, pairs.entry(key.to_owned()).or_default());
    }
}
