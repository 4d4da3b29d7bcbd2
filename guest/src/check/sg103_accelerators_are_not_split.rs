//! SG103: the degrees of parallelism do not match the accelerators or the model.

use super::{Lint, fitting};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::derive::parallel::Parallel;
use crate::problem::one_of;

pub(super) const LINT: Lint = Lint {
    code: "SG103",
    title: "the accelerators cannot be split like this",
    severity: Severity::Error,
    why: "SGLang starts one process for each of tp × pp × dp accelerators. With fewer in the pod it does not start, and \
          with more some stand idle, paid and unused. Tensor parallelism hands out whole attention heads, so it must \
          divide them.",
    instead: "degrees that multiply to `gpu.count`, and a `tp` that divides the model's heads",
    example: "[gpu]\ncount = 4\n[parallel]\ntp = 2",
    quiet: "[gpu]\ncount = 4\n[parallel]\ntp = 2\ndp = 2",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    problems.extend(world(plan));
    problems.extend(heads(plan));
    problems.extend(both_kinds_of_dp(plan));
}

fn world(plan: &Plan<'_>) -> Option<Problem> {
    let Parallel { tp, pp, dp } = plan.parallel;
    let count = plan.gpu.count;
    let wanted = tp.saturating_mul(pp).saturating_mul(dp);
    if wanted == count || count == 0 {
        return None;
    }
    let message =
        format!("tp {tp} × pp {pp} × dp {dp} make {wanted} accelerators, and a replica has {count}");
    let written = ["parallel.tp", "parallel.pp", "parallel.dp"].into_iter().find_map(|it| plan.keys.at(it));
    let help =
        format!("write `count = {wanted}` in `[gpu]`, or degrees in `[parallel]` that multiply to {count}");
    let problem = LINT.problem(message).at(written.or_else(|| plan.keys.near("gpu.count"))).help(help);
    Some(problem.related(plan.keys.at("gpu.count"), "so many accelerators"))
}

/// Attention is split by `tp` within each of its data-parallel groups.
fn attention_split(plan: &Plan<'_>) -> u32 {
    (plan.parallel.tp / plan.spec.parallel.attn_dp.unwrap_or(1).max(1)).max(1)
}

fn heads(plan: &Plan<'_>) -> Option<Problem> {
    let known = plan.model.known?;
    let split = attention_split(plan);
    if known.splits_by(split) {
        return None;
    }
    let kv = known.kv_heads();
    let counted = match (known.heads, kv) {
        (Some(heads), Some(kv)) => format!("{heads} attention heads and {kv} KV heads"),
        (Some(heads), None) => format!("{heads} attention heads"),
        (None, kv) => format!("{} KV heads", kv.unwrap_or_default()),
    };
    let message = format!("{} has {counted}, which cannot be split by {split}", fitting::model(plan));
    let good: Vec<String> = (1..=16).filter(|it| known.splits_by(*it)).map(|it| it.to_string()).collect();
    let at = plan.keys.at("parallel.tp").or_else(|| plan.keys.near("gpu.count"));
    Some(LINT.problem(message).at(at).help(format!(
        "write a `count` or a `tp` that splits it by {}",
        one_of(good.iter().map(String::as_str))
    )))
}

/// SGLang does not take whole copies and attention groups at once.
fn both_kinds_of_dp(plan: &Plan<'_>) -> Option<Problem> {
    let groups = plan.spec.parallel.attn_dp.filter(|it| *it > 1)?;
    let copies = Some(plan.parallel.dp).filter(|it| *it > 1)?;
    let message = format!("`parallel.dp = {copies}` and `parallel.attn-dp = {groups}` do not go together");
    let problem = LINT.problem(message).at(plan.keys.near("parallel.attn-dp"));
    Some(
        problem
            .related(plan.keys.at("parallel.dp"), "the other one")
            .help("drop `dp`, and write `replicas` for more copies"),
    )
}
