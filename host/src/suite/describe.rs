//! What a guest says of itself: names that people can read, a schema that editors can read.

use std::collections::BTreeSet;

use crate::guest::contract::GuestInfo;
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
    match serde_json::from_str(&info.schema) {
        Ok(serde_json::Value::Object(_)) => {}
        Ok(_) => return Err(String::from("the schema is no JSON object")),
        Err(error) => return Err(format!("the schema is no JSON: {error}")),
    }
    require_names(info.parameters.iter().map(|it| it.name.as_str()))?;
    Ok(format!("{} {}, {}", info.name, info.version, count(info.parameters.len(), "parameter")))
}

fn require_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        let is_kebab = name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if name.is_empty() || !is_kebab {
            return Err(format!("the parameter `{name}` is not in kebab case"));
        }
        if !seen.insert(name) {
            return Err(format!("there are two parameters `{name}`"));
        }
    }
    Ok(())
}
