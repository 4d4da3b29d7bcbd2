//! Compares two lists. Items with names are matched by them, as the cluster does; others by what they have in common.

use std::collections::HashMap;

use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fields::Comparison;
use super::path::{At, is_plain};

/// What tells items apart where all of them have it and no two the same: containers and volumes, mounts, ports, tolerations.
const NAMES: [&str; 4] = ["name", "mountPath", "containerPort", "key"];
/// Beyond so many items no best match is looked for: it takes the square of what differs.
const MOST: usize = 5_000;

pub(super) fn compare(comparison: &mut Comparison, at: &At, before: &[Value], after: &[Value]) {
    if before == after {
        return;
    }
    if let Some(name) = NAMES.into_iter().find(|it| tells_apart(it, before) && tells_apart(it, after)) {
        return by_name(comparison, at, name, before, after);
    }
    let is_leaf = |it: &Value| !it.is_object() && !it.is_array();
    // Arguments are read one after the other; they are shown as a whole, with the lines that differ.
    if before.iter().chain(after).all(is_leaf) || before.len() + after.len() > MOST {
        return comparison.found(at, Some(&before.into()), Some(&after.into()));
    }
    by_content(comparison, at, before, after);
}

fn tells_apart(name: &str, items: &[Value]) -> bool {
    let mut seen = std::collections::HashSet::new();
    items.iter().all(|it| label(name, it).is_some_and(|it| seen.insert(it)))
}

/// A list's item as its path has it: `[sglang]`, `[mountPath="/dev/shm"]`.
fn label(name: &str, item: &Value) -> Option<String> {
    let value = item.as_object()?.get(name)?;
    let value = match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(_) | Value::Number(_) => value.to_string(),
        _ => return None,
    };
    Some(if name == "name" { value } else { format!("{name}={value}") })
}

fn by_name(comparison: &mut Comparison, at: &At, name: &str, before: &[Value], after: &[Value]) {
    let labels = |items: &[Value]| items.iter().filter_map(|it| label(name, it)).collect::<Vec<_>>();
    let (old, new) = (labels(before), labels(after));
    let places = |labels: &[String]| -> HashMap<String, usize> {
        labels.iter().enumerate().map(|(index, it)| (it.clone(), index)).collect()
    };
    let (old_places, new_places) = (places(&old), places(&new));
    for (index, label) in new.iter().enumerate() {
        let at = at.item(label, index);
        match old_places.get(label) {
            Some(place) => comparison.values(&at, &before[*place], &after[index]),
            None => comparison.found(&at, None, Some(&after[index])),
        }
    }
    for (index, label) in old.iter().enumerate().filter(|it| !new_places.contains_key(it.1)) {
        comparison.found(&at.item(label, index), Some(&before[index]), None);
    }
    let old: Vec<&String> = old.iter().filter(|it| new_places.contains_key(*it)).collect();
    let new: Vec<&String> = new.iter().filter(|it| old_places.contains_key(*it)).collect();
    if old != new {
        let (old, new) =
            (Value::from_iter(old.into_iter().cloned()), Value::from_iter(new.into_iter().cloned()));
        comparison.found(&at.order(), Some(&old), Some(&new));
    }
}

fn by_content(comparison: &mut Comparison, at: &At, before: &[Value], after: &[Value]) {
    let texts = |items: &[Value]| items.iter().map(Value::to_string).collect::<Vec<_>>();
    for operation in capture_diff_slices(Algorithm::Myers, &texts(before), &texts(after)) {
        let (old, new) = match operation {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, .. } => (old_index..old_index + old_len, 0..0),
            DiffOp::Insert { new_index, new_len, .. } => (0..0, new_index..new_index + new_len),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (old_index..old_index + old_len, new_index..new_index + new_len)
            }
        };
        // What stands at the same place of a stretch that differs is taken for the same item.
        for (old, new) in old.clone().zip(new.clone()) {
            comparison.values(&at.item(&new.to_string(), new), &before[old], &after[new]);
        }
        for new in new.clone().skip(old.len()) {
            comparison.found(&at.item(&new.to_string(), new), None, Some(&after[new]));
        }
        for old in old.skip(new.len()) {
            comparison.found(&at.item(&old.to_string(), old), Some(&before[old]), None);
        }
    }
}
