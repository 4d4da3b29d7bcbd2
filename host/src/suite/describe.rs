//! What a guest says of itself: names that people can read, a schema that editors can read.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::guest::contract::GuestInfo;
use crate::parameters;
use crate::suite::{Finding, Subject, count, finding, same_twice};

pub(super) fn check(subject: Subject<'_>) -> Finding {
    finding(
        "describe",
        same_twice(|| subject.guest.describe(subject.budget)).and_then(|it| require_sane(&it)),
    )
}

fn require_sane(info: &GuestInfo) -> Result<String, String> {
    for (what, text) in [("name", &info.name), ("version", &info.version)] {
        if text.is_empty() || text.contains(char::is_control) {
            return Err(format!("the {what} is no line of text"));
        }
    }
    require_schema(&info.schema)?;
    require_names(info.parameters.iter().map(|it| it.name.as_str()))?;
    Ok(format!("{} {}, {}", info.name, info.version, count(info.parameters.len(), "parameter")))
}

/// A spec is TOML, whose root is a table.
fn require_schema(text: &str) -> Result<(), String> {
    let schema: Value =
        serde_json::from_str(text).map_err(|error| format!("the schema is no JSON: {error}"))?;
    let Value::Object(schema) = schema else { return Err(String::from("the schema is no JSON object")) };
    if schema.get("type").is_some_and(|it| it != "object") {
        return Err(String::from("the schema's `type` is not `object`, and a spec is a table"));
    }
    if schema.get("properties").is_some_and(|it| !it.is_object()) {
        return Err(String::from("the schema's `properties` are no JSON object"));
    }
    Ok(())
}

fn require_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !is_kebab(name) {
            return Err(format!("the parameter `{name}` is not in kebab case"));
        }
        if parameters::own().iter().any(|it| it.name == name) {
            return Err(format!("the parameter `{name}` is the host's own, and no guest sees it"));
        }
        if !seen.insert(name) {
            return Err(format!("there are two parameters `{name}`"));
        }
    }
    Ok(())
}

/// Words of letters and digits, the first of which begins with a letter.
fn is_kebab(name: &str) -> bool {
    let is_word =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    name.starts_with(|it: char| it.is_ascii_lowercase()) && name.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_with_dashes_between() {
        for name in ["tag", "image-tag", "a-1"] {
            assert_eq!(require_names([name].into_iter()), Ok(()), "{name}");
        }
        for name in ["", "-", "1-", "a-", "-a", "a--b", "1a", "Tag", "a_b", "guest", "limits"] {
            assert!(require_names([name].into_iter()).is_err(), "{name}");
        }
        assert!(require_names(["a", "a"].into_iter()).is_err());
    }

    #[test]
    fn a_schema_is_one_of_a_table() {
        assert_eq!(require_schema("{}"), Ok(()));
        for schema in ["", "[]", "{\"type\":5}", "{\"type\":\"string\"}", "{\"properties\":[]}"] {
            assert!(require_schema(schema).is_err(), "{schema}");
        }
    }
}
