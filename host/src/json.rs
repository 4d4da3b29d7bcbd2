//! Manifests as JSON for machines, one document a line. Argo CD hands JSON through a YAML reader, so what YAML does not
//! allow in a string is escaped, and what it has no escape for stands as it is.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Number;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::manifest::{Manifest, Manifests};

/// One document, in one line.
pub fn document(manifest: &Manifest) -> String {
    manifest.json().to_owned()
}

/// Writes any value so.
pub(crate) fn write(value: &impl Serialize, to: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(to, ForYaml))
}

/// All of them, one a line.
pub fn stream(manifests: &Manifests) -> String {
    manifests.iter().flat_map(|it| [it.json(), "\n"]).collect()
}

/// A key as a JSON pointer (RFC 6901) writes it.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct ForYaml;

impl Formatter for ForYaml {
    /// A reader of YAML 1.1 takes `1e-7` for a string and `1.0e-7` for a number.
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, number: f64) -> io::Result<()> {
        let text = Number::from_f64(number).map_or_else(|| String::from("null"), |it| it.to_string());
        match text.split_once('e') {
            Some((digits, exponent)) if !digits.contains('.') => write!(writer, "{digits}.0e{exponent}"),
            _ => writer.write_all(text.as_bytes()),
        }
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly every fragment is plain, which is seen of many bytes at once.
        if fragment.bytes().all(|it| it < 0x7f) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_not_printable) {
            CompactFormatter.write_string_fragment(writer, &rest[..at])?;
            let mut characters = rest[at..].chars();
            characters.next().into_iter().try_for_each(|it| write!(writer, "\\u{:04x}", u32::from(it)))?;
            rest = characters.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// What YAML's readers refuse or take for the end of a line; all of it is below U+10000, and so needs no pair of escapes.
fn is_not_printable(it: char) -> bool {
    matches!(it, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_in_yaml_too() {
        let text = r#"{"apiVersion":"v1","kind":"A","metadata":{"name":"a"},"a":[1e-7,1.5e-7,2.5,1]}"#;
        assert_eq!(document(&Manifest::parse(text).unwrap()), text.replace("1e-7", "1.0e-7"));
    }

    #[test]
    fn what_yaml_does_not_print_is_escaped() {
        let text = "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\u{85}b\u{feff}c\u{1f600}d\\n\"}}";
        let expected = text.replace('\u{85}', "\\u0085").replace('\u{feff}', "\\ufeff");
        assert_eq!(document(&Manifest::parse(text).unwrap()), expected);
    }
}
