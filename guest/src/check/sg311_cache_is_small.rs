//! SG311: a cache that the weights do not fit into.

use super::Lint;
use crate::catalog::sizing::cache_size_gib;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;

pub(super) const LINT: Lint = Lint {
    code: "SG311",
    title: "the cache is small",
    severity: Severity::Error,
    why: "A download that fills the volume fails, and every start after it. The weights need room, the files beside them \
          some more, and a second revision or an adapter should not be the end of it.",
    instead: "no line at all: the weights with a tenth to spare and 10 GiB are the default",
    example: "[cache]\nsize = \"10Gi\"",
    quiet: "[cache]\nsize = \"30Gi\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let (Some(size), Some(weights)) = (&plan.spec.cache.size, plan.cache.holds_gib) else { return };
    let enough = cache_size_gib(weights);
    if !plan.model.source.is_downloaded() || size.gib() >= f64::from(enough) {
        return;
    }
    let problem = if size.gib() < weights {
        LINT.problem(format!("a cache of {size} cannot hold {weights:.1} GiB of weights"))
    } else {
        LINT.warning(format!("a cache of {size} has little room beside {weights:.1} GiB of weights"))
    };
    let help = format!("write `size = \"{enough}Gi\"`, or drop the line");
    problems.push(problem.at(plan.keys.near("cache.size")).help(help));
}
