//! Origins as a guest gave them, made fit to be shown: each leaf of an object with its cause, and each cause with its places.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Place, Report};
use crate::guest::contract::{self, File, Problem};
use crate::json::escaped;
use crate::manifest::Manifest;
use crate::{locate, printable};

/// Why a field is what it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cause {
    /// Somebody wrote it there.
    Written(Place),
    /// Nobody wrote it.
    Defaulted(String),
    /// A rule computed it from what stands at these places.
    Derived { reason: String, inputs: Vec<Place> },
    /// The guest does not say, or names a place that is not there.
    Unknown,
}

/// A value that holds no other, and why it is what it is.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) pointer: String,
    pub(crate) value: Value,
    pub(crate) cause: Cause,
}

/// The files of a request, without the secrets in them.
pub(crate) struct Sources {
    pub(crate) files: Vec<File>,
    /// The same with the secrets in them, to look places up in: behind stars, no key is found.
    given: Vec<File>,
    /// What stands there is shown nowhere.
    secrets: Vec<Place>,
}

/// What is shown instead of a secret.
const STARS: &str = "***";
/// The most places that one cause may name; each is looked up in its file.
const INPUTS: usize = 50;

impl Sources {
    /// Hides what the warnings say is a secret, as a report does.
    pub(crate) fn new(files: Vec<File>, warnings: Vec<Problem>) -> Sources {
        let secret: Vec<Problem> = warnings.into_iter().filter(|it| it.secret).collect();
        // An origin may name the key of a secret, while a report has the place of its value.
        let named = secret.iter().filter_map(|it| locate::place(&files, it.at.as_ref()?));
        let mut secrets: Vec<Place> = named.collect();
        let given = files.clone();
        let Report { files, diagnostics } = Report::new(files, secret);
        secrets.extend(diagnostics.into_iter().filter_map(|it| it.place));
        Sources { files, given, secrets }
    }

    /// Why an object as a whole is there.
    pub(crate) fn of_object(&self, manifest: &Manifest) -> Cause {
        manifest
            .origins()
            .iter()
            .find(|it| it.pointer.is_empty())
            .map_or(Cause::Unknown, |it| self.cause(&it.cause))
    }

    /// Every leaf at or below a pointer, in the object's own order.
    pub(crate) fn leaves(&self, manifest: &Manifest, pointer: &str) -> Vec<Leaf> {
        // The last of two origins for one field counts, as everywhere else in the order of a list.
        let origins = manifest.origins().iter().map(|it| (it.pointer.as_str(), &it.cause));
        let origins: BTreeMap<&str, &contract::Cause> = origins.collect();
        let mut found = Vec::new();
        if let Some(value) = manifest.value().pointer(pointer) {
            walk(value, pointer.to_owned(), &mut found);
        }
        found.into_iter().map(|(pointer, value)| self.leaf(&origins, pointer, value)).collect()
    }

    fn leaf(&self, origins: &BTreeMap<&str, &contract::Cause>, pointer: String, value: &Value) -> Leaf {
        let cause = nearest(origins, &pointer).map_or(Cause::Unknown, |it| self.cause(it));
        let value = if self.is_secret(&cause) { STARS.into() } else { value.clone() };
        Leaf { pointer, value, cause }
    }

    fn is_secret(&self, cause: &Cause) -> bool {
        let overlaps = |place: &Place| {
            let is_in = |it: &Place| {
                it.file == place.file && it.span.start < place.span.end && place.span.start < it.span.end
            };
            self.secrets.iter().any(is_in)
        };
        match cause {
            Cause::Written(place) => overlaps(place),
            Cause::Derived { inputs, .. } => inputs.iter().any(overlaps),
            Cause::Defaulted(_) | Cause::Unknown => false,
        }
    }

    fn cause(&self, cause: &contract::Cause) -> Cause {
        let line = |text: &str| printable::line(text).into_owned();
        match cause {
            contract::Cause::Written(at) => {
                locate::place(&self.given, at).map_or(Cause::Unknown, Cause::Written)
            }
            contract::Cause::Defaulted(reason) => Cause::Defaulted(line(reason)),
            contract::Cause::Derived { reason, inputs } => Cause::Derived {
                reason: line(reason),
                inputs: inputs.iter().take(INPUTS).filter_map(|at| locate::place(&self.given, at)).collect(),
            },
        }
    }
}

