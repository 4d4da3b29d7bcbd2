//! Objects of a file: rendered by somebody, or as a cluster has them.
//!
//! A live object has more than anybody wrote: what the API server and Argo CD add, and the defaults of every field that was
//! left out. Of such an object only that is compared which our manifest has, or which was applied the last time and is not in
//! our manifest any more. An object that was merely rendered is compared as a whole.

use serde_json::{Map, Value};

use super::{Given, Object, Sameness, objects};
use crate::manifest::{Id, Manifest};
use crate::yaml;

/// The objects of a file.
#[derive(Debug)]
pub(crate) struct File {
    objects: Vec<(Id, Value)>,
}

/// Why a file has none.
#[derive(Debug, PartialEq)]
pub(crate) enum NotManifests {
    /// It is neither YAML nor JSON, from this byte on.
    Unreadable { at: usize, message: String },
    /// A document is no object of Kubernetes.
    Other { message: String },
}

/// What `kubectl apply` remembers.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Annotations that others than the author write.
const ANNOTATIONS: [&str; 3] =
    [APPLIED, "argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id"];
/// The label that Argo CD writes over whatever stands there, to know its objects by.
const LABEL: &str = "app.kubernetes.io/instance";
/// What the API server writes into an object's metadata.
const OF_SERVER: [&str; 6] =
    ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"];

impl File {
    /// Reads YAML or JSON of any number of documents; a `List` stands for its items.
    pub(crate) fn parse(text: &str) -> Result<File, NotManifests> {
        let documents = yaml::values::documents(text);
        let documents =
            documents.map_err(|it| NotManifests::Unreadable { at: it.at.start, message: it.message })?;
        let documents: Vec<Value> = documents.into_iter().filter(|it| !it.is_null()).collect();
        // A cluster that has nothing says so with an empty list. What says nothing at all is a pipe that broke.
        if documents.is_empty() {
            return Err(NotManifests::Other { message: String::from("there is nothing in it") });
        }
        let mut objects = Vec::new();
        for (index, document) in documents.into_iter().enumerate() {
            for object in items(document) {
                let id = Id::of(&object).map_err(|error| NotManifests::Other {
                    message: format!("document {} is no object of Kubernetes: {error}", index + 1),
                })?;
                objects.push((id, object));
            }
        }
        Ok(File { objects })
    }

    /// Compares what is there with what would be. What a controller made of another object is nobody's manifest.
    pub(crate) fn compare<'a>(&self, after: impl Iterator<Item = &'a Manifest>) -> Vec<Object> {
        let mut left: Vec<&(Id, Value)> = self.objects.iter().filter(|it| !is_owned(&it.1)).collect();
        let (mut before, mut new) = (Vec::new(), Vec::new());
        for manifest in after {
            let (id, ours) = (manifest.id(), manifest.value().clone());
            let Some(place) = partner(&left, id) else {
                new.push((id.clone(), ours));
                continue;
            };
            // Under one name on both sides, so that a namespace that only the cluster knows tells nothing apart.
            let (there, ours) = comparable(&left.remove(place).1, ours);
            before.push((id.clone(), there));
            new.push((id.clone(), ours));
        }
        before.extend(left.into_iter().map(|(id, value)| (id.clone(), plain(value.clone()))));
        objects(&given(&before), &given(&new), Sameness::Meaning)
    }
}

fn given(objects: &[(Id, Value)]) -> Vec<Given<'_>> {
    objects.iter().map(|(id, value)| Given { id, value }).collect()
}

fn items(document: Value) -> Vec<Value> {
    let is_list = document.get("kind").and_then(Value::as_str).is_some_and(|it| it.ends_with("List"));
    match document {
        Value::Object(mut list) if is_list && list.get("items").is_some_and(Value::is_array) => {
            match list.remove("items") {
                Some(Value::Array(items)) => items.into_iter().flat_map(self::items).collect(),
                _ => Vec::new(),
            }
        }
        other => vec![other],
    }
}

