//! What the grammar asks for beyond types: keys that must be there, and keys that go together or do not.

mod argo;
mod places;
mod stores;

use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::spec::Spec;

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

fn required(keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let table = [
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
    table.into_iter().for_each(|it| require(keys, it, problems));
}

/// A key that is there but faulty has its own problem already, so only its presence counts.
fn require(keys: Keys<'_>, (key, why, help): Required, problems: &mut Vec<Problem>) {
    let is_faulty = |table: &str| keys.0.find(table).is_some_and(|it| it.table().is_none());
    if !keys.has(key) && !key.split_once('.').is_some_and(|(table, _)| is_faulty(table)) {
        problems.push(missing(keys, key, why).help(help));
    }
}

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
