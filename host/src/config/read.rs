//! From the text of the operator's file to what it says, or to all that is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::grammar::{GUEST, Key, TOP};
use crate::config::guests::{Entry, is_spec_name, misnamed};
use crate::config::pattern::Pattern;
use crate::config::{CODE, Config, SPEC, defaults};
use crate::guest::contract::{File, Location, Problem, Span};
use crate::limits::{Limits, Refused, Source, Written};
use crate::nearest::nearest;
use crate::problem::problem;

type Entries<'a> = BTreeMap<&'a str, (Range<usize>, &'a Spanned<DeValue<'a>>)>;

/// Reads a file whose guests lie relative to `folder`.
pub(crate) fn config(file: &File, folder: &Path) -> Result<Config, Vec<Problem>> {
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    let mut reader = Reader { text: &file.text, folder, problems: Vec::new() };
    for error in errors {
        let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
        reader.refuse(
            error.span().unwrap_or(0..0),
            problem(CODE, message).help("mend the line; the rest is read then"),
        );
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let config = reader.config(document.get_ref());
    if reader.problems.is_empty() { Ok(config) } else { Err(in_order(reader.problems)) }
}

/// Where guests lie relative to `folder`, as far as the text can be read.
pub(crate) fn guest_files(text: &str, folder: &Path) -> Vec<PathBuf> {
    let (document, _) = DeTable::parse_recoverable(text);
    let guests = document.get_ref().get("guest").and_then(|it| it.get_ref().as_table());
    let paths = guests.into_iter().flatten().filter_map(|(_, it)| it.get_ref().as_table()?.get("path"));
    paths.filter_map(|it| Some(folder.join(it.get_ref().as_str()?))).collect()
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|it| match &it.at {
        Some(Location::Span(span)) => span.start,
        _ => 0,
    });
    problems
}

struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn config(&mut self, root: &'a DeTable<'a>) -> Config {
        let keys = self.keys("", root, &TOP);
        let mut limits = Limits::default();
        if let Some((_, value)) = keys.get("limits") {
            for (name, at, value) in self.limits("limits", value) {
                let source = Source::Operator(self.line(at.start));
                let set = limits.set(name, Written::Toml(value.get_ref()), source);
                self.take(at, set);
            }
        }
        let mut guests = Vec::new();
        if let Some((_, value)) = keys.get("guest") {
            for (name, value) in self.table("guest", value).into_iter().flatten() {
                guests.extend(self.guest(name, value, &limits));
            }
        }
        let has_defaults =
            keys.get("defaults").and_then(|(_, value)| self.table("defaults", value)).is_some();
        let defaults = has_defaults.then(|| defaults::file(self.text, root));
        Config { limits, guests, defaults, file: None }
    }

    fn guest(
        &mut self,
        name: &'a Spanned<toml::de::DeString<'a>>,
        value: &'a Spanned<DeValue<'a>>,
        limits: &Limits,
    ) -> Option<Entry> {
        if let Some(problem) = misnamed(name.get_ref()) {
            self.refuse(name.span(), problem);
            return None;
        }
        let place = format!("guest.{}", name.get_ref());
        let table = self.table_of(&place, value, name.span())?;
        let keys = self.keys(&place, table, &GUEST);
        let limits = self.guest_limits(&place, keys.get("limits").map(|(_, it)| *it), limits);
        let sha256 = self.text_of(&place, "sha256", &keys, is_sha256, "64 lower case hexadecimal digits");
        let spec =
            self.text_of(&place, "spec", &keys, is_spec_name, "a file's name, and not `cmp-host.toml`");
        let projects = self.patterns(&place, "projects", &keys);
        let applications = self.patterns(&place, "applications", &keys);
        let path = self.text_of(&place, "path", &keys, |it| !it.is_empty(), "the path of a component");
        let Some((path, path_at)) = path else {
            if !keys.contains_key("path") {
                let missing = problem(CODE, format!("`{place}` lacks the key `path`"));
                self.refuse(
                    name.span(),
                    missing.help("add `path = \"guests/….wasm\"`, relative to this file"),
                );
            }
            return None;
        };
        let (sha256, sha256_at) = sha256.unzip();
        let entry = Entry {
            name: name.get_ref().to_string(),
            path: self.folder.join(path),
            sha256,
            spec: spec.map_or_else(|| SPEC.to_owned(), |it| it.0),
            limits,
            projects,
            applications,
            path_at: location(path_at),
            sha256_at: sha256_at.map(location),
        };
        self.problems.extend(entry.missing());
        Some(entry)
    }

    fn guest_limits(
        &mut self,
        place: &str,
        value: Option<&'a Spanned<DeValue<'a>>>,
        limits: &Limits,
    ) -> Limits {
        let mut limits = limits.clone();
        let asked = value.map(|it| self.limits(&format!("{place}.limits"), it));
        for (name, at, value) in asked.into_iter().flatten() {
            let source = Source::Guest(self.line(at.start));
            let lowered = limits.lower(name, Written::Toml(value.get_ref()), source);
            self.take(at, lowered);
        }
        limits
    }

    /// The entries of a table of limits, in the order of the file, with the places of their keys.
    fn limits(
        &mut self,
        place: &str,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Vec<(&'a str, Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let table = self.table(place, value).into_iter().flatten();
        table.map(|(key, value)| (key.get_ref().as_ref(), key.span(), value)).collect()
    }

    fn take(&mut self, at: Range<usize>, taken: Result<(), Refused>) {
        if let Err(Refused { message, help }) = taken {
            self.refuse(at, problem(CODE, message).help(help));
        }
    }

    /// The entries of a table; an unknown one is a problem, with the key that was meant.
    fn keys(&mut self, place: &str, table: &'a DeTable<'a>, known: &[Key]) -> Entries<'a> {
        let mut entries = Entries::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if known.iter().any(|it| it.name == name) {
                entries.insert(name, (key.span(), value));
            } else {
                self.refuse(key.span(), unknown(place, name, known));
            }
        }
        entries
    }

    fn table(&mut self, place: &str, value: &'a Spanned<DeValue<'a>>) -> Option<&'a DeTable<'a>> {
        self.table_of(place, value, value.span())
    }

    fn table_of(
        &mut self,
        place: &str,
        value: &'a Spanned<DeValue<'a>>,
        at: Range<usize>,
    ) -> Option<&'a DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.mistyped(at, place, value, "a table");
        }
        table
    }

    fn text_of(
        &mut self,
        place: &str,
        key: &str,
        keys: &Entries<'a>,
        accepts: fn(&str) -> bool,
        expected: &str,
    ) -> Option<(String, Range<usize>)> {
        let (_, value) = keys.get(key)?;
        let place = format!("{place}.{key}");
        match value.get_ref().as_str() {
            Some(text) if accepts(text) => return Some((text.to_owned(), value.span())),
            Some(text) => {
                let message = format!("`{place}` cannot be `{}`", text.escape_debug());
                self.refuse(value.span(), problem(CODE, message).help(format!("write {expected}")));
            }
            None => self.mistyped(value.span(), &place, value, "a string"),
        }
        None
    }

    fn patterns(&mut self, place: &str, key: &str, keys: &Entries<'a>) -> Option<Vec<Pattern>> {
        let (_, value) = keys.get(key)?;
        let items = value.get_ref().as_array();
        let texts =
            items.and_then(|it| it.iter().map(|it| it.get_ref().as_str()).collect::<Option<Vec<_>>>());
        match texts {
            Some(texts) => Some(texts.into_iter().map(|it| Pattern(it.to_owned())).collect()),
            None => {
                self.mistyped(value.span(), &format!("{place}.{key}"), value, "an array of strings");
                None
            }
        }
    }

    fn mistyped(&mut self, at: Range<usize>, place: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let message = format!("`{place}` is of the type {}; expected {expected}", value.get_ref().type_str());
        self.refuse(at, problem(CODE, message).help(format!("write {expected}")));
    }

    fn refuse(&mut self, at: Range<usize>, problem: Problem) {
        self.problems.push(problem.at(Some(location(at))));
    }

    fn line(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }
}

