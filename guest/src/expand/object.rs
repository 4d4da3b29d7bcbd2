//! One object on its way out: its JSON, and why each field is what it is.

use serde_json::Value;

use crate::contract::{Cause, Manifest, Origin};
use crate::derive::Plan;
use crate::derive::keys::Causes;
use crate::derive::labels::{Component, labels};
use crate::manifest::{Envelope, Kind, Metadata, Pairs};

/// When Argo CD applies an object; it waits for the health of one wave before it begins the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wave {
    /// The identity that a store needs to become healthy.
    Identity = -3,
    /// Where secrets come from.
    Store = -2,
    /// Secrets, without which no pod starts.
    Secret = -1,
    /// What pods are given, and the Job that fills the cache.
    Ground = 0,
    /// The pods.
    Server = 1,
    /// What leads to the pods and watches them.
    Edge = 2,
}

/// An object and its origins.
pub(crate) struct Object {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) wave: Wave,
    pub(crate) json: Value,
    origins: Vec<Origin>,
    causes: Causes,
}

impl Object {
    /// Wraps a body; `cause` says why the object exists at all.
    pub(crate) fn new<K: Kind>(plan: &Plan<'_>, part: Part, body: K, cause: Cause) -> Object {
        let metadata = Metadata {
            name: part.name.clone(),
            namespace: plan.namespace.clone(),
            labels: labels(plan, part.component),
            annotations: annotations(plan, part.wave),
        };
        let envelope = Envelope { api_version: K::API_VERSION, kind: K::KIND, metadata, body };
        let json = serde_json::to_value(envelope).expect("typed objects have nothing that JSON cannot say");
        let object = Object {
            kind: K::KIND,
            name: part.name,
            wave: part.wave,
            json,
            origins: Vec::new(),
            causes: plan.keys.1,
        };
        object
            .because("", cause)
            .because(
                "/metadata/namespace",
                plan.keys.cause("namespace", "one namespace for each service and environment"),
            )
            .because(
                "/metadata/labels",
                plan.keys.rule("the recommended labels, and those of the spec", &["labels"]),
            )
            .because(
                "/metadata/annotations",
                plan.keys.rule("the sync wave, and the spec's annotations", &["annotations"]),
            )
    }

    /// Says why the field at a pointer is what it is. A field that this object does not have needs no cause.
    pub(crate) fn because(mut self, pointer: &str, cause: Cause) -> Object {
        if self.causes == Causes::Told && self.json.pointer(pointer).is_some() {
            self.origins.push(Origin { pointer: pointer.to_owned(), cause });
        }
        self
    }

    /// Says why a field is what it is, where earlier causes of it and of what lies below it no longer hold.
    pub(crate) fn because_instead(&mut self, pointer: &str, cause: Cause) {
        if self.causes == Causes::Silent {
            return;
        }
        let is_below =
            |it: &str| it.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.origins.retain(|it| !is_below(&it.pointer));
        self.origins.push(Origin { pointer: pointer.to_owned(), cause });
    }

    /// Adds a label to the object itself, for a controller that looks for it there.
    pub(crate) fn label(mut self, key: &str, value: &str) -> Object {
        self.json["metadata"]["labels"][key] = value.into();
        self
    }

    /// Adds an annotation; the spec's own of the same key wins.
    pub(crate) fn annotation(mut self, key: &str, value: &str) -> Object {
        let annotations = &mut self.json["metadata"]["annotations"];
        if annotations.get(key).is_none() {
            annotations[key] = value.into();
        }
        self
    }

    /// The finished manifest.
    pub(crate) fn into_manifest(mut self) -> Manifest {
        self.origins.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        let json = serde_json::to_string(&self.json).expect("a value is JSON");
        Manifest { json, origins: self.origins }
    }
}

/// A key as a JSON pointer (RFC 6901) writes it.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// What an object is called, what it belongs to, and when it is applied.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) component: Component,
    pub(crate) wave: Wave,
}

impl Part {
    /// An object of the server.
    pub(crate) fn server(name: impl Into<String>, wave: Wave) -> Part {
        Part { name: name.into(), component: Component::Server, wave }
    }
}

/// The annotation of Argo CD that tells a wave.
const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

fn annotations(plan: &Plan<'_>, wave: Wave) -> Pairs {
    let mut annotations: Pairs =
        plan.spec.annotations.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
    if plan.spec.argo.waves.unwrap_or(true) {
        annotations.insert(SYNC_WAVE.into(), (wave as i32).to_string());
    }
    annotations
}
