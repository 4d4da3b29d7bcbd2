//! SG301: pods that wait for a volume which another pod holds.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::derive::runtime::Strategy;

pub(super) const LINT: Lint = Lint {
    code: "SG301",
    title: "a rollout cannot end",
    severity: Severity::Error,
    why: "A volume that one node alone can mount holds all pods on that node. A surge starts the new pod while the old one \
          keeps volume and accelerator; on another node it waits for the volume for ever, and so does a second replica. \
          The rollout never ends, and Argo CD turns to Degraded.",
    instead: "`access = \"ReadWriteMany\"` with a StorageClass that can; or one replica and another rollout",
    example: "rollout = \"surge\"",
    quiet: "rollout = \"surge\"\n[cache]\naccess = \"ReadWriteMany\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    if !plan.cache.is_bound_to_a_node() {
        return;
    }
    if plan.strategy == Strategy::Surge {
        let message =
            "`rollout = \"surge\"` starts a pod that waits for the old one's volume (ReadWriteOnce)";
        let help = format!("write `rollout = \"recreate\"`, or {SHARED}");
        problems.push(LINT.problem(message).at(plan.keys.near("rollout")).help(help));
    }
    match plan.replicas {
        Some(replicas) if replicas > 1 => {
            let message =
                format!("{replicas} replicas share a volume that one node alone can mount (ReadWriteOnce)");
            let problem =
                LINT.problem(message).at(plan.keys.near("replicas")).help(format!("write {SHARED}"));
            problems.push(problem.related(plan.keys.at("cache.access"), "the volume's access"));
        }
        Some(_) => {}
        None => {
            let message = "an autoscaler's second replica would wait for a volume that one node alone can mount (ReadWriteOnce)";
            problems.push(LINT.warning(message).at(plan.keys.near("scale")).help(format!("write {SHARED}")));
        }
    }
}

const SHARED: &str = "`access = \"ReadWriteMany\"` in `[cache]`, with a `class` that can";
