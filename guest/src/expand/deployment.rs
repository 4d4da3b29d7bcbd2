//! The Deployment: how many servers run, and how a new version replaces the old one.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::derive::runtime::Strategy;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::why::Why;
use crate::expand::{causes, metadata, pod};
use crate::manifest::{self, Deployment, DeploymentSpec, RollingUpdate};

/// Old ReplicaSets that are kept; Git remembers the rest.
const REVISION_HISTORY: u32 = 3;

/// Builds the Deployment.
pub(crate) fn deployment(plan: &Plan<'_>) -> Object {
    let spec = DeploymentSpec {
        replicas: plan.replicas,
        progress_deadline_seconds: plan.times.progress_deadline,
        revision_history_limit: REVISION_HISTORY,
        strategy: strategy(plan.strategy),
        selector: selector(plan, Component::Server),
        template: pod::server(plan),
    };
    let cause = plan.keys.rule("the servers of this service", &["name"]);
    let part = Part::server(plan.name, Wave::Server);
    let part = match &plan.spec.queue {
        Some(queue) => part.label("kueue.x-k8s.io/queue-name", queue.as_str(), plan.keys.cause("queue", "")),
        None => part,
    };
    Object::new(plan, part, Deployment { spec }, cause)
        .explained(plan, |why| why.below("/spec", |why| explain(plan, why)))
}

fn explain(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.key("/replicas", "replicas", "one server is enough until somebody says otherwise");
    why.say("/strategy", strategy_cause(plan));
    metadata::selector("/selector", why);
    why.fixed("/revisionHistoryLimit", "Git remembers older versions");
    why.say("/progressDeadlineSeconds", causes::progress_deadline(plan));
    why.below("/template", |why| pod::explain_server(plan, why));
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
        return plan.keys.rule("the spec says how a new version replaces the old one", &["rollout"]);
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
