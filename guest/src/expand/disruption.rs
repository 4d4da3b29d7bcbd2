//! The PodDisruptionBudget: how many servers a drained node may take at once.

use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::expand::metadata;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::manifest::{CountOrShare, DisruptionSpec, PodDisruptionBudget};
use crate::spec::MaxUnavailable;

/// Builds the budget. A single server has none: it could only forbid every drain.
pub(crate) fn budget(plan: &Plan<'_>) -> Option<Object> {
    if plan.replicas.is_some_and(|it| it < 2) {
        return None;
    }
    let max_unavailable = match &plan.spec.disruption.max_unavailable {
        Some(MaxUnavailable::Count(count)) => CountOrShare::Count(*count),
        Some(MaxUnavailable::Share(share)) => CountOrShare::Share(share.clone()),
        None => CountOrShare::Count(1),
    };
    let spec = DisruptionSpec {
        max_unavailable,
        selector: selector(plan, Component::Server),
        // Else a server that never becomes ready would keep its node from being drained.
        unhealthy_pod_eviction_policy: "AlwaysAllow",
    };
    let cause = plan.keys.rule("a drained node must not take all servers at once", &["replicas", "scale"]);
    let object = Object::new(plan, Part::server(plan.name, Wave::Edge), PodDisruptionBudget { spec }, cause);
    Some(object.explained(plan, |why| {
        why.key("/spec/maxUnavailable", "disruption.max-unavailable", "one at a time");
        metadata::selector("/spec/selector", why);
        let reason = "else a server that never becomes ready would keep its node from being drained";
        why.fixed("/spec/unhealthyPodEvictionPolicy", reason);
    }))
}
