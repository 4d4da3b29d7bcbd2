//! Finds the place of a dotted key in TOML, for guests whose reader knows no positions.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{self, Place};
use crate::guest::contract::{File, Location, Problem, Span};

/// Turns the keys of all problems into spans. A file is parsed once, however many keys it is asked for: a guest may have
/// hundreds of problems with a file of many values. A key of a file that is not there stays a key.
///
/// Where a problem is a secret, what stands at its place is hidden: there it is the value that the span covers.
pub(crate) fn keys(files: &[File], problems: &mut [Problem]) {
    let mut documents = BTreeMap::new();
    for (location, finder) in problems.iter_mut().flat_map(locations) {
        let Location::Key { file, path } = location else { continue };
        let Some(File { text, .. }) = files.get(*file as usize) else { continue };
        let document = documents.entry(*file).or_insert_with(|| DeTable::parse_recoverable(text).0);
        let found = finder(document.get_ref(), path);
        *location = Location::Span(Span { file: *file, start: offset(found.start), end: offset(found.end) });
    }
}

/// Finds the bytes that a dotted key stands for.
type Finder = fn(&DeTable<'_>, &str) -> Range<usize>;

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

fn locations(problem: &mut Problem) -> impl Iterator<Item = (&mut Location, Finder)> {
    let own: Finder = if problem.secret { value } else { key };
    let related = problem.related.iter_mut().map(|it| (&mut it.at, key as Finder));
    problem.at.iter_mut().map(move |it| (it, own)).chain(related)
}

/// A file is far smaller than that.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The bytes of the key that `path` names, or of the nearest table above it that is there; else the text's beginning.
///
/// A number names an element of an array: `mounts.0.path`.
fn key(document: &DeTable<'_>, path: &str) -> Range<usize> {
    find(document, path).map_or(0..0, |it| it.key)
}

/// The bytes of the value that `path` names, with all that stands in it. A table may be written in several places: what lies
/// between them is covered as well. Better too much is hidden than too little, so the nearest table above will do, too.
fn value(document: &DeTable<'_>, path: &str) -> Range<usize> {
    find(document, path).map_or(0..0, |it| whole(it.value))
}

/// What a table or an array holds: its name, or its place in the array, and its value.
struct Entry<'a, 'i> {
    key: Range<usize>,
    value: &'a Spanned<DeValue<'i>>,
}

fn find<'a, 'i>(document: &'a DeTable<'i>, path: &str) -> Option<Entry<'a, 'i>> {
    let mut found = None;
    let mut children = Children::Table(document);
    for part in parts(path) {
        let Some(entry) = children.find(&part) else { break };
        children = Children::of(entry.value.get_ref());
        found = Some(entry);
    }
    found
}

/// A table that has a header, or dotted keys, spans that alone; its entries stand elsewhere.
fn whole(value: &Spanned<DeValue<'_>>) -> Range<usize> {
    let join = |one: Range<usize>, other: Range<usize>| one.start.min(other.start)..one.end.max(other.end);
    match value.get_ref() {
        DeValue::Table(table) => {
            let entries = table.iter().map(|(key, value)| join(key.span(), whole(value)));
            entries.fold(value.span(), join)
        }
        DeValue::Array(array) => array.iter().map(whole).fold(value.span(), join),
        _ => value.span(),
    }
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

    fn find(&self, part: &str) -> Option<Entry<'a, 'i>> {
        match self {
            Children::Table(table) => {
                let (key, value) = table.iter().find(|(key, _)| key.get_ref() == part)?;
                Some(Entry { key: key.span(), value })
            }
            Children::Array(array) => {
                let value = array.get(part.parse::<usize>().ok()?)?;
                Some(Entry { key: value.span(), value })
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
    fn a_secret_is_the_value_of_its_key() {
        let text =
            "a = 1\n[env.dev]\ntoken = \"s3cret\"\nkeys = [\"x\", \"y\"]\n[env.dev.more]\nb = \"z\"\n[end]\n";
        let secret = |path: &str| {
            let mut problem = crate::problem::problem("SG001", "x");
            problem.at = Some(Location::Key { file: 0, path: path.to_owned() });
            problem.secret = true;
            keys(&[File { path: String::new(), text: text.to_owned() }], std::slice::from_mut(&mut problem));
            let Some(Location::Span(Span { start, end, .. })) = problem.at else { panic!("{problem:?}") };
            &text[start as usize..end as usize]
        };
        assert_eq!(secret("env.dev.token"), "\"s3cret\"");
        assert_eq!(secret("env.dev.keys.1"), "\"y\"");
        assert_eq!(secret("env.dev"), &text[6..text.len() - 7]);
        assert_eq!(secret("env.dev.gone"), secret("env.dev"));
        assert_eq!(secret("gone"), "");
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
