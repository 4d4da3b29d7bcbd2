//! One object on its way out: its JSON, and why each field is what it is.

use serde_json::Value;

use crate::contract::{Cause, Manifest, Origin};
use crate::derive::Plan;
use crate::derive::keys::{Causes, Keys};
use crate::derive::labels::labels;
use crate::expand::json::Json;
use crate::expand::metadata;
use crate::expand::part::{Mark, Part};
use crate::expand::why::{Origins, Why};
use crate::manifest::{Envelope, Kind, Metadata, Pairs};
use crate::path::is_within;

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
    json: Json,
    origins: Origins,
    causes: Causes,
}

impl Object {
    /// Wraps a body; `cause` says why the object exists at all.
    pub(crate) fn new<K: Kind>(plan: &Plan<'_>, part: Part, body: K, cause: Cause) -> Object {
        let Part { name, component, wave, marks } = part;
        let is_plain = name == plan.name;
        let mut metadata = Metadata {
            name,
            namespace: plan.namespace.clone(),
            labels: labels(plan, component),
            annotations: annotations(plan, wave),
            finalizers: Vec::new(),
        };
        let marks: Vec<Mark> = marks.into_iter().filter(|it| it.put_on(&mut metadata)).collect();
        Object::with(metadata, wave, body, cause, plan.keys).explained(plan, |why| {
            why.below("/metadata", |why| {
                metadata_causes(plan, wave, is_plain, why);
                marks.into_iter().for_each(|it| it.tell(why));
            });
        })
    }

    /// Wraps a body that comes with its metadata.
    pub(crate) fn with<K: Kind>(
        metadata: Metadata,
        wave: Wave,
        body: K,
        cause: Cause,
        keys: Keys<'_>,
    ) -> Object {
        let name = metadata.name.clone();
        let envelope = Envelope { api_version: K::API_VERSION, kind: K::KIND, metadata, body };
        let json = Json::of(&envelope);
        let object = Object { kind: K::KIND, name, wave, json, origins: Origins::new(), causes: keys.1 };
        object.told(keys, |why| {
            why.say("", cause);
            why.fixed("/apiVersion", "the version in which clusters serve the kind");
            why.fixed("/kind", "what the object is");
        })
    }

    /// Says why the object's fields are what they are, if anybody will read it.
    pub(crate) fn explained(self, plan: &Plan<'_>, tell: impl FnOnce(&mut Why<'_>)) -> Object {
        self.told(plan.keys, tell)
    }

    /// The same, by the keys of a spec that was read for something else. `tell` is not even called for nobody.
    pub(crate) fn told(mut self, keys: Keys<'_>, tell: impl FnOnce(&mut Why<'_>)) -> Object {
        if self.causes == Causes::Told {
            tell(&mut Why::of(keys, self.json.tree(), &mut self.origins));
        }
        self
    }

    /// The object, to look at or to change.
    pub(crate) fn tree(&mut self) -> &mut Value {
        self.json.tree()
    }

    /// Takes back what was said of a field and of all below it, since it is another one now.
    pub(crate) fn forget(&mut self, pointer: &str) {
        self.origins.retain(|it, _| !is_within(it, pointer));
    }

    /// Says why a field of a finished object is what it is.
    pub(crate) fn because(&mut self, pointer: String, cause: Cause) {
        if self.causes == Causes::Told {
            self.origins.insert(pointer, cause);
        }
    }

    /// The finished manifest.
    pub(crate) fn into_manifest(self) -> Manifest {
        let origins = self.origins.into_iter().map(|(pointer, cause)| Origin { pointer, cause });
        Manifest { json: self.json.into_text(), origins: origins.collect() }
    }
}

fn metadata_causes(plan: &Plan<'_>, wave: Wave, is_plain: bool, why: &mut Why<'_>) {
    match is_plain {
        true => why.key("/name", "name", ""),
        false => why.rule("/name", "the service's name, and what the object is to it", &["name"]),
    }
    why.say("/namespace", namespace_cause(plan));
    why.below("/labels", |why| metadata::labels(plan, why));
    why.below("/annotations", |why| metadata::annotations(plan, wave, why));
}

fn namespace_cause(plan: &Plan<'_>) -> Cause {
    let keys = plan.keys;
    if plan.spec.namespace.as_ref().is_some_and(|it| it.as_str() == plan.namespace) {
        return keys.cause("namespace", "");
    }
    let reason = match (keys.has("namespace"), plan.environment) {
        (true, _) => "the spec's pattern, with the service and the environment put in",
        (false, Some(_)) => "one namespace for each service and environment",
        (false, None) => "one namespace for each service",
    };
    keys.rule(reason, &["namespace", "name"])
}

/// A key as a JSON pointer (RFC 6901) writes it.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
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
