//! Values of flags: which ones a release takes.

use serde_json::Value;

use super::{Flag, Given, Kind, Release};
use crate::problem::{nearest, one_of};

/// A value that a flag does not take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What it does not take, as a message quotes it: a text keeps its quotes where they are what is wrong.
    pub(crate) found: String,
    /// What it takes: `a whole number`.
    pub(crate) expected: String,
    /// What to write.
    pub(crate) help: String,
}

impl Flag {
    /// Why a release does not take a value, if it does not.
    pub(crate) fn mismatch(&self, value: &Value, release: Release) -> Option<Mismatch> {
        let given = self.given_in(release);
        let (kind, items) = match (given, value) {
            (Given::Absent, _) => return None,
            (Given::Many(kind), Value::Array(items)) => (kind, items.as_slice()),
            (Given::Many(kind) | Given::One(kind), one) => (kind, std::slice::from_ref(one)),
        };
        if let Some(wrong) = items.iter().find(|it| !fits(kind, it)) {
            let expected = if matches!(given, Given::Many(_)) && !wrong.is_array() {
                "an array, each item "
            } else {
                ""
            };
            let meant = unquoted(wrong).filter(|it| items.len() == 1 && fits(kind, it));
            let help = match (meant, example(given)) {
                (Some(meant), _) => format!("write `{} = {meant}`", self.name),
                (None, Some(example)) => format!("write `{} = {example}`", self.name),
                (None, None) => numbers(given, wrong),
            };
            let found = wrong.as_str().map_or_else(|| wrong.to_string(), |it| format!("{it:?}"));
            return Some(Mismatch { found, expected: format!("{expected}{}", noun(kind)), help });
        }
        if FRACTIONS.contains(&self.canonical) && !value.as_f64().is_some_and(|it| 0.0 < it && it < 1.0) {
            return Some(Mismatch {
                found: value.to_string(),
                expected: "a fraction between 0 and 1".into(),
                help: format!("write `{} = 0.85`", self.name),
            });
        }
        items.iter().find_map(|it| self.stranger(it, release))
    }

    /// A value that is not on the closed list.
    fn stranger(&self, value: &Value, release: Release) -> Option<Mismatch> {
        let known: Vec<&str> =
            self.choices.iter().filter(|(_, mask)| release.is_near(*mask)).map(|(word, _)| *word).collect();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if known.is_empty() || known.contains(&"*") || known.contains(&text.as_str()) {
            return None;
        }
        let meant = nearest(&text, known.iter().copied());
        let help = meant.map_or_else(
            || format!("write {}", one_of(known.iter().copied())),
            |it| format!("did you mean `{it}`?"),
        );
        let expected = match known.len() {
            ..=FEW => one_of(known),
            many => {
                format!("one of the {many} values that SGLang {} knows", release.min(Release::newest_known()))
            }
        };
        Some(Mismatch { found: text.escape_debug().to_string(), expected, help })
    }

    /// The value as SGLang reads it from a file: JSON stands there as text, since lists would become several values.
    pub(crate) fn written(&self, value: &Value, release: Release) -> Value {
        let is_json = self.given_in(release) == Given::One(Kind::Json);
        if value.is_object() || value.is_array() && is_json {
            value.to_string().into()
        } else {
            value.clone()
        }
    }
}

/// Floats that are a part of something.
const FRACTIONS: &[&str] = &["mem-fraction-static"];
/// As many values as a message lists.
const FEW: usize = 8;

fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Switch | Kind::Either => value.is_boolean(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Size => value.is_i64() || value.is_u64() || value.as_str().is_some_and(is_size),
        Kind::Float => value.is_number(),
        Kind::Text => value.is_string() || value.is_number() || value.is_object(),
        Kind::Json => value.is_string() || value.is_array() || value.is_object(),
    }
}

/// Digits and one of SGLang's suffixes; fractions go with the decimal ones alone.
fn is_size(text: &str) -> bool {
    let is_digits = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit());
    let decimal = text.strip_suffix(['k', 'M', 'G', 'T']);
    let binary = ["Ki", "Mi", "Gi", "Ti"].iter().find_map(|it| text.strip_suffix(it));
    let is_fraction =
        |it: &str| it.split_once('.').is_some_and(|(whole, part)| is_digits(whole) && is_digits(part));
    is_digits(text)
        || binary.is_some_and(is_digits)
        || decimal.is_some_and(|it| is_digits(it) || is_fraction(it))
}

