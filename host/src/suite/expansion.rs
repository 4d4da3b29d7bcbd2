//! A good spec: the same manifests every time, and such as may leave the host.

use crate::generate::generate;
use crate::guest::contract::File;
use crate::suite::problems::{require_problems, require_useful, told};
use crate::suite::{Finding, Subject, count, expansion_of, finding, same, same_twice};

/// Five stores are five heaps and five seeds, if there are any.
const TIMES: usize = 5;

pub(super) fn check(subject: Subject<'_>, files: &[File]) -> Vec<Finding> {
    let environments = match same_twice(|| subject.guest.environments(files, subject.budget)) {
        Ok(Ok(environments)) => environments,
        Ok(Err(problems)) => {
            let first = problems.first().map_or("no reason", |it| it.message.as_str());
            return vec![finding("environments", Err(format!("the spec is not a good one: {first}")))];
        }
        Err(reason) => return vec![finding("environments", Err(reason))],
    };
    let mut findings = vec![finding("environments", Ok(count(environments.len(), "environment")))];
    let chosen = environments.iter().map(|it| Some(it.as_str()));
    let nobody = environments.is_empty().then_some(None);
    findings.extend(chosen.chain(nobody).map(|it| expand(subject, files, it)));
    findings.push(finding("an environment that nobody names", refuse_unknown(subject, files)));
    findings
}

fn expand(subject: Subject<'_>, files: &[File], environment: Option<&str>) -> Finding {
    let check = environment.map_or(String::from("expand"), |it| format!("expand {it}"));
    finding(check, require_manifests(subject, files, environment))
}

fn require_manifests(
    subject: Subject<'_>,
    files: &[File],
    environment: Option<&str>,
) -> Result<String, String> {
    let request = expansion_of(files, environment);
    match same(TIMES, || generate(subject.guest, &request, subject.budget))? {
        Ok(generated) => {
            for warning in &generated.warnings {
                require_useful(warning, files).map_err(|it| format!("a warning {it}"))?;
            }
            Ok(format!("{}, {TIMES} times the same", count(generated.manifests.len(), "manifest")))
        }
        Err(problems) => {
            require_problems(&problems, files)?;
            Err(format!("the spec is not a good one: {}", problems[0].message))
        }
    }
}

fn refuse_unknown(subject: Subject<'_>, files: &[File]) -> Result<String, String> {
    let request = expansion_of(files, Some("no-such-environment"));
    match same_twice(|| subject.guest.expand(&request, subject.budget))? {
        Ok(_) => Err(String::from("manifests, where problems were expected")),
        Err(problems) => require_problems(&problems, files).map(|()| told(&problems)),
    }
}
