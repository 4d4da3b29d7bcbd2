//! Why labels, annotations and selectors are what they are: one cause for each, in the order in which they are laid onto
//! each other.

use crate::derive::Plan;
use crate::expand::object::{Wave, escaped};
use crate::expand::why::Why;

/// The labels of an object, by pointers into them.
pub(crate) fn labels(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.rule("/app.kubernetes.io~1version", "the tag of the image", &["image.tag"]);
    common(plan, why);
}

/// The labels of pods.
pub(crate) fn pod_labels(plan: &Plan<'_>, why: &mut Why<'_>) {
    common(plan, why);
    plan.spec.pod.labels.keys().for_each(|key| own(why, "", &["pod", "labels", key.as_str()]));
    selected(why);
}

fn common(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.fixed("/app.kubernetes.io~1name", "the recommended label for what runs");
    why.fixed("/app.kubernetes.io~1managed-by", "the recommended label for who made the object");
    why.rule("/environment", "the environment that was asked for", &[]);
    plan.spec.labels.keys().for_each(|key| own(why, "", &["labels", key.as_str()]));
    selected(why);
}

fn selected(why: &mut Why<'_>) {
    why.rule("/app.kubernetes.io~1instance", "the service's name tells its pods from all others", &["name"]);
    why.fixed("/app.kubernetes.io~1component", "the service's part tells its pods from those of other parts");
}

/// A selector, at its pointer: two labels that never change, since a Deployment's selector cannot.
pub(crate) fn selector(pointer: &str, why: &mut Why<'_>) {
    why.below(&format!("{pointer}/matchLabels"), selected);
}

/// The same, for kinds that name the labels directly.
pub(crate) fn plain_selector(pointer: &str, why: &mut Why<'_>) {
    why.below(pointer, selected);
}

/// The annotations of an object.
pub(crate) fn annotations(plan: &Plan<'_>, wave: Wave, why: &mut Why<'_>) {
    plan.spec.annotations.keys().for_each(|key| own(why, "", &["annotations", key.as_str()]));
    if plan.spec.argo.waves.unwrap_or(true) {
        why.rule("/argocd.argoproj.io~1sync-wave", reason(wave), &["argo.waves"]);
    }
}

/// An entry of one of the spec's tables, whose key is the field's.
pub(crate) fn own(why: &mut Why<'_>, pointer: &str, path: &[&str]) {
    let key = path.last().copied().unwrap_or_default();
    why.entry(&format!("{pointer}/{}", escaped(key)), path);
}

fn reason(wave: Wave) -> &'static str {
    match wave {
        Wave::Identity => "a store is not healthy before the identity that it signs in with",
        Wave::Store => "secrets come from a store that must be there",
        Wave::Secret => "no pod starts without its secrets",
        Wave::Ground => "it must be there before the pods are",
        Wave::Server => "it comes with the servers, after all that they are given",
        Wave::Edge => "nothing leads to servers that are not there yet",
    }
}
