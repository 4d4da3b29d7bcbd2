//! One layer laid onto another: tables are merged, everything else is replaced, and keys that say one thing in two ways
//! replace each other.

use crate::catalog::flags::Release;
use crate::contract::Problem;
use crate::problem::dotted;
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
