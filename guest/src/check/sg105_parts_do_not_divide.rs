//! SG105: groups of attention or experts do not divide tensor parallelism, or cut blocks of fp8.

use super::{Lint, fitting};
use crate::catalog::models::BLOCK;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::problem::one_of;

pub(super) const LINT: Lint = Lint {
    code: "SG105",
    title: "experts or attention groups do not divide",
    severity: Severity::Error,
    why: "Attention groups and expert parallelism live inside of tensor parallelism: `attn-dp` must divide `tp`, and `ep` \
          cannot be larger. Weights in fp8 have one scale for each block of 128, and SGLang refuses to cut one, which a \
          pure `tp` does where the experts are narrow.",
    instead: "degrees that divide; for narrow experts an `ep` that keeps more of each expert together",
    example: "[gpu]\ncount = 4\n[parallel]\nattn-dp = 3",
    quiet: "[gpu]\ncount = 4\n[parallel]\nattn-dp = 2",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    problems.extend(groups(plan));
    problems.extend(experts(plan));
    problems.extend(blocks(plan));
}

fn groups(plan: &Plan<'_>) -> Option<Problem> {
    let tp = plan.parallel.tp;
    let groups = plan.spec.parallel.attn_dp.filter(|it| *it > 1 && !tp.is_multiple_of(*it))?;
    let message = format!("`parallel.attn-dp = {groups}` does not divide tp {tp}");
    let help = format!("write {}", choices("attn-dp", divisors(tp)));
    Some(LINT.problem(message).at(plan.keys.near("parallel.attn-dp")).help(help))
}

fn experts(plan: &Plan<'_>) -> Option<Problem> {
    let tp = plan.parallel.tp;
    let ep = plan.spec.parallel.ep.filter(|it| *it > 1)?;
    let copies = plan.flags.get("moe-dp-size").and_then(serde_json::Value::as_u64).unwrap_or(1);
    if u64::from(ep).saturating_mul(copies) <= u64::from(tp) && tp.is_multiple_of(ep) {
        return None;
    }
    let beside = if copies > 1 { format!(" × `moe-dp-size` {copies}") } else { String::new() };
    let message = format!("`parallel.ep = {ep}`{beside} does not fit into tp {tp}");
    let fitting = divisors(tp).filter(|it| u64::from(*it).saturating_mul(copies) <= u64::from(tp));
    let help = match fitting.collect::<Vec<_>>() {
        none if none.is_empty() => "drop this line, or write a smaller `moe-dp-size` in `[flags]`".to_owned(),
        some => format!("write {}: experts are spread over the accelerators of `tp`", choices("ep", some)),
    };
    Some(LINT.problem(message).at(plan.keys.near("parallel.ep")).help(help))
}

fn divisors(of: u32) -> impl Iterator<Item = u32> {
    (2..=of).filter(move |it| of.is_multiple_of(*it))
}

fn choices(key: &str, degrees: impl IntoIterator<Item = u32>) -> String {
    let lines: Vec<String> = degrees.into_iter().map(|it| format!("{key} = {it}")).collect();
    one_of(lines.iter().map(String::as_str))
}

fn blocks(plan: &Plan<'_>) -> Option<Problem> {
    let known = plan.model.known?;
    let width = known.expert_width?;
    let (tp, ep) = (plan.parallel.tp, plan.spec.parallel.ep.unwrap_or(1).max(1));
    if known.keeps_blocks(tp, ep) {
        return None;
    }
    let part = f64::from(width) / f64::from((tp / ep).max(1));
    let message = format!(
        "tp {tp} with ep {ep} gives each accelerator {part} of the {width} rows of an expert of {}, which cuts its fp8 blocks of {BLOCK}",
        fitting::model(plan)
    );
    let at = plan.keys.at("parallel.ep").or_else(|| plan.keys.near("gpu.count"));
    Some(
        LINT.problem(message)
            .at(at)
            .help(format!("write `ep = {tp}` in `[parallel]`: experts then stay whole")),
    )
}
