//! The leaves of an object, and the origins that cover them.

use std::collections::BTreeMap;

use cmp_host::guest::contract::{Cause, Manifest};
use serde_json::Value;

/// One manifest, taken apart.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) value: Value,
    /// The pointers of all values that hold no other.
    pub(crate) leaves: Vec<String>,
    pub(crate) origins: BTreeMap<String, Cause>,
}

/// The most fields that one origin may explain at once: the five parts of an alert, a volume's name and source.
const MOST: usize = 6;

/// Fields of which an origin says nothing about what they hold.
const WHOLE: [&str; 8] = [
    "",
    "/metadata",
    "/metadata/labels",
    "/metadata/annotations",
    "/spec",
    "/data",
    "/spec/template",
    "/spec/template/spec",
];

impl Found {
    pub(crate) fn of(manifest: &Manifest) -> anyhow::Result<Found> {
        let value: Value = serde_json::from_str(&manifest.json)?;
        let mut leaves = Vec::new();
        walk(&value, String::new(), &mut leaves);
        let word = |pointer| value.pointer(pointer).and_then(Value::as_str).unwrap_or("?");
        let name = format!("{}/{}", word("/kind"), word("/metadata/name"));
        let origins = manifest.origins.iter().map(|it| (it.pointer.clone(), it.cause.clone())).collect();
        Ok(Found { name, value, leaves, origins })
    }

    /// The origin that explains a leaf: the nearest at or above it.
    pub(crate) fn nearest(&self, leaf: &str) -> Option<(&str, &Cause)> {
        let mut pointer = leaf;
        loop {
            if let Some((found, cause)) = self.origins.get_key_value(pointer) {
                return Some((found, cause));
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// Leaves that no origin explains, or only one that stands for too much.
    pub(crate) fn uncovered(&self) -> Vec<String> {
        let mut covered: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bare = Vec::new();
        for leaf in &self.leaves {
            match self.nearest(leaf) {
                Some((pointer, _)) if !is_whole(pointer) => *covered.entry(pointer).or_default() += 1,
                _ => bare.push(format!("nothing explains {leaf}")),
            }
        }
        let blankets = covered.into_iter().filter(|(_, count)| *count > MOST);
        bare.extend(blankets.map(|(pointer, count)| format!("{pointer} stands for {count} fields")));
        bare
    }
}

/// A container is as much of a whole as a pod.
fn is_whole(pointer: &str) -> bool {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    WHOLE.contains(&pointer) || parent.ends_with("/containers") || parent.ends_with("/initContainers")
}

fn walk(value: &Value, pointer: String, leaves: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            entries.iter().for_each(|(key, it)| walk(it, format!("{pointer}/{}", escaped(key)), leaves));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, it)| walk(it, format!("{pointer}/{index}"), leaves));
        }
        _ => leaves.push(pointer),
    }
}

#[test]
fn an_origin_for_the_whole_covers_nothing() {
    let manifest = |origins: &[&str]| Manifest {
        json: String::from(r#"{"kind":"A","metadata":{"name":"a"},"spec":{"a":1,"b":{"c":[],"d":2}}}"#),
        origins: origins
            .iter()
            .map(|it| cmp_host::guest::contract::Origin {
                pointer: (*it).to_owned(),
                cause: Cause::Defaulted(String::from("so")),
            })
            .collect(),
    };
    let uncovered = |origins: &[&str]| Found::of(&manifest(origins)).expect("it is JSON").uncovered();
    let all = ["/kind", "/metadata/name", "/spec/a", "/spec/b/c", "/spec/b/d"];
    assert_eq!(uncovered(&["", "/spec", "/metadata"]), all.map(|it| format!("nothing explains {it}")));
    assert!(uncovered(&["", "/kind", "/metadata/name", "/spec/a", "/spec/b"]).is_empty());
    assert_eq!(
        uncovered(&["/kind", "/metadata/name", "/spec/a", "/spec/b/c"]),
        ["nothing explains /spec/b/d"]
    );
}
