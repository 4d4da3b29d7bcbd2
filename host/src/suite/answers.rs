//! A first spec: from answers that nobody could have meant, there is none.

use crate::guest::contract::File;
use crate::suite::problems::{require_problems, told};
use crate::suite::{Finding, Subject, count, expansion_of, finding, same_twice};

pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let unknown = [(String::from("no-such-answer"), String::from("\"\n]"))];
    vec![
        finding("init without answers", first_spec(subject, &[])),
        finding("init with an unknown answer", require_refusal(subject, &unknown)),
    ]
}

/// Either answer will do: a guest may know a good first spec for everybody.
fn first_spec(subject: Subject<'_>, answers: &[(String, String)]) -> Result<String, String> {
    match same_twice(|| subject.guest.init(answers, subject.budget))? {
        Err(problems) => require_problems(&problems, &[]).map(|()| told(&problems)),
        Ok(text) => {
            let files = [File { path: String::from("spec.toml"), text }];
            let request = expansion_of(&files, None);
            match same_twice(|| subject.guest.expand(&request, subject.budget))? {
                Ok(expansion) => Ok(format!("a spec of {}", count(expansion.manifests.len(), "manifest"))),
                Err(_) => Err(String::from("a first spec that does not expand")),
            }
        }
    }
}

fn require_refusal(subject: Subject<'_>, answers: &[(String, String)]) -> Result<String, String> {
    match same_twice(|| subject.guest.init(answers, subject.budget))? {
        Ok(_) => Err(String::from("a spec, where problems were expected")),
        Err(problems) => require_problems(&problems, &[]).map(|()| told(&problems)),
    }
}
