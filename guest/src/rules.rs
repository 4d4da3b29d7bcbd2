//! What the grammar asks for beyond types: keys that must be there, and keys that go together or do not.

mod argo;
mod places;
mod stores;

use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::problem::nearest;
use crate::spec::Spec;
use crate::tree::Node;

/// The grammar's version.
const GRAMMAR: u32 = 1;

/// The same for what delivery reads of a spec, and no more: what runs in the pods is nothing to Argo CD.
pub(crate) fn of_delivery(spec: &Spec, keys: Keys<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    require(keys, NAME, &mut problems);
    argo::rules(spec, keys, &mut problems);
    problems
}

/// Says which keys are missing and which contradict each other.
pub(crate) fn rules(spec: &Spec, keys: Keys<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    required(keys, &mut problems);
    numbers(spec, keys, &mut problems);
    argo::rules(spec, keys, &mut problems);
    places::rules(spec, keys, &mut problems);
    stores::rules(spec, keys, &mut problems);
    problems
}

/// Starts the problem of a key that is not there, in any layer; it points at the part of the key that is.
fn missing(keys: Keys<'_>, key: &str, why: &str) -> Problem {
    let table = key.rsplit_once('.').and_then(|(table, _)| keys.at(table));
    Problem::error("SG015", format!("`{key}` is missing: {why}")).at(table.or(keys.0.at))
}

/// Starts the problem of two keys that do not go together.
fn clash(keys: Keys<'_>, key: &str, message: impl Into<String>) -> Problem {
    Problem::error("SG016", message).at(keys.near(key))
}

/// A key that must be there: its name, why, and what to write.
type Required = (&'static str, &'static str, &'static str);

const NAME: Required = (
    "name",
    "every object is named after it",
    "write `name = \"…\"`, a DNS-1035 label of at most 40 characters",
);

const REQUIRED: [Required; 4] = [
    ("schema", "it tells the grammar's version", "write `schema = 1` as the first line"),
    NAME,
    (
        "model.id",
        "it tells what is served",
        "write `id = \"…\"` in `[model]`, such as `meta-llama/Llama-3.1-8B-Instruct`",
    ),
    (
        "gpu.product",
        "it tells where the model runs",
        "write `product = \"…\"` in `[gpu]`, such as `l4` or `h100-sxm-80gb`",
    ),
];

fn required(keys: Keys<'_>, problems: &mut Vec<Problem>) {
    REQUIRED.into_iter().for_each(|it| require(keys, it, problems));
}

/// A key that is there but faulty has its own problem already, and so has one that is misspelt: both would be the same
/// mistake told twice, and the first line would tell the wrong half of it.
fn require(keys: Keys<'_>, (key, why, help): Required, problems: &mut Vec<Problem>) {
    let is_faulty = |table: &str| keys.0.find(table).is_some_and(|it| it.table().is_none());
    let is_told = key.split_once('.').is_some_and(|(table, _)| is_faulty(table)) || is_misspelt(keys.0, key);
    if !keys.has(key) && !is_told {
        problems.push(missing(keys, key, why).help(help));
    }
}

/// Whether there is a key that is nearly the first part of this one that is not there. No key of the grammar is that near
/// to a required one.
fn is_misspelt(tree: &Node, key: &str) -> bool {
    let mut node = tree;
    for part in key.split('.') {
        match node.get(part) {
            Some(below) => node = below,
            None => {
                return node.table().is_some_and(|it| nearest(part, it.keys().map(String::as_str)).is_some());
            }
        }
    }
    false
}

/// More servers than a cluster has nodes (Kubernetes is made for 5,000).
const MOST_REPLICAS: u32 = 10_000;
/// No server starts or stops longer than this, in seconds.
const WEEK: u32 = 7 * 24 * 3600;

fn numbers(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    if let Some(version) = spec.schema.filter(|it| *it != GRAMMAR) {
        let message = format!("`schema` is {version}; this guest knows grammar {GRAMMAR}");
        problems.push(
            Problem::error("SG013", message)
                .at(keys.at("schema"))
                .help(format!("write `schema = {GRAMMAR}`")),
        );
    }
    let from_one = [
        ("model.context", spec.model.context),
        ("gpu.count", spec.gpu.count),
        ("parallel.tp", spec.parallel.tp),
        ("parallel.pp", spec.parallel.pp),
        ("parallel.dp", spec.parallel.dp),
        ("parallel.attn-dp", spec.parallel.attn_dp),
        ("parallel.ep", spec.parallel.ep),
        ("probes.startup-minutes", spec.probes.startup_minutes),
    ];
    for (key, _) in from_one.into_iter().filter(|(_, number)| *number == Some(0)) {
        let problem =
            Problem::error("SG013", format!("`{key}` cannot be `0`; expected a whole number from 1"));
        problems.push(problem.at(keys.at(key)).help("write at least `1`, or leave the key out"));
    }
    let bounded = [
        ("replicas", spec.replicas, MOST_REPLICAS),
        ("probes.startup-minutes", spec.probes.startup_minutes, WEEK / 60),
        ("probes.drain-seconds", spec.probes.drain_seconds, WEEK),
    ];
    for (key, number, most) in bounded {
        if let Some(number) = number.filter(|it| *it > most) {
            let message = format!("`{key}` cannot be `{number}`; expected at most {most}");
            problems.push(
                Problem::error("SG013", message).at(keys.at(key)).help(format!("write at most `{most}`")),
            );
        }
    }
    for (key, number) in
        [("gpu.memory-gib", spec.gpu.memory_gib), ("model.weights-gib", spec.model.weights_gib)]
    {
        if let Some(number) = number.filter(|it| *it <= 0.0 || *it > 100_000.0) {
            let message =
                format!("`{key}` cannot be `{number}`; expected more than 0 and at most 100000 GiB");
            problems.push(Problem::error("SG013", message).at(keys.at(key)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn no_key_of_the_grammar_is_taken_for_a_misspelt_one() {
        let schema: Value = serde_json::from_str(crate::SCHEMA).unwrap();
        for (key, ..) in REQUIRED {
            let (keys, part) = match key.split_once('.') {
                Some(("model", part)) => (&schema["$defs"]["Model"]["properties"], part),
                Some((_, part)) => (&schema["$defs"]["Gpu"]["properties"], part),
                None => (&schema["properties"], key),
            };
            let others = keys.as_object().unwrap().keys().map(String::as_str).filter(|it| *it != part);
            assert_eq!(nearest(part, others), None, "{key}");
        }
        let tables = schema["properties"].as_object().unwrap().keys().map(String::as_str);
        let near = |table: &str| nearest(table, tables.clone().filter(|it| *it != table));
        assert_eq!([near("model"), near("gpu")], [None, None]);
    }
}
