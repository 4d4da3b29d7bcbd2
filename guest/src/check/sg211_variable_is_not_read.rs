//! SG211: a variable of SGLang's that its release does not read.

use super::Lint;
use crate::catalog::flags::Release;
use crate::catalog::variables::{self, Variables};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::spec::Variable;

pub(super) const LINT: Lint = Lint {
    code: "SG211",
    title: "a variable that SGLang does not read",
    severity: Severity::Warning,
    why: "SGLang has hundreds of variables, which come and go with its releases. It says nothing of one that it does not \
          know, and where a value is not of the right kind it takes the default, with a line in its log: the setting is in \
          the manifest, and not in force.",
    instead: "the variable's name in this release, with a value that it takes",
    example: "[vars]\nSGLANG_USE_AITTER = \"1\"",
    quiet: "[vars]\nSGLANG_USE_AITER = \"1\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let own: Vec<(&str, &Variable)> = plan
        .spec
        .vars
        .iter()
        .map(|(name, it)| (name.as_str(), it))
        .filter(|it| variables::is_own(it.0))
        .collect();
    if own.is_empty() {
        return;
    }
    let known = Variables::new();
    let release = plan.image.flags_as_of();
    for (name, value) in own {
        let at = plan.keys.near(&format!("vars.{name}"));
        problems.extend(problem(&known, name, value, release).map(|it| it.at(at)));
    }
}

fn problem(known: &Variables, name: &str, value: &Variable, release: Release) -> Option<Problem> {
    let Some(variable) = known.find(name) else {
        return Some(unread(name, release).help(instead(known, name, release)));
    };
    if !variable.is_read_by(release) {
        return Some(unread(name, release).help(format!("drop this line: {}", variable.history())));
    }
    let Variable::Text(text) = value else { return None };
    let expected = variable.expected(text)?;
    let message = format!(
        "`vars.{name}` is `{}`, and SGLang takes its default instead; expected {expected}",
        text.escape_debug()
    );
    Some(LINT.problem(message).help(format!("write {expected}, in quotes")))
}

fn unread(name: &str, release: Release) -> Problem {
    let newest = Release::newest_known();
    LINT.problem(if release.is_newer_than_table() {
        format!("the table of variables ends with SGLang {newest}, which reads no `{name}`")
    } else {
        format!("SGLang {release} reads no variable `{name}`")
    })
}

fn instead(known: &Variables, name: &str, release: Release) -> String {
    let drop = "drop this line, unless something else of the image reads it";
    match known.nearest(name, release) {
        Some(meant) => format!("did you mean `{meant}`? Else {drop}"),
        None => drop.into(),
    }
}