/// What a text says that should have been written without quotes.
fn unquoted(value: &Value) -> Option<Value> {
    value.as_str()?.parse().ok()
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Switch | Kind::Either => "`true` or `false`",
        Kind::Integer => "a whole number",
        Kind::Size => "a whole number, or one with a suffix such as `\"32k\"`",
        Kind::Float => "a number",
        Kind::Text => "a string",
        Kind::Json => "a table, or its JSON as a string",
    }
}

/// How a value could look. A number is none: whoever reads it takes it for advice.
fn example(given: Given) -> Option<&'static str> {
    Some(match given {
        Given::Absent => "…",
        Given::One(Kind::Switch | Kind::Either) => "true",
        Given::One(Kind::Text) => "\"…\"",
        Given::One(Kind::Json) => "{ … }",
        Given::One(_) | Given::Many(Kind::Integer | Kind::Float) => return None,
        Given::Many(_) => "[\"…\"]",
    })
}

/// What to write in the place of something that is no number.
fn numbers(given: Given, wrong: &Value) -> String {
    let what = match given {
        Given::One(Kind::Float) => "a number",
        Given::One(_) => "a whole number",
        Given::Many(Kind::Float) => "numbers in brackets",
        Given::Absent | Given::Many(_) => "whole numbers in brackets",
    };
    let quotes = if wrong.is_string() { ", without quotes" } else { "" };
    format!("write {what}{quotes}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::lookup;
    use super::*;

    fn mismatch(flag: &str, value: Value, release: &str) -> Option<Mismatch> {
        lookup(flag).unwrap().mismatch(&value, release.parse().unwrap())
    }

    #[test]
    fn a_type_that_the_flag_does_not_take_is_named() {
        let expected = |flag, value| mismatch(flag, value, "0.5.23").map(|it| it.expected);
        assert_eq!(expected("max-running-requests", json!("many")).as_deref(), Some("a whole number"));
        assert_eq!(expected("max-running-requests", json!(100)), None);
        assert_eq!(expected("enable-mixed-chunk", json!("true")).as_deref(), Some("`true` or `false`"));
        assert_eq!(expected("cuda-graph-bs-decode", json!([1, 2])), None);
        assert_eq!(
            expected("cuda-graph-bs-decode", json!(["a"])).as_deref(),
            Some("an array, each item a whole number")
        );
        assert_eq!(expected("max-total-tokens", json!("25.6k")), None);
        assert_eq!(expected("hicache-ratio", json!(2)), None);
        assert_eq!(expected("mem-fraction-static", json!(88)).as_deref(), Some("a fraction between 0 and 1"));
        assert_eq!(expected("model-loader-extra-config", json!({"a": 1})), None);
    }

    #[test]
    fn no_number_is_proposed_that_nobody_wrote() {
        let help = |flag, value| mismatch(flag, value, "0.5.9").unwrap().help;
        assert_eq!(help("chunked-prefill-size", json!("8k")), "write a whole number, without quotes");
        assert_eq!(help("chunked-prefill-size", json!("8192")), "write `chunked-prefill-size = 8192`");
        assert_eq!(help("random-seed", json!(1.5)), "write a whole number");
    }

    #[test]
    fn a_suffix_came_with_a_release() {
        assert!(mismatch("max-total-tokens", json!("32k"), "0.5.9").is_some());
        assert!(!is_size("1.5Ki") && is_size("1.5k") && is_size("16Ki") && !is_size("k") && !is_size("1e3"));
    }

    #[test]
    fn closed_lists_differ_by_release() {
        assert_eq!(mismatch("tool-call-parser", json!("llama3"), "0.5.23"), None);
        assert_eq!(mismatch("tool-call-parser", json!("kimi_k3"), "0.5.23"), None);
        assert!(mismatch("tool-call-parser", json!("kimi_k3"), "0.5.15").is_some());
        assert_eq!(
            mismatch("tool-call-parser", json!("kimi_k3"), "0.5.20"),
            None,
            "one of the neighbours knows it"
        );
        let wrong = mismatch("tool-call-parser", json!("lama3"), "0.5.23").unwrap();
        assert_eq!(wrong.help, "did you mean `llama3`?");
        assert_eq!(
            mismatch("disaggregation-mode", json!("both"), "0.5.23").unwrap().expected,
            "`decode`, `null` or `prefill`"
        );
        assert_eq!(mismatch("speculative-algorithm", json!("OWN"), "0.5.23"), None, "that list is open now");
    }

    #[test]
    fn json_reaches_the_file_as_text() {
        let release = Release::newest_known();
        let config = lookup("model-loader-extra-config").unwrap();
        assert_eq!(config.written(&json!({"a": [1]}), release), json!(r#"{"a":[1]}"#));
        assert_eq!(lookup("cuda-graph-bs-decode").unwrap().written(&json!([1, 2]), release), json!([1, 2]));
    }
}
