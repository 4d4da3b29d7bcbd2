//! What a server takes from the Hub besides its model, and whether it can.

use serde_json::Value;

use crate::contract::Problem;
use crate::derive::Plan;
use crate::derive::model::Source;

/// The flag of the draft model of speculative decoding.
pub(crate) const DRAFT: &str = "speculative-draft-model-path";
const DRAFT_REVISION: &str = "speculative-draft-model-revision";
const TOKENIZER: &str = "tokenizer-path";

/// The draft model at its revision, as the prefetch Job is told it; none if it is a path, or the model itself.
pub(crate) fn draft(plan: &Plan<'_>) -> Option<String> {
    let id = named(plan, DRAFT).filter(|it| *it != plan.model.path)?;
    let revision = plan.flags.get(DRAFT_REVISION).and_then(Value::as_str);
    Some(revision.map_or_else(|| id.to_owned(), |it| format!("{id}@{it}")))
}

/// What the servers would ask the Hub for, which they do not reach.
pub(crate) fn unreachable(plan: &Plan<'_>) -> Vec<Problem> {
    let Some(why) = cut_off(plan) else { return Vec::new() };
    // The Job fetches a draft model of the Hub beside the model.
    let is_fetched = plan.cache.is_prefetched && plan.model.source == Source::Hub;
    let fetched = |id: &str| is_fetched && (id == plan.model.path || named(plan, DRAFT) == Some(id));
    let wanted = [DRAFT, TOKENIZER].into_iter().filter_map(|flag| Some((flag, named(plan, flag)?)));
    wanted.filter(|(_, id)| !fetched(id)).map(|(flag, id)| problem(plan, flag, id, why)).collect()
}

/// Why the servers do not reach the Hub; none if they do, or if nobody here can tell.
fn cut_off(plan: &Plan<'_>) -> Option<&'static str> {
    let network = &plan.spec.network;
    match plan.model.source {
        _ if plan.cache.is_prefetched => Some("with `cache.prefetch` they ask no Hub"),
        Source::Claim { .. } | Source::Host { .. } | Source::Image { .. }
            if network.policy && network.egress.is_empty() =>
        {
            Some("their NetworkPolicy lets nothing out, since the model needs no download")
        }
        _ => None,
    }
}

fn problem(plan: &Plan<'_>, flag: &str, id: &str, why: &str) -> Problem {
    let message =
        format!("the servers cannot take `{}` of `flags.{flag}` from the Hub: {why}", id.escape_debug());
    let key = plan.flags.keys_of(flag, plan.spec).into_iter().next().unwrap_or_default();
    let problem = Problem::error("SG016", message).at(plan.keys.near(&key));
    let other = if plan.cache.is_prefetched { "; or drop `cache.prefetch`" } else { "" };
    problem
        .help(format!("write the path of its files, below a volume of `[mounts]` or below `/weights`{other}"))
}

/// What a flag names on the Hub; none if it names a path or an address.
fn named<'a>(plan: &'a Plan<'_>, flag: &str) -> Option<&'a str> {
    let value = plan.flags.get(flag).and_then(Value::as_str)?;
    let is_path = value.starts_with(['/', '.', '~']) || value.contains("://");
    (!is_path && value.contains('/')).then_some(value)
}