/// The origin at the pointer, or the nearest above it.
fn nearest<'a>(origins: &BTreeMap<&str, &'a contract::Cause>, pointer: &str) -> Option<&'a contract::Cause> {
    let mut above = pointer;
    loop {
        if let Some(cause) = origins.get(above) {
            return Some(cause);
        }
        above = &above[..above.rfind('/')?];
    }
}

fn walk<'a>(value: &'a Value, pointer: String, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            entries.iter().for_each(|(key, it)| walk(it, format!("{pointer}/{}", escaped(key)), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, it)| walk(it, format!("{pointer}/{index}"), found));
        }
        _ => found.push((pointer, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Budget;
    use crate::guest::contract::{Location, Origin, Span};
    use crate::manifest::Manifests;

    const TEXT: &str = "name = \"a\"\ntoken = \"geheim\"\n";

    fn at(start: u32, end: u32) -> Location {
        Location::Span(Span { file: 0, start, end })
    }

    fn leaves(origins: &[(&str, contract::Cause)], warnings: Vec<Problem>) -> Vec<(String, Value, Cause)> {
        let json =
            r#"{"apiVersion":"v1","kind":"A","metadata":{"name":"a"},"b":{"c":"geheim","d":[]}}"#.to_owned();
        let origins = origins
            .iter()
            .map(|(pointer, cause)| Origin { pointer: (*pointer).to_owned(), cause: cause.clone() });
        let given = vec![contract::Manifest { json, origins: origins.collect() }];
        let manifests = Manifests::check(given, false, &Budget::default()).unwrap();
        let files = vec![File { path: String::from("a.toml"), text: TEXT.to_owned() }];
        let sources = Sources::new(files, warnings);
        let found = sources.leaves(manifests.iter().next().unwrap(), "/b").into_iter();
        found.map(|it| (it.pointer, it.value, it.cause)).collect()
    }

    #[test]
    fn whatever_a_guest_says_of_a_field_is_shown_or_left_out() {
        let reason = || contract::Cause::Defaulted(String::from("a\u{1b}[31m\nb"));
        let elsewhere = || Location::Span(Span { file: 9, start: 0, end: 1 });
        let nowhere = contract::Cause::Written(elsewhere());
        let beyond =
            contract::Cause::Derived { reason: String::new(), inputs: vec![at(900, 4), elsewhere()] };
        let found = leaves(
            &[("/x", reason()), ("no pointer", reason()), ("/b", beyond), ("/b/d", nowhere)],
            Vec::new(),
        );
        assert_eq!(found[1], (String::from("/b/d"), Value::Array(Vec::new()), Cause::Unknown));
        let Cause::Derived { inputs, .. } = &found[0].2 else { panic!("{found:?}") };
        assert_eq!((inputs.len(), inputs[0].span.clone()), (1, TEXT.len()..TEXT.len()));
        let found = leaves(&[("", reason())], Vec::new());
        assert_eq!(found[0].2, Cause::Defaulted(String::from("a\\u{1b}[31m\\nb")));
        assert_eq!(leaves(&[], Vec::new())[0].2, Cause::Unknown);
    }

    #[test]
    fn a_key_is_a_place_too() {
        let key = Location::Key { file: 0, path: String::from("token") };
        let found = leaves(&[("/b/c", contract::Cause::Written(key))], Vec::new());
        assert!(matches!(&found[0].2, Cause::Written(place) if place.line == 2), "{found:?}");
    }

    #[test]
    fn what_is_starred_in_a_problem_is_starred_here() {
        let mut problem = crate::problem::problem("SG403", "x").at(Some(at(19, 27)));
        problem.secret = true;
        let derived = contract::Cause::Derived { reason: String::new(), inputs: vec![at(20, 22)] };
        for cause in [contract::Cause::Written(at(19, 27)), derived] {
            assert_eq!(leaves(&[("/b/c", cause)], vec![problem.clone()])[0].1, STARS);
        }
        let other = contract::Cause::Written(at(7, 10));
        assert_eq!(leaves(&[("/b/c", other)], vec![problem])[0].1, "geheim");
    }

    #[test]
    fn a_secret_may_be_named_by_its_key_or_by_its_bytes() {
        let token = || Location::Key { file: 0, path: String::from("token") };
        for (secret, written) in [(token(), token()), (token(), at(19, 27)), (at(11, 27), token())] {
            let mut problem = crate::problem::problem("SG403", "x").at(Some(secret));
            problem.secret = true;
            assert_eq!(leaves(&[("/b/c", contract::Cause::Written(written))], vec![problem])[0].1, STARS);
        }
    }
}
