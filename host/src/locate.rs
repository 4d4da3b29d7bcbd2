//! Finds the place of a dotted key in TOML, for guests whose reader knows no positions.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The bytes of the key that `path` names, or of the nearest table above it that is there; else the text's beginning.
///
/// A number names an element of an array: `mounts.0.path`.
pub(crate) fn key(text: &str, path: &str) -> Range<usize> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut found = 0..0;
    let mut children = Children::Table(document.get_ref());
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

    const TEXT: &str =
        "name = \"a\"\ngpu.count = 2\n[env.\"prod-eu\"]\nreplicas = 3\nmounts = [{ path = 1 }]\n";

    fn marked(path: &str) -> &'static str {
        &TEXT[key(TEXT, path)]
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
        assert_eq!(key(TEXT, "nothing"), 0..0);
        assert_eq!(key(TEXT, "no key [at all"), 0..0);
    }

    #[test]
    fn broken_toml_is_searched_as_far_as_it_goes() {
        assert_eq!(key("a = 1\nb = [", "a"), 0..1);
    }
}
