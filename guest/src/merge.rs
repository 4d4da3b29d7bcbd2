//! Layers of TOML become one tree: defaults, bases, the spec, its environment, parameters; later layers win.

use crate::catalog::flags::Release;
use crate::contract::{File, ParameterValue, Problem};
use crate::parameters;
use crate::problem::{all_of, dotted, nearest, one_of};
use crate::sources::{Layers, Sources};
use crate::spec::units::is_label;
use crate::tree::{Node, Table, Value};

/// Keys of which a later layer's one replaces the others of an earlier layer: they say the same thing in two ways.
const EXCLUSIVE: &[(&[&str], &[&str])] = &[
    (&["argo"], &["cluster", "clusters"]),
    (&["expose"], &["gateway", "ingress-class"]),
    (&["image"], &["tag", "digest"]),
    (&["secrets"], &["store", "existing"]),
    (&["secrets", "store"], &["aws", "gcp", "vault", "cluster"]),
    (&["mounts", "*"], &["secret", "config-map", "claim", "empty"]),
];

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
    let is_misnamed = environment.is_some_and(|it| misnames(&tree, it));
    problems.extend(take_misnamed(&mut tree));
    let environments = tree.remove(&["env"]);
    tree.remove(&["extends"]);
    problems.extend(forbidden(environments.as_ref()));
    problems.extend(misplaced(&mut tree));
    let (parameters, faults) = parameters::layer(values);
    problems.extend(faults);
    let chosen = choose(environments.as_ref(), environment)
        .map_err(|it| beside(&problems, if is_misnamed { Vec::new() } else { it }))?;
    let overlays = match (&chosen, environments) {
        (Some(name), Some(environments)) => chain(environments, name).map_err(|it| beside(&problems, it))?,
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

/// The environments of a merged tree, in the order of the file.
pub(crate) fn environments(mut tree: Node) -> Result<Vec<String>, Vec<Problem>> {
    let problems = take_misnamed(&mut tree);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut named: Vec<_> = tree.get("env").and_then(Node::table).into_iter().flatten().collect();
    named.sort_by_key(|(_, node)| node.key);
    Ok(named.into_iter().map(|(name, _)| name.clone()).collect())
}

/// Whether `take_misnamed` says what is wrong with the environment of this name.
fn misnames(tree: &Node, name: &str) -> bool {
    let is_wrong = |env: &Node| env.get(name).is_some_and(|it| environment_name(name, it).is_some());
    tree.get("env").is_some_and(|env| env.table().is_none() || is_wrong(env))
}

/// Environments are tables, and their names become parts of namespaces and labels. Takes out those that are not.
fn take_misnamed(tree: &mut Node) -> Vec<Problem> {
    let Some(env) = tree.get("env") else { return Vec::new() };
    let Some(environments) = env.table() else {
        let message = format!("`env` is {}; expected tables such as `[env.prod]`", env.kind());
        let problem = Problem::error("SG012", message).at(env.place());
        tree.remove(&["env"]);
        return vec![problem.help("write a table `[env.…]` for each environment, with what differs in it")];
    };
    let misnamed: Vec<(String, Problem)> = environments
        .iter()
        .filter_map(|(name, node)| Some((name.clone(), environment_name(name, node)?)))
        .collect();
    let take = |(name, problem): (String, Problem)| tree.remove(&["env", &name]).map(|_| problem);
    misnamed.into_iter().filter_map(take).collect()
}

fn environment_name(name: &str, node: &Node) -> Option<Problem> {
    if node.table().is_none() {
        let problem = Problem::error(
            "SG012",
            format!("`env.{}` is {}; expected a table", name.escape_debug(), node.kind()),
        );
        return Some(problem.at(node.place()).help("write a header `[env.…]`, and what differs below it"));
    }
    (!is_label(name)).then(|| {
        let message = format!("an environment cannot be called `{}`", name.escape_debug());
        let help = "write a DNS-1123 label: at most 63 lower case letters, digits and `-`";
        Problem::error("SG013", message).at(node.key).help(help)
    })
}

fn choose(environments: Option<&Node>, chosen: Option<&str>) -> Result<Option<String>, Vec<Problem>> {
    let known: Vec<&str> =
        environments.and_then(Node::table).into_iter().flat_map(Table::keys).map(String::as_str).collect();
    match (chosen, known.as_slice()) {
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some((*only).to_owned())),
        (Some(name), known) if known.contains(&name) => Ok(Some(name.to_owned())),
        (Some(name), []) => Err(vec![
            Problem::error(
                "SG020",
                format!("there is no environment `{}`: the spec has none", name.escape_debug()),
            )
            .help("add a table `[env.…]`, or leave the environment out"),
        ]),
        (Some(name), known) => {
            Err(vec![unknown_environment(name, known).at(environments.and_then(Node::place))])
        }
        (None, known) => Err(vec![
            Problem::error(
                "SG020",
                format!("the spec has several environments: choose {}", one_of(known.iter().copied())),
            )
            .help("say `--env NAME`, or set the Argo CD parameter `environment`"),
        ]),
    }
}

