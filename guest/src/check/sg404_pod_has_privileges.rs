//! SG404: a patch that takes the pod's walls down.

use super::{Lint, patches};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::tree::Value;

pub(super) const LINT: Lint = Lint {
    code: "SG404",
    title: "a patch gives the pod privileges",
    severity: Severity::Warning,
    why: "On the node's network no NetworkPolicy holds, and SGLang's own ports between processes check nobody. A privileged \
          container is as good as root on the node, and Pod Security's `baseline` refuses both.",
    instead: "what the pod really needs: a device's resource, or one capability",
    example: "[patch.Deployment.spec.template.spec]\nhostNetwork = true",
    quiet: "[patch.Deployment.spec.template.spec]\nhostNetwork = false",
};

const PRIVILEGES: &[&str] = &["allowPrivilegeEscalation", "hostIPC", "hostNetwork", "hostPID", "privileged"];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    for patched in patches::leaves(plan) {
        let Some(key) = patched.path.last().filter(|it| PRIVILEGES.contains(it)) else { continue };
        if matches!(patched.node.value, Value::Boolean(true)) {
            let message =
                format!("a patch sets `{key}`, which takes down a wall between the pod and its node");
            problems.push(
                LINT.problem(message)
                    .at(patched.node.place())
                    .help("drop this line, if anything else is enough"),
            );
        }
    }
}
