//! File names for manifests: `deployment-llama`, and longer only where two would be the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Id, Manifests};

/// One name for each manifest, without an extension, no two alike even where case does not count.
pub(crate) fn of(manifests: &Manifests) -> Vec<String> {
    let ids: Vec<&Id> = manifests.iter().map(|it| it.id()).collect();
    let mut names: Vec<String> = ids.iter().map(|it| safe(&[&it.kind, &it.name])).collect();
    let longer: [fn(&Id) -> String; 2] = [
        |it| safe(&[&it.kind, &it.name, it.namespace.as_deref().unwrap_or("")]),
        |it| safe(&[&it.kind, &it.name, it.namespace.as_deref().unwrap_or(""), &it.group]),
    ];
    for name in longer {
        lengthen(&mut names, &ids, name);
    }
    number(&mut names);
    names
}

fn lengthen(names: &mut [String], ids: &[&Id], name: fn(&Id) -> String) {
    let twice = counts(names);
    for (it, id) in names.iter_mut().zip(ids) {
        if twice.get(it).is_some_and(|it| *it > 1) {
            *it = name(id);
        }
    }
}

/// What is still alike differs only in characters that no file name may have.
fn number(names: &mut [String]) {
    let mut free: BTreeSet<String> = names.iter().cloned().collect();
    let mut given = BTreeSet::new();
    for name in names {
        if !free.remove(name) {
            *name = numbered(name, |it| !free.contains(it) && !given.contains(it));
        }
        given.insert(name.clone());
    }
}

/// The name with the first number that nobody has, nor will have.
fn numbered(name: &str, is_free: impl Fn(&String) -> bool) -> String {
    (2..).map(|n: u64| format!("{name}-{n}")).find(is_free).expect("numbers do not end")
}

fn counts(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

/// Names of objects may hold `:`; a foreign guest's may hold anything, `../` included.
fn safe(parts: &[&str]) -> String {
    let character = |it: char| if it.is_ascii_alphanumeric() || matches!(it, '.' | '-') { it } else { '-' };
    let part = |it: &&str| it.chars().map(character).collect::<String>().to_ascii_lowercase();
    let mut name = parts.iter().filter(|it| !it.is_empty()).map(part).collect::<Vec<_>>().join("-");
    // The usual limit of a file name is 255 bytes; extension, number and process id want some of it.
    name.truncate(200);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Budget;
    use crate::guest::contract::Manifest;

    fn names(ids: &[(&str, &str, &str, &str)]) -> Vec<String> {
        let given = ids.iter().map(|(version, kind, name, namespace)| Manifest {
            json: serde_json::json!({
                "apiVersion": version, "kind": kind, "metadata": { "name": name, "namespace": namespace },
            })
            .to_string(),
            origins: Vec::new(),
        });
        of(&Manifests::check(given.collect(), false, &Budget::default()).unwrap())
    }

    #[test]
    fn names_are_short_until_they_collide() {
        assert_eq!(
            names(&[("v1", "Service", "a", "x"), ("v1", "ConfigMap", "a", "x")]),
            ["service-a", "configmap-a"]
        );
        assert_eq!(
            names(&[("v1", "Service", "a", "x"), ("v1", "Service", "a", "y")]),
            ["service-a-x", "service-a-y"]
        );
        let groups = [("v1", "Service", "a", "x"), ("serving.knative.dev/v1", "Service", "a", "x")];
        assert_eq!(names(&groups), ["service-a-x", "service-a-x-serving.knative.dev"]);
    }

    #[test]
    fn no_name_leaves_the_folder() {
        assert_eq!(
            names(&[("v1", "A", "../b:c", "x"), ("v1", "A", "..-b-c", "x")]),
            ["a-..-b-c-x", "a-..-b-c-x-2"]
        );
    }

    #[test]
    fn a_number_is_not_somebody_elses_name() {
        assert_eq!(
            names(&[("v1", "K", "a:b", "x"), ("v1", "K", "a-b", "x"), ("v1", "K", "a-b-x-2", "x")]),
            ["k-a-b-x", "k-a-b-x-3", "k-a-b-x-2"]
        );
        assert_eq!(
            names(&[("v1", "K", "a-b-x-2", "x"), ("v1", "K", "a:b", "x"), ("v1", "K", "a-b", "x")]),
            ["k-a-b-x-2", "k-a-b-x", "k-a-b-x-3"]
        );
    }
}