/// Keys that hold for the whole file.
pub(crate) const WHOLE: [&str; 5] = ["schema", "extends", "guest", "limits", "env"];
/// Keys of an environment's own.
const OWN: [&str; 2] = ["inherits", "without"];

/// Keys that hold for the whole file have no place in an environment.
fn forbidden(environments: Option<&Node>) -> Vec<Problem> {
    let tables = environments.and_then(Node::table).into_iter().flatten();
    let found = tables
        .flat_map(|(name, node)| WHOLE.into_iter().filter_map(move |key| Some((name, key, node.get(key)?))));
    let problem = |(name, key, node): (&String, &str, &Node)| {
        let message = format!("`env.{name}` cannot have the key `{key}`, which holds for the whole file");
        let help = match key {
            "env" => "environments do not hold others; `inherits` names one to start from",
            _ => "write it above the first table",
        };
        Problem::error("SG011", message).at(node.key).help(help)
    };
    found.map(problem).collect()
}

/// Keys of environments have no place outside of them.
fn misplaced(tree: &mut Node) -> Vec<Problem> {
    let found = OWN.into_iter().filter_map(|key| Some((key, tree.remove(&[key])?)));
    let problem = |(key, node): (&str, Node)| {
        Problem::error("SG011", format!("`{key}` is a key of environments, and stands outside of them"))
            .at(node.key)
            .help("write it into a table `[env.…]`")
    };
    found.map(problem).collect()
}

fn unknown_environment(name: &str, known: &[&str]) -> Problem {
    let known = || known.iter().copied();
    let message =
        format!("there is no environment `{}`: the spec has {}", name.escape_debug(), all_of(known()));
    let problem = Problem::error("SG020", message);
    match nearest(name, known()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help(format!("choose {}", one_of(known()))),
    }
}

/// The overlays of an environment, the one that inherits from none first.
fn chain(mut environments: Node, name: &str) -> Result<Vec<Node>, Vec<Problem>> {
    let mut names = vec![name.to_owned()];
    let mut next = environments.get(name);
    while let Some(parent) = next.and_then(|it| it.get("inherits")) {
        next = Some(ancestor(&environments, parent, &mut names)?);
    }
    Ok(names.into_iter().rev().filter_map(|it| environments.remove(&[it])).collect())
}

fn ancestor<'a>(
    environments: &'a Node,
    parent: &Node,
    seen: &mut Vec<String>,
) -> Result<&'a Node, Vec<Problem>> {
    let Some(name) = parent.text() else {
        return Err(vec![
            Problem::error("SG012", format!("`inherits` is {}; expected a string", parent.kind()))
                .at(parent.place())
                .help("name one environment: `inherits = \"…\"`"),
        ]);
    };
    if seen.iter().any(|it| it == name) {
        let circle = format!("{} → {name}", seen.join(" → "));
        let problem =
            Problem::error("SG021", format!("environments inherit in a circle: {circle}")).at(parent.place());
        return Err(vec![problem.help("drop one of these `inherits`")]);
    }
    seen.push(name.to_owned());
    environments.get(name).ok_or_else(|| {
        let others = environments.table().into_iter().flat_map(Table::keys).map(String::as_str);
        let others: Vec<&str> = others.filter(|it| !seen.iter().any(|seen| seen == it)).collect();
        vec![unknown_ancestor(name, &others).at(parent.place())]
    })
}