fn is_owned(object: &Value) -> bool {
    object.pointer("/metadata/ownerReferences").and_then(Value::as_array).is_some_and(|it| !it.is_empty())
}

fn is_live(object: &Value) -> bool {
    ["/metadata/uid", "/metadata/resourceVersion"].iter().any(|it| object.pointer(it).is_some())
}

/// The same object; where one of the two names no namespace, the only one of that kind and name.
fn partner(there: &[&(Id, Value)], id: &Id) -> Option<usize> {
    there.iter().position(|it| it.0 == *id).or_else(|| {
        let is_like = |it: &Id| {
            (&it.group, &it.kind, &it.name) == (&id.group, &id.kind, &id.name)
                && (it.namespace.is_none() || id.namespace.is_none())
        };
        let mut like = there.iter().enumerate().filter(|it| is_like(&it.1.0));
        like.next().filter(|_| like.next().is_none()).map(|it| it.0)
    })
}

/// What of an object and of ours is compared.
fn comparable(there: &Value, ours: Value) -> (Value, Value) {
    if !is_live(there) {
        return (plain(there.clone()), plain(ours));
    }
    let applied = there.pointer("/metadata/annotations").and_then(|it| it.get(APPLIED));
    let applied = applied.and_then(Value::as_str).and_then(|it| serde_json::from_str(it).ok()).map(untracked);
    let ours = untracked(plain(ours));
    (written(untracked(plain(there.clone())), Some(&ours), applied.as_ref()), ours)
}

/// Takes away what nobody wrote.
fn plain(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.shift_remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        OF_SERVER.iter().for_each(|it| drop(metadata.shift_remove(*it)));
    }
    without(object, "annotations", &ANNOTATIONS)
}

fn untracked(object: Value) -> Value {
    without(object, "labels", &[LABEL])
}

/// Takes entries of a map of the metadata away, and the map if nothing is left of it.
fn without(mut object: Value, map: &str, keys: &[&str]) -> Value {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return object };
    let Some(entries) = metadata.get_mut(map).and_then(Value::as_object_mut) else { return object };
    let before = entries.len();
    entries.retain(|key, _| !keys.contains(&key.as_str()));
    if entries.is_empty() && before > 0 {
        metadata.shift_remove(map);
    }
    object
}

/// Of what is there, that which our manifest has or the one that was applied before it had.
fn written(there: Value, ours: Option<&Value>, applied: Option<&Value>) -> Value {
    match there {
        Value::Object(entries) => {
            let of = |from: Option<&Value>, key: &str| from.and_then(|it| it.get(key)).cloned();
            let mut kept = Map::new();
            for (key, value) in entries {
                let (ours, applied) = (of(ours, &key), of(applied, &key));
                if ours.is_some() || applied.is_some() {
                    kept.insert(key, written(value, ours.as_ref(), applied.as_ref()));
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(list(items, ours, applied)),
        other => other,
    }
}

/// Items with names are looked up by them; what somebody else has put between ours stays out. Lists without names are the
/// cluster's as a whole: what somebody added to an item, a namespace that may call, is a difference, and the defaults that a
/// server writes into such items stand in our manifests already.
fn list(items: Vec<Value>, ours: Option<&Value>, applied: Option<&Value>) -> Vec<Value> {
    let name = |it: &Value| it.get("name").filter(|it| it.is_string()).cloned();
    if !items.iter().all(|it| name(it).is_some()) {
        return items;
    }
    let by_name = |from: Option<&Value>, item: &Value| {
        let wanted = name(item)?;
        from?.as_array()?.iter().find(|it| name(it).as_ref() == Some(&wanted)).cloned()
    };
    let mut kept = Vec::new();
    for item in items {
        let [ours, applied] = [ours, applied].map(|from| by_name(from, &item));
        if ours.is_some() || applied.is_some() {
            kept.push(written(item, ours.as_ref(), applied.as_ref()));
        }
    }
    kept
}
