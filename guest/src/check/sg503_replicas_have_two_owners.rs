//! SG503: the spec and an autoscaler both decide the number of replicas.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG503",
    title: "two owners of the number of replicas",
    severity: Severity::Error,
    why: "With a number in the manifest, every sync sets back what the autoscaler has decided. So the number is left out \
          with `scale`, and a written one would be read by nobody.",
    instead: "either `replicas` or `scale`",
    example: "replicas = 2\nscale = \"external\"",
    quiet: "scale = \"external\"\n[cache]\naccess = \"ReadWriteMany\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let (Some(replicas), Some(_)) = (plan.spec.replicas, plan.spec.scale) else { return };
    let message =
        format!("`replicas = {replicas}` is read by nobody: `scale` gives the number to an autoscaler");
    let help = match plan.environment {
        Some(environment) => format!(
            "drop this line; or, if other environments need it, write `without = [\"replicas\"]` in `[env.{environment}]`"
        ),
        None => "drop one of the two".to_owned(),
    };
    let problem = LINT.problem(message).at(plan.keys.near("replicas")).help(help);
    problems.push(problem.related(plan.keys.at("scale"), "the other owner"));
}
