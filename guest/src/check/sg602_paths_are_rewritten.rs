//! SG602: a route that changes the paths of calls.

use super::{Lint, patches};
use crate::contract::{Problem, Severity, Span};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG602",
    title: "an annotation rewrites paths",
    severity: Severity::Error,
    why: "ingress-nginx puts the target in the place of the whole path: `/v1/chat/completions` arrives as `/`, and SGLang \
          answers that there is no such route. Where the target is made of the path, the path need not be rewritten.",
    instead: "no line at all: `expose.paths` are SGLang's own, and callers use them as they are",
    example: "[annotations]\n\"nginx.ingress.kubernetes.io/rewrite-target\" = \"/\"",
    quiet: "[annotations]\n\"nginx.ingress.kubernetes.io/proxy-body-size\" = \"8m\"",
};

const ANNOTATION: &str = "nginx.ingress.kubernetes.io/rewrite-target";

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let own = plan.spec.annotations.keys().filter(|it| it.as_str() == ANNOTATION);
    own.for_each(|_| {
        problems.push(problem(plan.keys.node(&["annotations", ANNOTATION]).and_then(|it| it.key)))
    });
    let patched = patches::leaves(plan);
    let patched = patched.iter().filter(|it| it.path.last() == Some(&ANNOTATION));
    patched.for_each(|it| problems.push(problem(it.node.key.or(it.node.place()))));
}

fn problem(at: Option<Span>) -> Problem {
    LINT.problem(format!("`{ANNOTATION}` rewrites the paths that SGLang answers"))
        .at(at)
        .help("drop this line")
}
