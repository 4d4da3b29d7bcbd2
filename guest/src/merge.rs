//! Layers of TOML become one tree: defaults, bases, the spec, its environment, parameters; later layers win.

use crate::contract::{File, ParameterValue, Problem};
use crate::environments::{self, OWN, WHOLE};
use crate::overlay::overlay_onto;
use crate::parameters;
use crate::problem::{dotted, nearest};
use crate::sources::{Layers, Sources};
use crate::tree::{Node, Value};

/// Tables that are features: the operator's defaults fill them in where a spec has them, and give them to no other.
const FEATURES: [&str; 3] = ["expose", "monitor", "secrets"];

/// What the layers say for one environment, without the environments themselves.
pub(crate) struct Merged {
    pub(crate) tree: Node,
    pub(crate) environment: Option<String>,
    /// What the layers say that could not be merged; the rest was.
    pub(crate) problems: Vec<Problem>,
}

/// Merges everything for one environment. Fails where nothing could be merged: no files, no environment.
pub(crate) fn merge(
    files: &[File],
    environment: Option<&str>,
    values: &[(String, ParameterValue)],
) -> Result<Merged, Vec<Problem>> {
    let sources = Sources::parse(files)?;
    if let Some(missing) = sources.missing.first() {
        let problem = Problem::error("SG004", format!("`{}` was not read", missing.path.escape_debug()));
        return Err(vec![problem.at(missing.asked_by).help("name a file of this repository")]);
    }
    let mut unasked: Vec<&str> = FEATURES.into_iter().filter(|key| !sources.ask_for(key)).collect();
    let Layers { mut tree, mut problems } = sources.layers();
    // Whoever misnames an environment and then asks for it hears of the name alone.
    let is_misnamed = environment.is_some_and(|it| environments::misnames(&tree, it));
    problems.extend(environments::take_misnamed(&mut tree));
    let named = tree.remove(&["env"]);
    tree.remove(&["extends"]);
    problems.extend(environments::forbidden(named.as_ref()));
    problems.extend(environments::misplaced(&mut tree));
    let (parameters, faults) = parameters::layer(values);
    problems.extend(faults);
    let chosen = environments::choose(named.as_ref(), environment)
        .map_err(|it| beside(&problems, if is_misnamed { Vec::new() } else { it }))?;
    let overlays = match (&chosen, named) {
        (Some(name), Some(named)) => environments::chain(named, name).map_err(|it| beside(&problems, it))?,
        _ => Vec::new(),
    };
    unasked.retain(|key| overlays.iter().chain([&parameters]).all(|it| it.get(key).is_none()));
    for overlay in overlays {
        problems.extend(apply(&mut tree, overlay));
    }
    unasked.into_iter().for_each(|key| drop(tree.remove(&[key])));
    problems.extend(overlay_onto(&mut tree, parameters));
    Ok(Merged { tree, environment: chosen, problems })
}

/// What keeps layers from being merged, among all that was found before: it is told at once.
fn beside(problems: &[Problem], found: Vec<Problem>) -> Vec<Problem> {
    crate::sorted(problems.iter().cloned().chain(found).collect())
}

/// Applies an environment: first what it drops, then what it says.
fn apply(tree: &mut Node, mut overlay: Node) -> Vec<Problem> {
    let mut problems = overlay.get("without").map_or_else(Vec::new, |it| drop_keys(tree, it));
    for key in OWN.iter().chain(&WHOLE) {
        overlay.remove(&[key]);
    }
    problems.extend(misspelt(&mut overlay));
    problems.extend(overlay_onto(tree, overlay));
    problems
}

/// The two keys that the grammar knows in environments alone would not be proposed among its other ones.
fn misspelt(says: &mut Node) -> Option<Problem> {
    let (key, meant) = says.table()?.keys().find_map(|key| Some((key.clone(), nearest(key, OWN)?)))?;
    let node = says.remove(&[&key])?;
    let problem = Problem::error("SG011", format!("there is no key `{}`", dotted(&[key])));
    Some(problem.at(node.key).help(format!("did you mean `{meant}`?")))
}

fn drop_keys(tree: &mut Node, without: &Node) -> Vec<Problem> {
    let Value::Array(items) = &without.value else { return vec![no_keys(without)] };
    items.iter().filter_map(|item| drop_key(tree, item)).collect()
}

fn no_keys(node: &Node) -> Problem {
    Problem::error("SG012", format!("`without` holds {}; expected an array of dotted keys", node.kind()))
        .at(node.place())
        .help("write it as `without = [\"expose\", \"gpu.node\"]`")
}

fn drop_key(tree: &mut Node, item: &Node) -> Option<Problem> {
    let Some(key) = item.text() else { return Some(no_keys(item)) };
    let path = parameters::split_key(key);
    if path.as_ref().is_some_and(|path| tree.remove(path).is_some()) {
        return None;
    }
    let shown = path.as_ref().map_or_else(|| key.escape_debug().to_string(), |it| dotted(it));
    let help = match nearest_path(tree, &path.unwrap_or_default()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name a key that a layer below has, or drop the entry".into(),
    };
    Some(
        Problem::error("SG025", format!("`without` names `{shown}`, which is not there"))
            .at(item.place())
            .help(help),
    )
}

/// The dotted key that is meant, if its first wrong part is nearly right.
fn nearest_path(tree: &Node, path: &[String]) -> Option<String> {
    let mut node = tree;
    let mut meant = Vec::new();
    for key in path {
        let keys = node.table()?.keys().map(String::as_str);
        let key = if node.get(key).is_some() { key } else { nearest(key, keys)? };
        meant.push(key);
        node = node.get(key)?;
    }
    (!meant.is_empty()).then(|| dotted(&meant))
}
