//! SG206: a published image that is known not to start.

use super::Lint;
use crate::catalog::flags::Release;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG206",
    title: "the image is known to be broken",
    severity: Severity::Error,
    why: "The `-runtime` images of SGLang from v0.5.11 to v0.5.13.post1 lack the Python package `distro`, without which the \
          server does not start (reported by the modelplane project).",
    instead: "the image without `-runtime`, or another release",
    example: "[image]\ntag = \"v0.5.12-runtime\"",
    quiet: "[image]\ntag = \"v0.5.15-runtime\"",
};

const FIRST: Release = Release::new(0, 5, 11);
const LAST: Release = Release::new(0, 5, 13).post(1);

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let Some(tag) = plan.spec.image.tag.as_ref().map(|it| it.as_str()) else { return };
    let is_broken = Release::parse_tag(tag).is_some_and(|it| (FIRST..=LAST).contains(&it));
    if !is_broken || !tag.contains("-runtime") || !super::sg210_image_of_other_vendor::is_official(plan) {
        return;
    }
    let message = format!("the image `{tag}` does not start: it lacks the package `distro`");
    let help = format!("write `tag = \"v{}\"`", Release::newest_known());
    problems.push(LINT.problem(message).at(plan.keys.near("image.tag")).help(help));
}
