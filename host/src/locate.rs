//! Finds the place of a dotted key in TOML, for guests whose reader knows no positions.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{self, Place};
use crate::guest::contract::{File, Location, Problem, Span};

/// Turns the keys of all problems into spans. A file is parsed once, however many keys it is asked for: a guest may have
/// hundreds of problems with a file of many values. A key of a file that is not there stays a key.
pub(crate) fn keys(files: &[File], problems: &mut [Problem]) {
    let mut documents = BTreeMap::new();
    for location in problems.iter_mut().flat_map(locations) {
        let Location::Key { file, path } = location else { continue };
        let Some(File { text, .. }) = files.get(*file as usize) else { continue };
        let document = documents.entry(*file).or_insert_with(|| DeTable::parse_recoverable(text).0);
        let found = key(document.get_ref(), path);
        *location = Location::Span(Span { file: *file, start: offset(found.start), end: offset(found.end) });
    }
}

/// The place of one location; none if it is in no file that is there.
pub(crate) fn place(files: &[File], location: &Location) -> Option<Place> {
    let mut span = location.clone();
    if let Location::Key { file, path } = location {
        let text = &files.get(*file as usize)?.text;
        let found = key(DeTable::parse_recoverable(text).0.get_ref(), path);
        span = Location::Span(Span { file: *file, start: offset(found.start), end: offset(found.end) });
    }
    diagnostic::place(files, &span)
}

fn locations(problem: &mut Problem) -> impl Iterator<Item = &mut Location> {
    problem.at.iter_mut().chain(problem.related.iter_mut().map(|it| &mut it.at))
}

/// A file is far smaller than that.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The bytes of the key that `path` names, or of the nearest table above it that is there; else the text's beginning.
///
/// A number names an element of an array: `mounts.0.path`.
fn key(document: &DeTable<'_>, path: &str) -> Range<usize> {
    let mut found = 0..0;
    let mut children = Children::Table(document);
    for part in parts(path) {
        let Some((span, value)) = children.find(&part) else { break };
        found = span;
        children = Children::of(value);
    }
    found
}

/// Splits as TOML does, quoted parts included; what is no key has no parts.
fn parts(path: &str) -> Vec<String> {
    let line = format!("{path} = 0");
    let Ok(document) = DeTable::parse(&line) else { return Vec::new() };
    let mut parts = Vec::new();
    let mut table = document.get_ref();
    while let Some((key, value)) = table.iter().next() {
        parts.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    parts
}

enum Children<'a, 'i> {
    Table(&'a DeTable<'i>),
    Array(&'a [Spanned<DeValue<'i>>]),
    None,
}

impl<'a, 'i> Children<'a, 'i> {
    fn of(value: &'a DeValue<'i>) -> Self {
        match value {
            DeValue::Table(table) => Children::Table(table),
            DeValue::Array(array) => Children::Array(array),
            _ => Children::None,
        }
    }

    fn find(&self, part: &str) -> Option<(Range<usize>, &'a DeValue<'i>)> {
        match self {
            Children::Table(table) => {
                let (key, value) = table.iter().find(|(key, _)| key.get_ref() == part)?;
                Some((key.span(), value.get_ref()))
            }
            Children::Array(array) => {
                let value = array.get(part.parse::<usize>().ok()?)?;
                Some((value.span(), value.get_ref()))
            }
            Children::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::contract::Related;

    const TEXT: &str =
        "name = \"a\"\ngpu.count = 2\n[env.\"prod-eu\"]\nreplicas = 3\nmounts = [{ path = 1 }]\n";

    fn at(text: &str, path: &str) -> Range<usize> {
        key(DeTable::parse_recoverable(text).0.get_ref(), path)
    }

    fn marked(path: &str) -> &'static str {
        &TEXT[at(TEXT, path)]
    }

    #[test]
    fn keys_are_found() {
        assert_eq!(marked("name"), "name");
        assert_eq!(marked("gpu.count"), "count");
        assert_eq!(marked("env.\"prod-eu\".replicas"), "replicas");
        assert_eq!(marked("env.\"prod-eu\".mounts.0.path"), "path");
    }

    #[test]
    fn a_missing_key_falls_back_to_what_is_above_it() {
        assert_eq!(marked("gpu.memory"), "gpu");
        assert_eq!(marked("env.\"prod-eu\".image.tag"), "\"prod-eu\"");
        assert_eq!(at(TEXT, "nothing"), 0..0);
        assert_eq!(at(TEXT, "no key [at all"), 0..0);
    }

    #[test]
    fn broken_toml_is_searched_as_far_as_it_goes() {
        assert_eq!(at("a = 1\nb = [", "a"), 0..1);
    }

    #[test]
    fn all_keys_of_a_problem_become_spans() {
        let key = |file| Location::Key { file, path: String::from("gpu.count") };
        let mut problem = crate::problem::problem("SG001", "x").at(Some(key(0)));
        problem.related = vec![Related { at: key(7), message: String::new() }];
        keys(&[File { path: String::new(), text: TEXT.to_owned() }], std::slice::from_mut(&mut problem));
        assert_eq!(problem.at, Some(Location::Span(Span { file: 0, start: 15, end: 20 })));
        assert_eq!(problem.related[0].at, key(7));
    }
}
