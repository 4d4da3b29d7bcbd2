//! SG402: code out of a repository that may change.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG402",
    title: "code of the model's repository is not pinned",
    severity: Severity::Warning,
    why: "`trust-remote-code` runs Python out of the model's repository, with the Hub's token and the pod's network. \
          Without a commit, whoever can push there decides at every start what runs.",
    instead: "a `revision` of 40 hexadecimal digits that somebody has read; most models need no code at all",
    example: "[model]\ntrust-remote-code = true",
    quiet: "[model]\ntrust-remote-code = true\nrevision = \"0e9e39f249a16976918f6564b8830bc894c89659\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let model = &plan.spec.model;
    let is_pinned = model.revision.as_ref().is_some_and(|it| is_commit(it.as_str()));
    if !model.trust_remote_code || is_pinned || !plan.model.source.is_downloaded() {
        return;
    }
    let message = match &model.revision {
        Some(revision) => format!(
            "code runs out of a repository whose revision `{}` may move",
            revision.as_str().escape_debug()
        ),
        None => "code runs out of a repository of which no revision is named".to_owned(),
    };
    let problem = LINT.problem(message).at(plan.keys.near("model.trust-remote-code"));
    problems.push(
        problem.help("write `revision = \"…\"` with the commit that was read, or drop `trust-remote-code`"),
    );
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.chars().all(|it| it.is_ascii_hexdigit())
}
