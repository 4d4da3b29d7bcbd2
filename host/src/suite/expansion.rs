//! A good spec: the same manifests every time, and such as may leave the host; and what they took.

use crate::generate::generate;
use crate::guest::contract::{File, Output, Request, Source};
use crate::guest::{Budget, Meter};
use crate::suite::problems::{require_problems, require_useful, told};
use crate::suite::{
    Finding, Subject, count, expansion_of, finding, host_keys, origins, same, same_twice, settings,
};

/// Five stores are five heaps and five seeds, if there are any.
const TIMES: u32 = 5;

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
    for it in chosen.chain(nobody) {
        findings.extend([expand(subject, files, it), settings::check(subject, files, it)]);
    }
    findings.push(finding("an environment that nobody names", refuse_unknown(subject, files)));
    findings.extend(host_keys::check(subject, files, environments.first().map(String::as_str)));
    findings.push(finding("delivery", require_delivery(subject, files)));
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
    let budget = Budget { meter: Meter::default(), ..subject.budget.clone() };
    match same(TIMES, || generate(subject.guest, &request, &budget))? {
        Ok(generated) => {
            for warning in &generated.warnings {
                require_useful(warning, files).map_err(|it| format!("a warning {it}"))?;
            }
            origins::require_sound(&generated.manifests, files)?;
            let manifests = count(generated.manifests.len(), "manifest");
            Ok(format!("{manifests}, {TIMES} times the same, {}", used(&budget.meter)))
        }
        Err(problems) => {
            require_problems(&problems, files)?;
            Err(format!("the spec is not a good one: {}", problems[0].message))
        }
    }
}

/// Argo CD's own objects, or problems: nobody must know how to deliver a spec.
fn require_delivery(subject: Subject<'_>, files: &[File]) -> Result<String, String> {
    let source = Source {
        repository: String::from("https://git.example.com/team/models.git"),
        revision: String::from("main"),
        path: String::from("services/a"),
        plugin: String::from("cmp-host"),
    };
    let request = Request { output: Output::Delivery(source), ..expansion_of(files, None) };
    match same_twice(|| generate(subject.guest, &request, subject.budget))? {
        Ok(generated) => Ok(count(generated.manifests.len(), "object")),
        Err(problems) => require_problems(&problems, files).map(|()| told(&problems)),
    }
}

/// By each call. What part of a limit that is differs between platforms.
fn used(meter: &Meter) -> String {
    let fuel = meter.fuel() as f64 / f64::from(TIMES) / 1e6;
    let memory = meter.memory() as f64 / f64::from(1 << 20);
    format!("{fuel:.2} M of fuel, {memory:.1} MiB of memory")
}

fn refuse_unknown(subject: Subject<'_>, files: &[File]) -> Result<String, String> {
    let request = expansion_of(files, Some("no-such-environment"));
    match same_twice(|| subject.guest.expand(&request, subject.budget))? {
        Ok(_) => Err(String::from("manifests, where problems were expected")),
        Err(problems) => require_problems(&problems, files).map(|()| told(&problems)),
    }
}