fn unknown_ancestor(name: &str, others: &[&str]) -> Problem {
    if !others.is_empty() {
        return unknown_environment(name, others);
    }
    let message = format!("there is no environment `{}` to inherit from", name.escape_debug());
    Problem::error("SG020", message).help("drop this line, or write the environment")
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

/// Lays one layer onto another: tables are merged, everything else is replaced. Says what the upper layer contradicts.
pub(crate) fn overlay_onto(lower: &mut Node, upper: Node) -> Vec<Problem> {
    let problems = contradictions(&upper, &mut Vec::new());
    merge_nodes(lower, upper, &mut Vec::new());
    problems
}

fn merge_nodes(lower: &mut Node, upper: Node, path: &mut Vec<String>) {
    match (&mut lower.value, upper.value) {
        (Value::Table(table), Value::Table(entries)) => {
            give_way(table, &entries, path);
            forget_version(table, &entries, path);
            let mut added = Vec::new();
            for (key, node) in entries {
                let Some(below) = table.get_mut(&key) else {
                    added.push((key, node));
                    continue;
                };
                path.push(key);
                merge_nodes(below, node, path);
                path.pop();
            }
            // All at once: one at a time, each would move those behind it.
            table.extend(added);
            lower.key = lower.key.or(upper.key);
        }
        (_, value) => *lower = Node { value, ..upper },
    }
}

/// Takes out of the lower table what one of the upper keys replaces under another name.
fn give_way(table: &mut Table, upper: &Table, path: &[String]) {
    let group = exclusive(path);
    if group.iter().any(|key| upper.contains_key(*key)) {
        table.retain(|key, _| !group.contains(&key.as_str()) || upper.contains_key(key));
    }
}

/// `image.version` tells what a tag does not. It describes the image below, so a tag above that tells its own release
/// makes it void.
fn forget_version(table: &mut Table, upper: &Table, path: &[String]) {
    let tells = |it: &Node| it.text().is_some_and(|it| Release::parse_tag(it).is_some());
    if own(path) == ["image"] && upper.get("tag").is_some_and(tells) {
        table.remove("version");
    }
}

/// The path within an environment: a base's environments are merged with the spec's before one is chosen.
fn own<S: AsRef<str>>(path: &[S]) -> &[S] {
    if path.first().is_some_and(|it| it.as_ref() == "env") { path.get(2..).unwrap_or_default() } else { path }
}

fn exclusive<S: AsRef<str>>(path: &[S]) -> &'static [&'static str] {
    let path = own(path);
    let matches = |pattern: &[&str]| {
        let mut parts = pattern.iter().zip(path);
        pattern.len() == path.len() && parts.all(|(part, key)| *part == "*" || *part == key.as_ref())
    };
    EXCLUSIVE.iter().find(|(pattern, _)| matches(pattern)).map_or(&[], |(_, group)| group)
}

/// Two keys of one layer that exclude each other.
fn contradictions<'a>(node: &'a Node, path: &mut Vec<&'a str>) -> Vec<Problem> {
    let Some(table) = node.table() else { return Vec::new() };
    let mut problems = Vec::new();
    let given: Vec<_> = exclusive(path).iter().filter_map(|key| Some((key, table.get(*key)?))).collect();
    if let [(first, a), .., (second, b)] = given.as_slice() {
        let message = format!("`{}` takes one of `{first}` and `{second}`, not both", dotted(path));
        problems.push(
            Problem::error("SG024", message)
                .at(b.key)
                .help(if b.key.is_some() {
                    "drop one of them"
                } else {
                    "drop one of the parameters that set them"
                })
                .related(a.key, "the other one"),
        );
    }
    for (key, child) in table {
        // An environment's table is a layer of its own, and is looked at when it is applied.
        if path.is_empty() && key == "env" {
            continue;
        }
        path.push(key);
        problems.extend(contradictions(child, path));
        path.pop();
    }
    problems
}