fn unknown(place: &str, name: &str, known: &[Key]) -> Problem {
    let place = if place.is_empty() { String::new() } else { format!("{place}.") };
    let problem = problem(CODE, format!("there is no key `{place}{}`", name.escape_debug()));
    let names = || known.iter().map(|it| it.name);
    match nearest(name, names()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help(format!("the keys here are `{}`", names().collect::<Vec<_>>().join("`, `"))),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'a'..=b'f'))
}

fn location(at: Range<usize>) -> Location {
    let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
    Location::Span(Span { file: 0, start: offset(at.start), end: offset(at.end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Vec<Problem>> {
        let file = File { path: String::from("cmp-host.toml"), text: text.to_owned() };
        config(&file, Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    fn messages(text: &str) -> Vec<String> {
        read(text).unwrap_err().into_iter().map(|it| format!("{} {}", it.code, it.message)).collect()
    }

    #[test]
    fn all_problems_come_at_once_in_the_order_of_the_file() {
        let text = "\
[limit]
[guest.default]
[guest.a]
pth = \"a\"
sha256 = \"A\"
projects = \"all\"
[guest.b]
path = \"nothing.wasm\"
[guest.b.limits]
fuel = 3_000_000_000
";
        assert_eq!(
            messages(text),
            [
                "HOST_CONFIG there is no key `limit`",
                "HOST_CONFIG no guest can be called `default`: that is the one inside of this program",
                "HOST_CONFIG `guest.a` lacks the key `path`",
                "HOST_CONFIG there is no key `guest.a.pth`",
                "HOST_CONFIG `guest.a.sha256` cannot be `A`",
                "HOST_CONFIG `guest.a.projects` is of the type string; expected an array of strings",
                &format!(
                    "GUEST_NOT_FOUND the guest `b` cannot be read: {}/nothing.wasm: No such file or directory (os error 2)",
                    env!("CARGO_MANIFEST_DIR")
                ),
                "HOST_CONFIG the limit `fuel` is 2000000000 and cannot be raised to 3000000000",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_said_alone() {
        assert_eq!(messages("[limits\nfule = 1\n").len(), 1);
    }

    #[test]
    fn what_is_right_is_taken() {
        let text =
            "[limits]\nfuel = 1000\n[guest.a]\npath = \"Cargo.toml\"\nspec = \"a.toml\"\nlimits.fuel = 10\n";
        let config = read(text).unwrap();
        assert_eq!(config.limits.get(crate::limits::Limit::Fuel).source, Source::Operator(2));
        assert_eq!(config.guests[0].spec, "a.toml");
        assert_eq!(config.guests[0].limits.budget().fuel, 10);
        assert!(config.defaults.is_none());
    }
}
