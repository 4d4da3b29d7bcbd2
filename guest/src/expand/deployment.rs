//! The Deployment: how many servers run, and how a new version replaces the old one.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::derive::runtime::Strategy;
use crate::expand::object::{Object, Part, Wave};
use crate::expand::{causes, pod};
use crate::manifest::{self, Deployment, DeploymentSpec, RollingUpdate};

/// Old ReplicaSets that are kept; Git remembers the rest.
const REVISION_HISTORY: u32 = 3;

/// Builds the Deployment.
pub(crate) fn deployment(plan: &Plan<'_>) -> Object {
    let pod = pod::server(plan);
    let spec = DeploymentSpec {
        replicas: plan.replicas,
        progress_deadline_seconds: plan.times.progress_deadline,
        revision_history_limit: REVISION_HISTORY,
        strategy: strategy(plan.strategy),
        selector: selector(plan, Component::Server),
        template: pod.template,
    };
    let cause = plan.keys.rule("the servers of this service", &["name"]);
    let object = Object::new(plan, Part::server(plan.name, Wave::Server), Deployment { spec }, cause)
        .because(
            "/spec/replicas",
            plan.keys.cause("replicas", "one server is enough until somebody says otherwise"),
        )
        .because("/spec/strategy", strategy_cause(plan))
        .because("/spec/selector", selector_cause())
        .because("/spec/revisionHistoryLimit", defaulted("Git remembers older versions"))
        .because("/spec/progressDeadlineSeconds", causes::progress_deadline(plan));
    let object =
        pod.causes.into_iter().fold(object, |object, (pointer, cause)| object.because(&pointer, cause));
    match &plan.spec.queue {
        Some(queue) => object
            .label("kueue.x-k8s.io/queue-name", queue.as_str())
            .because("/metadata/labels/kueue.x-k8s.io~1queue-name", plan.keys.cause("queue", "")),
        None => object,
    }
}

fn strategy(strategy: Strategy) -> manifest::Strategy {
    let rolling = |max_surge, max_unavailable| Some(RollingUpdate { max_surge, max_unavailable });
    match strategy {
        Strategy::Recreate => manifest::Strategy { kind: "Recreate", rolling_update: None },
        Strategy::Replace => manifest::Strategy { kind: "RollingUpdate", rolling_update: rolling(0, 1) },
        Strategy::Surge => manifest::Strategy { kind: "RollingUpdate", rolling_update: rolling(1, 0) },
    }
}

fn strategy_cause(plan: &Plan<'_>) -> Cause {
    if plan.keys.has("rollout") {
        return plan.keys.cause("rollout", "");
    }
    let reason = match plan.strategy {
        Strategy::Recreate if plan.cache.is_bound_to_a_node() => {
            "the cache can be mounted on one node at a time, so the old server must go first"
        }
        Strategy::Recreate => "a second server would need a second set of accelerators",
        Strategy::Replace | Strategy::Surge => {
            "one server is replaced at a time, which needs no spare accelerator"
        }
    };
    plan.keys.rule(reason, &["replicas", "cache.kind", "cache.access"])
}

fn selector_cause() -> Cause {
    defaulted("two labels that never change, since a selector cannot")
}

fn defaulted(reason: &str) -> Cause {
    Cause::Defaulted(reason.to_owned())
}
