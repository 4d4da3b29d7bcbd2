//! Environments: their names, which one is meant, and what it inherits from.

use crate::contract::Problem;
use crate::problem::{all_of, nearest, one_of};
use crate::spec::units::is_label;
use crate::tree::{Node, Table};

/// Keys that hold for the whole file.
pub(crate) const WHOLE: [&str; 5] = ["schema", "extends", "guest", "limits", "env"];
/// Keys of an environment's own.
pub(crate) const OWN: [&str; 2] = ["inherits", "without"];

/// The environments of a merged tree, in the order of the file.
pub(crate) fn named(mut tree: Node) -> Result<Vec<String>, Vec<Problem>> {
    let problems = take_misnamed(&mut tree);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut named: Vec<_> = tree.get("env").and_then(Node::table).into_iter().flatten().collect();
    named.sort_by_key(|(_, node)| node.key);
    Ok(named.into_iter().map(|(name, _)| name.clone()).collect())
}

/// Whether `take_misnamed` says what is wrong with the environment of this name.
pub(crate) fn misnames(tree: &Node, name: &str) -> bool {
    let is_wrong = |env: &Node| env.get(name).is_some_and(|it| environment_name(name, it).is_some());
    tree.get("env").is_some_and(|env| env.table().is_none() || is_wrong(env))
}

/// Environments are tables, and their names become parts of namespaces and labels. Takes out those that are not.
pub(crate) fn take_misnamed(tree: &mut Node) -> Vec<Problem> {
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

/// The environment that is meant, if the spec has any.
pub(crate) fn choose(
    environments: Option<&Node>,
    chosen: Option<&str>,
) -> Result<Option<String>, Vec<Problem>> {
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

/// Keys that hold for the whole file have no place in an environment.
pub(crate) fn forbidden(environments: Option<&Node>) -> Vec<Problem> {
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
pub(crate) fn misplaced(tree: &mut Node) -> Vec<Problem> {
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
pub(crate) fn chain(mut environments: Node, name: &str) -> Result<Vec<Node>, Vec<Problem>> {
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
