//! The last resort: JSON merge patches (RFC 7396) over finished objects. Lists of named items are merged by name.

use serde::Deserialize;
use serde_json::Value;

use crate::contract::{Cause, Problem};
use crate::derive::Plan;
use crate::expand::object::{Object, escaped};
use crate::expand::prefetch;
use crate::manifest::{Job, Kind};
use crate::path::is_within;
use crate::problem::{nearest, one_of};
use crate::spec::FlagValue;
use crate::tree::{self, Node};

/// JSON readers that keep every number as a double know whole numbers up to here: 2^53.
const LARGEST: u64 = 1 << 53;

/// What makes an object the one that it is.
const IDENTITY: &[&str] = &["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"];

/// Applies every patch of the spec, and says which of them cannot be.
pub(crate) fn apply(plan: &Plan<'_>, objects: &mut [Object], problems: &mut Vec<Problem>) {
    let patches = plan.keys.0.get("patch").and_then(Node::table);
    for (target, patch) in patches.into_iter().flatten() {
        let (kind, name) =
            target.split_once('/').map_or((target.as_str(), None), |(kind, name)| (kind, Some(name)));
        let meant: Vec<&mut Object> = objects
            .iter_mut()
            .filter(|it| it.kind == kind && name.is_none_or(|name| it.name == name))
            .collect();
        if meant.is_empty() {
            drop(meant);
            problems.push(absent(target, objects).at(patch.key));
            continue;
        }
        for object in meant {
            merge_object(object, patch, problems);
            if object.kind == Job::KIND {
                prefetch::rename(plan, object);
            }
        }
    }
}

fn absent(target: &str, objects: &[Object]) -> Problem {
    let problem = Problem::error("SG018", format!("there is no `{}` to patch", target.escape_debug()));
    let names: Vec<String> =
        objects.iter().flat_map(|it| [it.kind.to_owned(), format!("{}/{}", it.kind, it.name)]).collect();
    match nearest(target, names.iter().map(String::as_str)) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => {
            let mut kinds: Vec<&str> = objects.iter().map(|it| it.kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            problem.help(format!("the kinds are {}; write `Kind` or `Kind/name`", one_of(kinds)))
        }
    }
}

fn merge_object(object: &mut Object, patch: &Node, problems: &mut Vec<Problem>) {
    let mut touched = Touched::default();
    merge(object.tree(), patch, String::new(), &mut touched);
    problems
        .extend(touched.misshapen.iter().map(|(pointer, node, target)| misshapen(pointer, node, *target)));
    touched.replaced.iter().for_each(|it| object.forget(it));
    for (pointer, node) in touched.leaves {
        if let Some(field) = identity(&pointer) {
            let message =
                format!("a patch cannot change `{}`, which makes the object the one that it is", &field[1..]);
            problems.push(Problem::error("SG018", message).at(node.place()).help("drop this line"));
        }
        problems.extend(too_large(node));
        let cause = node
            .place()
            .map_or_else(|| Cause::Derived("a parameter patches it".into(), Vec::new()), Cause::Written);
        object.because(pointer, cause);
    }
}

/// The patch has another shape than the field, whose shape Kubernetes says: what stands there would be lost for nothing.
fn misshapen(pointer: &str, node: &Node, field: Shape) -> Problem {
    let name = &pointer[1..];
    let message = format!("`{name}` is {}, and the patch has {} for it", field.noun(), node.kind());
    let first = node.table().and_then(|it| it.keys().next());
    let help = match (field, first) {
        (Shape::Array, Some(first)) => format!(
            "write an array of its items, of which those of one name are merged: `[{{ name = \"{}\", … }}]`",
            first.escape_debug()
        ),
        _ => format!("write {}, or drop this", field.noun()),
    };
    Problem::error("SG018", message).at(node.key.or(node.at)).help(help)
}

/// A number that readers of the manifest would take in two ways.
fn too_large(node: &Node) -> Option<Problem> {
    let (is_too_large, shown) = match &node.value {
        tree::Value::Integer(it) => (it.unsigned_abs() > LARGEST, it.to_string()),
        tree::Value::Float(it) => (it.abs() > LARGEST as f64, it.to_string()),
        _ => return None,
    };
    let message = format!("the number {shown} is beyond 2^53, where readers of JSON differ");
    is_too_large.then(|| {
        Problem::error("SG018", message)
            .at(node.place())
            .help("write it in quotes: a quantity may be a string")
    })
}

