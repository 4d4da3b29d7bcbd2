//! SG408: a patch of what may never change.

use super::{Lint, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::problem::dotted;

pub(super) const LINT: Lint = Lint {
    code: "SG408",
    title: "a patch touches a selector",
    severity: Severity::Error,
    why: "A Deployment's selector cannot be changed once it exists: the next sync fails with `field is immutable`. And a \
          Service, a policy or a budget whose selector differs from the pods' labels chooses other pods, or none.",
    instead: "`labels` and `pod.labels`, which are never part of a selector",
    example: "[patch.Deployment.spec.selector.matchLabels]\nteam = \"chat\"",
    quiet: "[patch.Deployment.spec.template.metadata.labels]\nteam = \"chat\"",
};

/// The two labels that every selector of this guest consists of.
const SELECTED: &[&str] = &["app.kubernetes.io/component", "app.kubernetes.io/instance"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    for patched in patches::leaves(plan) {
        let path = &patched.path[1..];
        let is_selector = path.iter().any(|it| matches!(*it, "selector" | "podSelector" | "matchLabels"));
        let is_selected = path.contains(&"labels") && path.last().is_some_and(|it| SELECTED.contains(it));
        // A claim's selector chooses volumes, and a monitor's a Service: both are set once, and by hand.
        let is_claim = patched.path[0].starts_with("PersistentVolumeClaim");
        // Terms of spread and affinity choose pods too, yet may change.
        let is_term = path.iter().any(|it| it.contains("ffinity") || *it == "topologySpreadConstraints");
        if (is_selector && !is_claim && !is_term) || is_selected {
            let message = format!(
                "a patch of `{}` touches what its pods are chosen by: `{}`",
                patched.path[0],
                dotted(path)
            );
            problems.push(
                LINT.problem(message)
                    .at(patched.node.place())
                    .help("drop it, and write `pod.labels` for labels of your own"),
            );
        }
    }
}
