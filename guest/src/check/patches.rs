//! What a patch changes, for the lints that look at the last resort.

use crate::derive::Plan;
use crate::tree::{Node, Value};

/// A value inside of a patch.
pub(super) struct Patched<'a> {
    /// The keys that lead to it, the patched kind or object first.
    pub(super) path: Vec<&'a str>,
    /// The name of the innermost item of a list around it, if items have names: that of a container.
    pub(super) item: Option<&'a str>,
    pub(super) node: &'a Node,
}

/// Every value that is no table and no array, in all patches.
pub(super) fn leaves<'a>(plan: &Plan<'a>) -> Vec<Patched<'a>> {
    let mut found = Vec::new();
    if let Some(patches) = plan.keys.0.get("patch") {
        collect(patches, None, &mut Vec::new(), &mut found);
    }
    found
}

/// The whole numbers that patches write under a key.
pub(super) fn numbers<'a>(plan: &Plan<'a>, key: &str) -> impl Iterator<Item = (Patched<'a>, i64)> {
    leaves(plan).into_iter().filter_map(move |it| match it.node.value {
        Value::Integer(number) if it.path.last() == Some(&key) => Some((it, number)),
        _ => None,
    })
}

fn collect<'a>(node: &'a Node, item: Option<&'a str>, path: &mut Vec<&'a str>, found: &mut Vec<Patched<'a>>) {
    match &node.value {
        Value::Table(table) => {
            for (key, node) in table {
                path.push(key);
                collect(node, item, path, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            let name = |it: &'a Node| it.get("name").and_then(Node::text);
            items.iter().for_each(|it| collect(it, name(it).or(item), path, found));
        }
        _ => found.push(Patched { path: path.clone(), item, node }),
    }
}
