//! Whether a guest is fit to serve a platform: what the contract asks for and no compiler checks.
//!
//! Plain functions that return findings. Every call is made in a fresh store, and twice: what depends on more than its
//! arguments shows itself. A failure of the guest is a finding like any other, so that one run says everything.

mod answers;
mod describe;
mod expansion;
mod host_keys;
mod hostile;
mod origins;
mod problems;
mod settings;

use crate::guest::contract::{File, Output, Request};
use crate::guest::{Budget, Failure, Guest};

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What was looked at.
    pub(crate) check: String,
    /// What was seen, or why the check does not hold.
    pub(crate) outcome: Result<String, String>,
}

/// The guest that is looked at, and what each of its calls may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The guest.
    pub(crate) guest: &'a Guest,
    /// The platform's limits: a guest that exceeds them on a short spec is not fit.
    pub(crate) budget: &'a Budget,
}

/// Runs every check. Those of a whole expansion need the files of a good spec.
pub(crate) fn run(subject: Subject<'_>, spec: Option<&[File]>) -> Vec<Finding> {
    let mut findings = vec![describe::check(subject)];
    findings.extend(hostile::check(subject));
    findings.extend(answers::check(subject));
    findings.extend(spec.map(|files| expansion::check(subject, files)).into_iter().flatten());
    findings
}

fn finding(check: impl Into<String>, outcome: Result<String, String>) -> Finding {
    Finding { check: check.into(), outcome }
}

/// The answer of a call, if a second call gives the same.
fn same_twice<T: PartialEq>(call: impl Fn() -> Result<T, Failure>) -> Result<T, String> {
    same(2, call)
}

fn same<T: PartialEq>(times: u32, call: impl Fn() -> Result<T, Failure>) -> Result<T, String> {
    let first = answered(call())?;
    for time in 2..=times {
        if answered(call())? != first {
            return Err(format!("call {time} with the same arguments gives another answer"));
        }
    }
    Ok(first)
}

fn answered<T>(answer: Result<T, Failure>) -> Result<T, String> {
    answer.map_err(|failure| format!("{} {failure}", failure.code()))
}

/// A request for nothing but the manifests of one environment.
fn expansion_of(files: &[File], environment: Option<&str>) -> Request {
    Request {
        files: files.to_vec(),
        environment: environment.map(str::to_owned),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: true,
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
