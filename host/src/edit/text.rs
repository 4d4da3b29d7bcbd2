//! Sets and removes single values in the text of a TOML file.
//!
//! The parsed document says where things stand, and the text itself is cut there. Written out again, a document would lose the
//! line ends of Windows and the order of dotted keys; this way everything else stays byte for byte as it is.

use std::ops::Range;

use toml_edit::{Document, Item, Key, TomlError, Value};

use crate::edit::entries::{self, Entry, Section};
use crate::edit::inline;
use crate::edit::splice::{self, Splice};

/// Why a text was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TextError {
    #[error("the spec is no TOML: {}", .0.message())]
    Toml(#[from] TomlError),
    #[error("`{0}` is no dotted key")]
    Key(String),
    #[error("`{0}` cannot be written: what stands there or above it is neither a table nor a single value")]
    InTheWay(String),
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// In quotes.
    Text(String),
    /// Bare.
    Integer(i64),
}

/// Gives a key a value: in the place that it has, else in the smallest new one.
pub(crate) fn set(text: &str, key: &str, value: &Scalar) -> Result<String, TextError> {
    let path = path(key)?;
    let document = Document::parse(text)?;
    let sections = entries::sections(document.as_table());
    let splice = match Place::of(&path, &sections) {
        Place::Taken(Taken { entries, index, .. }) => {
            let at = entries[index].span.clone();
            Splice { text: literal(value, &text[at.clone()]), at }
        }
        Place::Braces { entries, braces, rest } => {
            inline::added(text, &entries, &braces, &assignment(&rest, value))
        }
        Place::None => addition(text, &path, &sections, value),
        Place::Blocked => return Err(TextError::InTheWay(key.to_owned())),
    };
    checked(splice.apply(text), key, |it| says(it, value))
}

/// Takes a key out, with the comment beside it. A key that is not there is out already.
pub(crate) fn remove(text: &str, key: &str) -> Result<String, TextError> {
    let path = path(key)?;
    let document = Document::parse(text)?;
    let sections = entries::sections(document.as_table());
    let splice = match Place::of(&path, &sections) {
        Place::Taken(Taken { entries, index, braces: Some(braces) }) => {
            inline::without(text, &entries, index, &braces)
        }
        Place::Taken(Taken { entries, index, braces: None }) => splice::without_line(text, &entries[index]),
        Place::Braces { .. } | Place::None => return Ok(text.to_owned()),
        Place::Blocked => return Err(TextError::InTheWay(key.to_owned())),
    };
    checked(splice.apply(text), key, |it| it.is_none())
}

fn path(key: &str) -> Result<Vec<String>, TextError> {
    let keys = Key::parse(key).map_err(|_| TextError::Key(key.to_owned()))?;
    Ok(keys.iter().map(|it| it.get().to_owned()).collect())
}

/// The last word on every edit: the new text is read again, and must say what it was made to say.
fn checked(text: String, key: &str, holds: impl Fn(Option<&Item>) -> bool) -> Result<String, TextError> {
    let document = Document::parse(text.as_str()).ok();
    let path = path(key)?;
    let holds = document.is_some_and(|document| {
        holds(path.iter().try_fold(document.as_item(), |item, part| item.get(part.as_str())))
    });
    if holds { Ok(text) } else { Err(TextError::InTheWay(key.to_owned())) }
}

fn says(item: Option<&Item>, value: &Scalar) -> bool {
    match value {
        Scalar::Text(text) => item.and_then(Item::as_str) == Some(text),
        Scalar::Integer(number) => item.and_then(Item::as_integer) == Some(*number),
    }
}

/// As TOML writes it; a text in the quotes that the one before it had.
fn literal(value: &Scalar, before: &str) -> String {
    let text = match value {
        Scalar::Integer(number) => return number.to_string(),
        Scalar::Text(text) => text,
    };
    let is_literal = before.starts_with('\'') && !before.starts_with("'''");
    let fits = !text.contains(|it: char| it == '\'' || it.is_control());
    if is_literal && fits { format!("'{text}'") } else { Value::from(text.as_str()).to_string() }
}

fn assignment(path: &[String], value: &Scalar) -> String {
    format!("{} = {}", dotted(path), literal(value, ""))
}

fn dotted(path: &[String]) -> String {
    let parts: Vec<String> = path.iter().map(|it| Key::new(it).display_repr().into_owned()).collect();
    parts.join(".")
}

/// Where a key stands, or could.
enum Place<'a> {
    /// It has a single value.
    Taken(Taken<'a>),
    /// An inline table is there for it, and has no such key yet.
    Braces { entries: Vec<Entry<'a>>, braces: Range<usize>, rest: Vec<String> },
    /// Nothing is there that it would have to go into.
    None,
    /// Something else is there.
    Blocked,
}

/// An entry among those beside it, and the braces around them, if there are any.
struct Taken<'a> {
    entries: Vec<Entry<'a>>,
    index: usize,
    braces: Option<Range<usize>>,
}

impl<'a> Place<'a> {
    fn of(path: &[String], sections: &[Section<'a>]) -> Place<'a> {
        let above = sections.iter().filter_map(|it| Some((it, path.strip_prefix(it.path.as_slice())?)));
        let mut covering = above.filter(|(it, rest)| it.entries.iter().any(|it| it.covers(rest)));
        match covering.next() {
            Some((section, rest)) => Place::among(section.entries.clone(), rest, None),
            None => Place::None,
        }
    }

    fn among(entries: Vec<Entry<'a>>, path: &[String], braces: Option<Range<usize>>) -> Place<'a> {
        let Some(index) = entries.iter().position(|it| it.covers(path)) else {
            return match braces {
                Some(braces) => Place::Braces { entries, braces, rest: path.to_vec() },
                None => Place::None,
            };
        };
        let entry = &entries[index];
        match (path.len() - entry.path.len(), entry.inline()) {
            (0, None) if !entry.value.is_array() => Place::Taken(Taken { entries, index, braces }),
            (0, _) | (_, None) => Place::Blocked,
            (left, Some(inner)) => Place::among(inner, &path[path.len() - left..], Some(entry.span.clone())),
        }
    }
}

/// A new line in the section that has most in common with the key, or a new section.
fn addition(text: &str, path: &[String], sections: &[Section<'_>], value: &Scalar) -> Splice {
    let above = sections.iter().filter_map(|it| Some((it, path.strip_prefix(it.path.as_slice())?)));
    let nearest = above.max_by_key(|(it, rest)| it.path.len() + it.shared(rest));
    match nearest {
        Some((section, rest)) if !section.path.is_empty() || section.shared(rest) > 0 || rest.len() == 1 => {
            splice::line(text, section, section.shared(rest), rest, &assignment(rest, value))
        }
        _ => {
            let (key, header) = path.split_last().map_or((path, path), |(_, it)| (&path[it.len()..], it));
            splice::section(text, path, sections, &dotted(header), &assignment(key, value))
        }
    }
}
