//! Labels come from one function and selectors from another, so that neither can drift into the other.

use std::collections::BTreeMap;

use crate::derive::Plan;
use crate::manifest::{Pairs, Selector};

/// A part of the service that has pods of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Component {
    /// What serves the model.
    Server,
    /// The Job that fills the cache.
    Prefetch,
}

impl Component {
    fn as_str(self) -> &'static str {
        match self {
            Component::Server => "server",
            Component::Prefetch => "prefetch",
        }
    }
}

/// The labels of an object; the team's own come last and may replace any but the selectors' two.
pub(crate) fn labels(plan: &Plan<'_>, component: Component) -> Pairs {
    let mut labels = common(plan, component);
    if let Some(version) = &plan.image.label {
        labels.entry("app.kubernetes.io/version".into()).or_insert_with(|| version.clone());
    }
    labels
}

/// The labels of pods: without the version, so that they stay the same when it alone changes.
pub(crate) fn pod_labels(plan: &Plan<'_>, component: Component) -> Pairs {
    let mut labels = common(plan, component);
    labels.extend(plan.spec.pod.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    labels.extend(selector(plan, component).match_labels);
    labels
}

fn common(plan: &Plan<'_>, component: Component) -> Pairs {
    let mut labels: Pairs = BTreeMap::from([
        ("app.kubernetes.io/name".into(), "sglang".into()),
        ("app.kubernetes.io/managed-by".into(), "cmp-host".into()),
    ]);
    labels.extend(plan.environment.map(|it| ("environment".into(), it.into())));
    labels.extend(plan.spec.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    labels.extend(selector(plan, component).match_labels);
    labels
}

/// What chooses the pods of a component: two labels that never change, since a Deployment's selector cannot.
pub(crate) fn selector(plan: &Plan<'_>, component: Component) -> Selector {
    Selector {
        match_labels: BTreeMap::from([
            ("app.kubernetes.io/instance".into(), plan.name.into()),
            ("app.kubernetes.io/component".into(), component.as_str().into()),
        ]),
    }
}
