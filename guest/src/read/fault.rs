//! What is wrong with a node of the tree, and the problem that a person reads.

use std::fmt::{self, Display};

use serde::de::{self, Unexpected};

use super::number;
use crate::contract::{Problem, Span};
use crate::problem::{all_of, dotted, nearest, one_of};

/// What is wrong with a node.
#[derive(Debug)]
pub(super) enum Kind {
    UnknownKey { key: String, expected: &'static [&'static str] },
    MissingKey(&'static str),
    Type { expected: String, found: &'static str, text: Option<String> },
    Value { expected: String, found: String },
    Word { expected: &'static [&'static str], found: String },
}

/// One fault. The path grows from the leaf to the root, so it stands in reverse.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(super) kind: Kind,
    pub(super) path: Vec<String>,
    /// The innermost node's place, which is none if a parameter gave it.
    pub(super) at: Option<Option<Span>>,
}

impl Fault {
    pub(super) fn new(kind: Kind) -> Fault {
        Fault { kind, path: Vec::new(), at: None }
    }

    /// Called on the way up: the innermost place stays, the path grows.
    pub(super) fn below(mut self, key: &str, place: Option<Span>) -> Fault {
        self.at = self.at.or(Some(place));
        self.path.push(key.to_owned());
        self
    }

    pub(super) fn misses_one_of(&self, path: &[String], taken: &[Vec<String>]) -> bool {
        let Kind::MissingKey(key) = self.kind else { return false };
        taken.iter().any(|it| it.split_last().is_some_and(|(last, table)| last == key && table == path))
    }

    pub(super) fn into_problem(self, path: &[String]) -> Problem {
        let name = dotted(path);
        let at = self.at.flatten();
        let problem = match self.kind {
            Kind::UnknownKey { key, expected } => unknown_key(path, &key, expected),
            Kind::MissingKey(key) => Problem::error("SG014", format!("`{name}` lacks the key `{key}`"))
                .help(format!("add `{key} = …` to it")),
            Kind::Type { expected, found, text } => {
                let problem = Problem::error("SG012", format!("`{name}` is {found}; expected {expected}"));
                let right = || match (&text, expected.as_str()) {
                    (Some(text), "a whole number" | "a number") => Some(number(&name, text, &expected)),
                    _ => written_right(found, &expected),
                };
                Problem { help: at.and_then(|_| right()), ..problem }
            }
            Kind::Value { expected, found } => {
                Problem::error("SG013", format!("`{name}` cannot be {found}; expected {expected}"))
            }
            Kind::Word { expected, found } => unknown_word(&name, &found, expected),
        };
        if at.is_some() || problem.help.is_some() {
            return problem.at(at);
        }
        // Nothing in a file is at fault.
        let help = match problem.code {
            "SG012" => format!("a parameter gives one value: write `{name}` in the spec"),
            _ => format!("a parameter sets `{name}`: mend it there"),
        };
        problem.help(help)
    }
}

/// How a number would be written that stands there as a text.
fn number(key: &str, text: &str, expected: &str) -> String {
    let is_right = |it: &f64| expected == "a number" || it.fract() == 0.0;
    match number::meant(key, text).filter(is_right) {
        Some(meant) => format!("write `{meant}`, without unit and quotes"),
        None if number::is_plain(text) => "write it without quotes".into(),
        None => format!("write {expected}, without quotes"),
    }
}

/// How the value would be written, where that is not obvious to whom TOML is new.
fn written_right(found: &str, expected: &str) -> Option<String> {
    let help = match (found, expected) {
        (_, "`true` or `false`") => "write `true` or `false`, without quotes",
        ("a string", "an array") => "put it in brackets: `[\"…\"]`",
        ("a whole number" | "a fraction" | "true or false" | "a date or time", expected)
            if expected.starts_with("a string") =>
        {
            "put it in quotes"
        }
        (_, "a table") => "write `{ key = value }`, or a header and its keys below it",
        _ => return None,
    };
    Some(help.into())
}

fn unknown_word(name: &str, found: &str, expected: &'static [&'static str]) -> Problem {
    let words = || expected.iter().copied();
    let message = format!("`{name}` cannot be `{}`; expected {}", found.escape_debug(), one_of(words()));
    let problem = Problem::error("SG013", message);
    // Short words are near to each other and mean something else: `node` is not `none`.
    match nearest(found, words()).filter(|_| found.len() > 4) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem,
    }
}

fn unknown_key(path: &[String], key: &str, expected: &'static [&'static str]) -> Problem {
    let problem = Problem::error("SG011", format!("there is no key `{}`", dotted(path)));
    match nearest(key, expected.iter().copied()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help(format!("the keys here are {}", all_of(expected.iter().copied()))),
    }
}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Fault {
        Fault::new(Kind::Value { expected: message.to_string(), found: "this".into() })
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Fault {
        let text = if let Unexpected::Str(text) = found { Some(text.to_owned()) } else { None };
        let found = match found {
            Unexpected::Str(_) => "a string",
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => "a whole number",
            Unexpected::Float(_) => "a fraction",
            Unexpected::Bool(_) => "true or false",
            Unexpected::Seq => "an array",
            _ => "a table",
        };
        Fault::new(Kind::Type { expected: expected.to_string(), found, text })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Fault {
        let expected = match expected.to_string().as_str() {
            "u16" => "a whole number from 0 to 65535".into(),
            "u32" => "a whole number from 0 to 4294967295".into(),
            other => other.to_owned(),
        };
        Fault::new(Kind::Value { expected, found: shown(found) })
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Fault {
        Fault::new(Kind::Word { expected, found: found.into() })
    }

    fn unknown_field(key: &str, expected: &'static [&'static str]) -> Fault {
        Fault::new(Kind::UnknownKey { key: key.to_owned(), expected })
    }

    fn missing_field(key: &'static str) -> Fault {
        Fault::new(Kind::MissingKey(key))
    }
}

/// A value as a message quotes it: whole when short, since the excerpt below shows it anyway.
pub(super) fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(text) if text.chars().count() <= 60 => format!("`{}`", text.escape_debug()),
        Unexpected::Str(text) => format!("a string of {} bytes", text.len()),
        Unexpected::Signed(it) => format!("`{it}`"),
        Unexpected::Unsigned(it) => format!("`{it}`"),
        Unexpected::Float(it) => format!("`{it}`"),
        Unexpected::Bool(it) => format!("`{it}`"),
        other => other.to_string(),
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Fault {}
