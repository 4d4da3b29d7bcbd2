//! Every key of the grammar, and every word of those that take one of a few, is written in some case or example.
//!
//! What nobody writes is tested by nobody: it may be read wrongly, or lead to manifests that no cluster takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::Value;

use crate::support::{project, toml};
use crate::verdict::SCHEMA;

#[test]
fn every_key_and_every_word_is_written_somewhere() -> anyhow::Result<()> {
    let schema: Value = serde_json::from_str(&fs::read_to_string(project::path(SCHEMA))?)?;
    let grammar = Grammar { root: &schema };
    let mut all = BTreeSet::new();
    grammar.list(&schema, "", &mut all);
    ensure!(all.contains("cache.jit = \"empty\"") && all.contains("env.NAME.inherits"), "{all:?}");
    let mut written = BTreeSet::new();
    for path in ["tests/cases", "examples"].iter().flat_map(|it| files(&project::path(it))) {
        // Some cases are about slips of syntax, or are no text at all.
        let text = fs::read_to_string(path).unwrap_or_default();
        let Ok(document) = toml::to_json(&text) else { continue };
        grammar.meet(&schema, &document, "", &mut written);
        // The operator's file has what every spec starts from.
        grammar.meet(&schema, &document["defaults"], "", &mut written);
    }
    let unwritten: Vec<&String> = all.difference(&written).collect();
    ensure!(unwritten.is_empty(), "no case writes {unwritten:#?}");
    Ok(())
}

/// The schema of the spec. Its places are named as people write them: `cache.jit`, `sidecar.NAME.image`.
struct Grammar<'a> {
    root: &'a Value,
}

/// What leads from a table or an array to what stands in it.
enum Step<'a> {
    Key(&'a str),
    Entry,
    Item,
}

impl<'a> Grammar<'a> {
    /// All that can be written at a place.
    fn list(&self, schema: &'a Value, place: &str, all: &mut BTreeSet<String>) {
        for choice in self.choices(schema) {
            all.extend(words(choice).into_iter().map(|it| chosen(place, it)));
            for (step, inner) in parts(choice) {
                let place = below(place, &step);
                if matches!(step, Step::Key(_)) {
                    all.insert(place.clone());
                }
                self.list(inner, &place, all);
            }
        }
    }

    /// What of it a document writes.
    fn meet(&self, schema: &'a Value, document: &Value, place: &str, written: &mut BTreeSet<String>) {
        for choice in self.choices(schema) {
            let met = words(choice).into_iter().filter(|it| *it == document);
            written.extend(met.map(|it| chosen(place, it)));
            for (step, inner) in parts(choice) {
                let place = below(place, &step);
                for value in step.of(document, choice) {
                    if matches!(step, Step::Key(_)) {
                        written.insert(place.clone());
                    }
                    self.meet(inner, value, &place, written);
                }
            }
        }
    }

    /// The forms that a value may have, references followed. One that holds anything has nothing to list.
    fn choices(&self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(name) = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
            return if name == "Any" { Vec::new() } else { self.choices(&self.root["$defs"][name]) };
        }
        let lists = ["anyOf", "oneOf"].into_iter().filter_map(|it| schema[it].as_array());
        let inner = lists.flatten().flat_map(|it| self.choices(it));
        [schema].into_iter().chain(inner).collect()
    }
}

impl Step<'_> {
    /// The values of a document that the step leads to.
    fn of<'d>(&self, document: &'d Value, schema: &Value) -> Vec<&'d Value> {
        let entries = || document.as_object().into_iter().flatten();
        match self {
            Step::Key(key) => document.get(key).into_iter().collect(),
            Step::Entry => {
                let unnamed = entries().filter(|(key, _)| schema["properties"][key.as_str()].is_null());
                unnamed.map(|(_, it)| it).collect()
            }
            Step::Item => document.as_array().into_iter().flatten().collect(),
        }
    }
}

fn parts(schema: &Value) -> Vec<(Step<'_>, &Value)> {
    let keys = schema["properties"].as_object().into_iter().flatten();
    let keys = keys.map(|(key, it)| (Step::Key(key), it));
    let patterns = schema["patternProperties"].as_object().into_iter().flatten().map(|(_, it)| it);
    let entries = patterns.chain([&schema["additionalProperties"]]).map(|it| (Step::Entry, it));
    let all = keys.chain(entries).chain([(Step::Item, &schema["items"])]);
    all.filter(|(_, it)| it.is_object()).collect()
}

fn words(schema: &Value) -> Vec<&Value> {
    let listed = schema["enum"].as_array().into_iter().flatten();
    listed.chain(schema.get("const")).collect()
}

fn chosen(place: &str, word: &Value) -> String {
    format!("{place} = {word}")
}

/// An environment repeats the whole grammar, so all that is new there are the keys that only environments have.
fn below(place: &str, step: &Step<'_>) -> String {
    let name = match step {
        Step::Key(key) => key,
        Step::Entry => "NAME",
        Step::Item => "[]",
    };
    match place {
        "" => name.to_owned(),
        "env.NAME" if !["inherits", "without"].contains(&name) => name.to_owned(),
        _ => format!("{place}.{name}"),
    }
}

/// Every file of TOML below a folder, or the file itself.
fn files(path: &Path) -> Vec<PathBuf> {
    if let Ok(entries) = fs::read_dir(path) {
        return entries.flatten().flat_map(|it| files(&it.path())).collect();
    }
    let is_toml = path.extension().is_some_and(|it| it == "toml");
    if is_toml { vec![path.to_owned()] } else { Vec::new() }
}
