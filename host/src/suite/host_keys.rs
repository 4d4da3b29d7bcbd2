//! The keys that belong to the host: a team may write them into any spec, so a grammar must take them.

use toml::de::DeTable;

use crate::generate::generate;
use crate::guest::contract::File;
use crate::suite::{Finding, Subject, expansion_of, finding, same_twice};

/// A key, and a good spec with it.
type WithKey = (&'static str, fn(&str) -> String);

const KEYS: [WithKey; 2] = [
    ("guest", |text| format!("guest = \"default\"\n{text}")),
    ("limits", |text| format!("{text}\n[limits]\nmanifests = 1000\n")),
];

/// A good spec stays one, in an environment that it has.
pub(super) fn check(subject: Subject<'_>, files: &[File], environment: Option<&str>) -> Vec<Finding> {
    // What is there already has been taken already.
    let absent = KEYS.iter().filter(|(key, _)| !has(&files[0].text, key));
    let check = |(key, with): &WithKey| {
        finding(format!("the host's key `{key}`"), require_taken(subject, files, environment, *with))
    };
    absent.map(check).collect()
}

fn has(text: &str, name: &str) -> bool {
    let (document, _) = DeTable::parse_recoverable(text);
    document.get_ref().iter().any(|(key, _)| key.get_ref() == name)
}

fn require_taken(
    subject: Subject<'_>,
    files: &[File],
    environment: Option<&str>,
    with: fn(&str) -> String,
) -> Result<String, String> {
    let mut files = files.to_vec();
    files[0].text = with(&files[0].text);
    let request = expansion_of(&files, environment);
    match same_twice(|| generate(subject.guest, &request, subject.budget))? {
        Ok(_) => Ok(String::from("taken")),
        Err(problems) => {
            let first = problems.first().map_or("no reason", |it| it.message.as_str());
            Err(format!("the host has read it, and the guest refuses it: {first}"))
        }
    }
}
