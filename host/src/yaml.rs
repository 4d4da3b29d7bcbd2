//! Manifests as YAML for people, which a reader of YAML 1.1 such as Argo CD's takes exactly as meant.

pub(crate) mod read;
pub(crate) mod values;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_yaml::DoubleQuoted;

use crate::manifest::{Manifest, Manifests};
use crate::printable;

/// One document.
pub fn document(manifest: &Manifest) -> String {
    let text = written(&AsItIsRead(manifest.json()));
    // Nothing that is hidden is ASCII.
    if text.is_ascii() || has_hidden_key(manifest.value()) {
        text
    } else {
        spell_out(written(&Shown(manifest.value())))
    }
}

/// All of them, `---` between one and the next.
pub fn stream(manifests: &Manifests) -> String {
    manifests.iter().map(document).collect::<Vec<_>>().join("---\n")
}

/// Any value, as it would stand in a document.
pub(crate) fn value(value: &Value) -> String {
    written(value)
}

fn written(value: &impl Serialize) -> String {
    // Only what has several lines becomes a block; a long line stays one line, as people search for it.
    let options = serde_yaml::ser_options! { folded_wrap_chars: usize::MAX };
    let mut text = String::new();
    serde_yaml::to_fmt_writer_with_options(&mut text, value, options)
        .expect("a JSON value has a form in YAML, and a string takes every text");
    text
}

/// JSON that is written while it is read: no tree is made of it.
struct AsItIsRead<'a>(&'a str);

impl Serialize for AsItIsRead<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_transcode::transcode(&mut serde_json::Deserializer::from_str(self.0), serializer)
    }
}

/// A value whose texts are quoted where they hold what a terminal would not show, or show backwards.
struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if text.contains(is_hidden) => DoubleQuoted(text).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Shown)),
            Value::Object(entries) => {
                serializer.collect_map(entries.iter().map(|(key, it)| (key, Shown(it))))
            }
            other => other.serialize(serializer),
        }
    }
}

/// Makes escapes of what is hidden, which by now stands between double quotes only.
fn spell_out(text: String) -> String {
    if !text.contains(is_hidden) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for it in text.chars() {
        match u32::from(it) {
            _ if !is_hidden(it) => shown.push(it),
            code if code > 0xffff => shown.push_str(&format!("\\U{code:08X}")),
            code => shown.push_str(&format!("\\u{code:04X}")),
        }
    }
    shown
}

/// The YAML crate quotes no key on demand. Such a key stands as it is, which readers take as meant all the same; the API
/// server allows none.
fn has_hidden_key(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_hidden_key),
        Value::Object(entries) => {
            entries.iter().any(|(key, it)| key.contains(is_hidden) || has_hidden_key(it))
        }
        _ => false,
    }
}

fn is_hidden(it: char) -> bool {
    !it.is_control() && printable::steers(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(entry: &str) -> String {
        let json = format!(r#"{{"apiVersion":"v1","kind":"A","metadata":{{"name":"a"}},{entry}}}"#);
        let document = document(&Manifest::parse(&json).unwrap());
        document.strip_prefix("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n").unwrap().to_owned()
    }

    fn scalar(text: &str) -> String {
        let line = yaml(&format!(r#""k":{}"#, serde_json::to_string(text).unwrap()));
        line.strip_prefix("k: ").unwrap().trim_end().to_owned()
    }

    #[test]
    fn what_yaml_1_1_could_take_for_something_else_is_quoted() {
        let words =
            "on Off yes no y N true null ~ = << 012 0o7 0x1F 1e3 1.10 1_000 12:30:45 2026-11-23 .inf .NaN";
        let signs =
            ["", "- a", "? a", "a: b", "a #b", "@a", "`a`", "*a", "&a", "!a", "%a", "---", "...", "a ", " a"];
        let hidden = ["\t", "\u{7}", "\u{85}", "\u{2028}", "\u{feff}", "\u{202e}", "\u{200b}", "\u{e0001}"];
        for trap in words.split(' ').chain(signs).chain(hidden) {
            let shown = scalar(trap);
            assert!(shown.starts_with(['"', '\'']) && shown.ends_with(['"', '\'']), "{shown}");
            assert!(!shown.contains(printable::steers), "{shown:?}");
        }
        assert_eq!(scalar("a\u{202e}\u{e0001}"), r#""a\u202E\U000E0001""#);
    }

    #[test]
    fn keys_are_texts_too() {
        assert_eq!(yaml(r#""on":{"y":1,"012":2}"#), "\"on\":\n  \"y\": 1\n  \"012\": 2\n");
        assert_eq!(yaml("\"\u{202e}\":\"\u{202e}\""), "\u{202e}: \u{202e}\n");
    }

    #[test]
    fn plain_words_stay_plain() {
        for text in
            ["a", "registry.example.com/sglang:v0.5.23", "--model-path", "nvidia.com/gpu", "16Gi", "ä"]
        {
            assert_eq!(scalar(text), text);
        }
    }

    #[test]
    fn several_lines_become_a_block() {
        let block = "data:\n  config.yaml: |\n    a: 1\n    b: on\n";
        assert_eq!(yaml(r#""data":{"config.yaml":"a: 1\nb: on\n"}"#), block);
    }
}
