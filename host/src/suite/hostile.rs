//! Specs that no grammar takes: a guest says what is wrong with them, and where, and never crashes over them.

use serde_json::Value;

use crate::guest::contract::{Answer, File};
use crate::limits::{Limit, Limits};
use crate::suite::problems::{require_problems, told};
use crate::suite::{Finding, Subject, expansion_of, finding, same_twice};

/// Deeper than any reader should follow.
const DEPTH: usize = 10_000;

pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    specs(subject).into_iter().map(|(name, text)| look(subject, name, text)).collect()
}

fn specs(subject: Subject<'_>) -> Vec<(&'static str, String)> {
    let most = Limits::default().size(Limit::Spec);
    vec![
        ("a spec that is empty", String::new()),
        ("a spec that is not TOML", String::from("apiVersion: v1\nkind: [\n")),
        ("a spec that ends in a string", String::from("name = \"a\u{1f4a5}")),
        ("a spec nested too deep", format!("name = {}{}\n", "[".repeat(DEPTH), "]".repeat(DEPTH))),
        ("a spec of keys nested too deep", format!("{}name = 1\n", "a.".repeat(DEPTH))),
        ("a spec of one long line", format!("name = \"{}\n", "a".repeat(most - 9))),
        ("a spec of keys that nobody knows", unknown_keys()),
        ("a spec of wrong types", wrong_types(subject)),
    ]
}

fn unknown_keys() -> String {
    (0..1000).map(|it| format!("no-such-key-{it:03} = {it}\n")).collect()
}

/// A date is what a grammar of services hardly ever asks for.
fn wrong_types(subject: Subject<'_>) -> String {
    let schema = subject.guest.describe(subject.budget).map(|it| it.schema).unwrap_or_default();
    let schema: Value = serde_json::from_str(&schema).unwrap_or_default();
    let keys = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|it| it.keys());
    keys.map(|key| format!("{} = 1979-05-27\n", Value::from(key.as_str()))).collect()
}

fn look(subject: Subject<'_>, name: &str, text: String) -> Finding {
    let files = [File { path: String::from("spec.toml"), text }];
    finding(name, require_rejection(subject, &files))
}

fn require_rejection(subject: Subject<'_>, files: &[File]) -> Result<String, String> {
    let Subject { guest, budget } = subject;
    // These two may be content with a spec that does not expand.
    require_sound(same_twice(|| guest.inputs(files, budget))?, files)
        .map_err(|it| format!("inputs: {it}"))?;
    require_sound(same_twice(|| guest.environments(files, budget))?, files)
        .map_err(|it| format!("environments: {it}"))?;
    let request = expansion_of(files, None);
    match same_twice(|| guest.expand(&request, budget))? {
        Ok(_) => Err(String::from("manifests, where problems were expected")),
        Err(problems) => {
            require_problems(&problems, files)?;
            if problems.iter().all(|it| it.at.is_none()) {
                return Err(String::from("no problem says where in the spec it is"));
            }
            Ok(told(&problems))
        }
    }
}

fn require_sound<T>(answer: Answer<T>, files: &[File]) -> Result<(), String> {
    answer.map_or_else(|problems| require_problems(&problems, files), |_| Ok(()))
}