/// Whether a pointer leads to what makes the object the one that it is, to something below that, or to all around it. A patch
/// that is no table, which leads to the whole object, has a problem of its own.
fn identity(pointer: &str) -> Option<&'static str> {
    let is_part = |it: &&&str| is_within(pointer, it) || !pointer.is_empty() && is_within(it, pointer);
    IDENTITY.iter().find(is_part).copied()
}

/// What a patch has decided, by pointers.
#[derive(Default)]
struct Touched<'a> {
    /// Fields of which nothing is as it was.
    replaced: Vec<String>,
    /// Each value that it wrote, down to the last.
    leaves: Vec<(String, &'a Node)>,
    /// What has another shape than the field, which has this one.
    misshapen: Vec<(String, &'a Node, Shape)>,
}

/// What kind of value a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Table,
    Array,
    Scalar,
}

impl Shape {
    /// None for what is not there.
    fn of(value: &Value) -> Option<Shape> {
        Some(match value {
            Value::Null => return None,
            Value::Object(_) => Shape::Table,
            Value::Array(_) => Shape::Array,
            _ => Shape::Scalar,
        })
    }

    /// None for what a problem has taken out.
    fn of_node(node: &Node) -> Option<Shape> {
        Some(match &node.value {
            tree::Value::Gone => return None,
            tree::Value::Table(_) => Shape::Table,
            tree::Value::Array(_) => Shape::Array,
            _ => Shape::Scalar,
        })
    }

    fn noun(self) -> &'static str {
        match self {
            Shape::Table => "a table",
            Shape::Array => "an array",
            Shape::Scalar => "one value",
        }
    }
}

/// Merges a node into a value, and remembers what it decided.
fn merge<'a>(target: &mut Value, patch: &'a Node, pointer: String, touched: &mut Touched<'a>) {
    if let (Some(field), Some(written)) = (Shape::of(target), Shape::of_node(patch))
        && field != written
    {
        // A patch that is no table has a problem of its own.
        (!pointer.is_empty()).then(|| touched.misshapen.push((pointer, patch, field)));
        return;
    }
    match (target, &patch.value) {
        (target, tree::Value::Table(table)) => {
            if !target.is_object() {
                *target = Value::Object(serde_json::Map::new());
                touched.replaced.push(pointer.clone());
                // An empty table is a value like any other where there was none.
                table.is_empty().then(|| touched.leaves.push((pointer.clone(), patch)));
            }
            for (key, node) in table {
                let pointer = format!("{pointer}/{}", escaped(key));
                let entry = target.as_object_mut().expect("it was just made one").entry(key.clone());
                merge(entry.or_insert(Value::Null), node, pointer, touched);
            }
        }
        (Value::Array(items), tree::Value::Array(nodes)) if are_named(items, nodes) => {
            for node in nodes {
                let index = position(items, node);
                merge(&mut items[index], node, format!("{pointer}/{index}"), touched);
            }
        }
        (target, _) => {
            *target = json(patch);
            touched.replaced.push(pointer.clone());
            leaves(patch, pointer, &mut touched.leaves);
        }
    }
}

/// Every value of a node that holds no other, each at its own place.
fn leaves<'a>(node: &'a Node, pointer: String, found: &mut Vec<(String, &'a Node)>) {
    match &node.value {
        tree::Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{pointer}/{index}"), found);
            }
        }
        tree::Value::Table(table) if !table.is_empty() => {
            for (key, item) in table {
                leaves(item, format!("{pointer}/{}", escaped(key)), found);
            }
        }
        _ => found.push((pointer, node)),
    }
}

/// An empty list names nobody: it takes all out.
fn are_named(items: &[Value], nodes: &[Node]) -> bool {
    !nodes.is_empty()
        && items.iter().all(|it| it["name"].is_string())
        && nodes.iter().all(|it| it.get("name").and_then(Node::text).is_some())
}

/// The item of the same name; a new one at the end if there is none.
fn position(items: &mut Vec<Value>, node: &Node) -> usize {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    items.iter().position(|it| it["name"] == name).unwrap_or_else(|| {
        items.push(Value::Object(serde_json::Map::new()));
        items.len() - 1
    })
}

/// A node as JSON. What TOML can say and JSON cannot (dates) was refused when the spec was read.
fn json(node: &Node) -> Value {
    FlagValue::deserialize(node).map_or(Value::Null, |it| it.0)
}
