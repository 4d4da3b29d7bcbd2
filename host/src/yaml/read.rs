//! YAML that people write, as a tree whose every node knows its place.
//!
//! Scalars are what a reader of YAML 1.1 takes them for, as Argo CD's does: `on` is a boolean here.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::DuplicateKeyPolicy;
use serde_yaml::{Error, Location, Spanned};

/// A value, and the bytes of the text in which it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Range<usize>,
    pub(crate) value: Value,
}

/// What stands there. A map keeps its order, and a key that comes twice.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// Why a text is no YAML.
#[derive(Debug)]
pub(crate) struct NotYaml {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
}

/// Reads the first document, as Argo CD does; a text without any is null.
pub(crate) fn first(text: &str) -> Result<Node, NotYaml> {
    let mut documents = documents(text)?.into_iter();
    Ok(documents.next().unwrap_or(Node { at: 0..0, value: Value::Null }))
}

/// Reads all documents that say something.
pub(crate) fn documents(text: &str) -> Result<Vec<Node>, NotYaml> {
    // A key that comes twice is left to whoever asks for it.
    let options =
        serde_yaml::options! { duplicate_keys: DuplicateKeyPolicy::PassThrough, with_snippet: false };
    let mut documents: Vec<Node> =
        serde_yaml::from_multiple_with_options(text, options).map_err(|it| not_yaml(text, &it))?;
    documents.iter_mut().for_each(|it| it.clamp(text));
    Ok(documents)
}

pub(super) fn not_yaml(text: &str, error: &Error) -> NotYaml {
    let at = error.location().map_or(0, |it| offset(text, &it));
    let message = error.without_snippet().to_string().replace('\n', ", ");
    // The place is shown beside it.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |it| it.0).to_owned();
    NotYaml { at: at..at, message }
}

/// The places of errors have no bytes, only lines and columns.
fn offset(text: &str, location: &Location) -> usize {
    let index = |it: u64| usize::try_from(it).unwrap_or(usize::MAX).saturating_sub(1);
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(index(location.line())).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    start + line.char_indices().nth(index(location.column())).map_or(line.len(), |it| it.0)
}

impl Node {
    /// As people call its type.
    pub(crate) fn type_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Boolean(_) => "a boolean",
            Value::Number => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The value of a key, the last one if there are several; none if there is none, or if this is no map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().rev().find(|it| it.0.text() == Some(key)).map(|it| &it.1)
    }

    /// The string, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The crate's places are not ours to trust: each is moved between two characters of the text.
    fn clamp(&mut self, text: &str) {
        self.at = within(text, self.at.clone());
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|it| it.clamp(text)),
            Value::Map(entries) => entries.iter_mut().for_each(|(key, it)| {
                key.clamp(text);
                it.clamp(text);
            }),
            _ => {}
        }
    }
}

fn within(text: &str, at: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(at.start);
    start..text.ceil_char_boundary(at.end.max(start))
}

fn bytes(location: &Location) -> Range<usize> {
    let span = location.span();
    let offset = |it: Option<u64>| it.and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
    let start = offset(span.byte_offset());
    start..start.saturating_add(offset(span.byte_len()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Node { at: bytes(&spanned.referenced), value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of YAML")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each scalar and key with the text of its place.
    fn shown(text: &str) -> String {
        fn show(text: &str, node: &Node) -> String {
            let place = &text[node.at.clone()];
            match &node.value {
                Value::List(items) => {
                    format!("[{}]", items.iter().map(|it| show(text, it)).collect::<Vec<_>>().join(" "))
                }
                Value::Map(entries) => {
                    let shown = entries.iter().map(|(key, it)| show(text, key) + "=" + &show(text, it));
                    format!("{{{}}}", shown.collect::<Vec<_>>().join(" "))
                }
                _ => format!("{} {place:?}", node.type_name()),
            }
        }
        show(text, &first(text).unwrap())
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "# ä\na: [x, 'ü y']\nb: {c: 1.0, d: on, e: }\n";
        assert_eq!(
            shown(text),
            r#"{a string "a"=[a string "x" a string "'ü y'"] a string "b"={a string "c"=a number "1.0" a string "d"=a boolean "on" a string "e"=null ""}}"#
        );
    }

    #[test]
    fn the_first_document_counts_and_no_document_is_null() {
        assert_eq!(shown("--- a\n---\nb\n"), r#"a string "a""#);
        assert_eq!(shown("# nothing\n"), r#"null """#);
    }

    #[test]
    fn a_key_that_comes_twice_is_kept_twice() {
        assert_eq!(shown("a: x\na: z\n"), r#"{a string "a"=a string "x" a string "a"=a string "z"}"#);
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let error = first("a: 1\nb: [\n").unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (8..8, "unclosed bracket '['"));
        for text in ["a: *b\n", "\"", "{", "a: .inf\n", "%YAML 9\n", "\u{1}", "a:\n\tb: 1\n"] {
            let error = first(text).unwrap_err();
            assert!(!error.message.contains('\n'), "{error:?}");
        }
    }
}
