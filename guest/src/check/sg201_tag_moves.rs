//! SG201: a tag that stands for another image tomorrow.

use super::Lint;
use crate::catalog::flags::Release;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG201",
    title: "the image's tag moves",
    severity: Severity::Error,
    why: "Behind such a tag the image changes without a commit: Argo CD sees no difference, pods of one ReplicaSet run \
          different builds, nothing can be rolled back, and the flags of this spec may be gone in the next build.",
    instead: "a release's tag, such as `v0.5.23`, or a digest",
    example: "[image]\ntag = \"latest\"\nversion = \"0.5.23\"",
    quiet: "[image]\ntag = \"nightly-dev-20261117-d9eec9f0\"\nversion = \"0.5.23\"",
};

/// Words that stand for whatever was built last.
const MOVING: &[&str] =
    &["latest", "main", "master", "head", "trunk", "dev", "develop", "edge", "nightly", "stable"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    if let Some(tag) = plan.spec.image.tag.as_ref().map(|it| it.as_str()).filter(|it| moves(it)) {
        let help = format!("write `tag = \"v{}\"`, or `digest = \"sha256:…\"`", Release::newest_known());
        problems
            .push(LINT.problem(format!("the tag `{tag}` moves")).at(plan.keys.near("image.tag")).help(help));
    }
    for (name, sidecar) in &plan.spec.sidecar {
        let Some(image) = sidecar.image.as_ref().map(|it| it.as_str()).filter(|it| !it.contains('@')) else {
            continue;
        };
        if image.rsplit(':').next().is_some_and(moves) {
            let message = format!("the tag of the image `{image}` moves");
            let at = plan.keys.near(&format!("sidecar.{name}.image"));
            problems.push(LINT.problem(message).at(at).help("write the tag of a release, or a digest"));
        }
    }
}

/// A moving word alone or beside others; a version, a date or a commit in the tag holds it fast.
fn moves(tag: &str) -> bool {
    let parts = || tag.split(['-', '_', '.']);
    let holds = |it: &str| {
        it.len() >= 6
            && it.chars().all(|it| it.is_ascii_hexdigit())
            && it.contains(|it: char| it.is_ascii_digit())
    };
    let is_version =
        |it: &str| it.split('.').count() > 2 && it.split('.').all(|it| it.parse::<u32>().is_ok());
    let is_moving = parts().any(|it| MOVING.contains(&it.to_ascii_lowercase().as_str()));
    is_moving
        && !parts().any(holds)
        && !tag.split(['-', '_']).any(is_version)
        && Release::parse_tag(tag).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_moving_tag_may_hold_it() {
        for moving in ["latest", "latest-cu129", "dev", "nightly", "main-runtime", "Latest"] {
            assert!(moves(moving), "{moving}");
        }
        for fast in
            ["v0.5.23", "v0.5.23-dev", "nightly-dev-20261117-d9eec9f0", "1.4.2", "1.4.2-stable", "release-7"]
        {
            assert!(!moves(fast), "{fast}");
        }
    }
}
