//! Manifests that may leave the host: each text parsed strictly, none twice, never none by accident.

mod id;
mod strict_json;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::guest::contract;
use crate::guest::{Budget, Failure};
pub use id::Id;
use strict_json::VALUES;

/// One Kubernetes object, known to say what it is and what it is called.
///
/// It stays a text, since most are only written.
#[derive(Clone, Debug)]
pub struct Manifest {
    json: String,
    tree: OnceLock<Value>,
    id: Id,
    origins: Vec<contract::Origin>,
}

/// Complete manifests in the guest's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifests(Vec<Manifest>);

impl Manifest {
    /// Parses and checks one text.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        Manifest::parse_counting(text.to_owned(), &Cell::new(VALUES), &mut Vec::new())
    }

    /// The buffer is what all manifests of an answer are written into, one after the other.
    fn parse_counting(
        given: String,
        values_left: &Cell<usize>,
        buffer: &mut Vec<u8>,
    ) -> Result<Manifest, ManifestError> {
        let names = strict_json::rewrite(&given, values_left, buffer).map_err(ManifestError::Json)?;
        let id = Id::named(names)?;
        // A guest that writes as we do, such as ours, has made the very text that leaves.
        let json = if *buffer == given.as_bytes() {
            given
        } else {
            String::from_utf8(buffer.clone()).expect("JSON is UTF-8")
        };
        Ok(Manifest { json, tree: OnceLock::new(), id, origins: Vec::new() })
    }

    /// The object in one line, as [`crate::json`] writes it.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// The object as a tree, which is made when it is first asked for; its keys keep the guest's order.
    pub fn value(&self) -> &Value {
        self.tree.get_or_init(|| serde_json::from_str(&self.json).expect("it was written as JSON"))
    }

    /// What tells it apart from others.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Why its fields are what they are, if that was asked for.
    pub fn origins(&self) -> &[contract::Origin] {
        &self.origins
    }
}

/// The tree says nothing that the text does not.
impl PartialEq for Manifest {
    fn eq(&self, other: &Manifest) -> bool {
        (&self.json, &self.id, &self.origins) == (&other.json, &other.id, &other.origins)
    }
}

impl Manifests {
    /// Checks all that a guest gave for one request.
    pub fn check(
        given: Vec<contract::Manifest>,
        allow_empty: bool,
        budget: &Budget,
    ) -> Result<Manifests, ManifestError> {
        if given.is_empty() && !allow_empty {
            return Err(ManifestError::None);
        }
        if given.len() > budget.manifests {
            return Err(ManifestError::TooMany { found: given.len(), limit: budget.manifests });
        }
        let total = given.iter().map(|it| it.json.len()).sum();
        if total > budget.output {
            return Err(ManifestError::TooLarge { size: total, limit: budget.output });
        }
        let origins: usize = given.iter().flat_map(|it| &it.origins).map(weight).sum();
        if origins > VALUES {
            return Err(ManifestError::TooManyOrigins { found: origins });
        }
        let (values_left, mut buffer) = (Cell::new(VALUES), Vec::new());
        let manifests = given.into_iter().enumerate().map(|(index, it)| {
            let checked = check_one(it, budget, &values_left, &mut buffer);
            checked.map_err(|error| ManifestError::In { number: index + 1, error: Box::new(error) })
        });
        let manifests = manifests.collect::<Result<Vec<_>, _>>()?;
        require_unique(&manifests)?;
        Ok(Manifests(manifests))
    }

    /// Refuses all but Argo CD's own objects. Whoever applies what delivers a spec may do more in a cluster than a spec may.
    pub(crate) fn require_delivery(&self) -> Result<(), ManifestError> {
        let mut objects = self.iter().enumerate();
        let Some((index, stranger)) = objects.find(|(_, it)| !it.id.is_delivery()) else { return Ok(()) };
        let error = Box::new(ManifestError::NoDelivery(stranger.id.to_string()));
        Err(ManifestError::In { number: index + 1, error })
    }

    /// In the guest's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Manifest> {
        self.0.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the spec asked for nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An origin, and the places that it names.
fn weight(origin: &contract::Origin) -> usize {
    match &origin.cause {
        contract::Cause::Derived { inputs, .. } => 1 + inputs.len(),
        contract::Cause::Written(_) | contract::Cause::Defaulted(_) => 1,
    }
}

fn check_one(
    given: contract::Manifest,
    budget: &Budget,
    values_left: &Cell<usize>,
    buffer: &mut Vec<u8>,
) -> Result<Manifest, ManifestError> {
    if given.json.len() > budget.manifest {
        return Err(ManifestError::TooLarge { size: given.json.len(), limit: budget.manifest });
    }
    let manifest = Manifest::parse_counting(given.json, values_left, buffer)?;
    Ok(Manifest { origins: given.origins, ..manifest })
}

fn require_unique(manifests: &[Manifest]) -> Result<(), ManifestError> {
    // No order of the map's shows: the first pair in the guest's order is told.
    let mut seen = HashMap::with_capacity(manifests.len());
    for (index, manifest) in manifests.iter().enumerate() {
        if let Some(first) = seen.insert(&manifest.id, index) {
            let id = manifest.id.to_string();
            return Err(ManifestError::Twice { id, first: first + 1, second: index + 1 });
        }
    }
    Ok(())
}

/// Why a guest's manifests may not leave the host.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The text is not JSON, or JSON that readers take in two ways.
    #[error("{0}")]
    Json(#[source] serde_json::Error),
    /// The text is a list, a string, a number.
    #[error("it is not an object")]
    NotAnObject,
    /// What makes an object an object of Kubernetes.
    #[error("it has no text at `{0}`")]
    Missing(&'static str),
    /// Larger than it may be.
    #[error("{size} bytes; {limit} are allowed")]
    TooLarge {
        /// The size in bytes.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// More than there may be.
    #[error("{found} manifests; {limit} are allowed")]
    TooMany {
        /// How many.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// More reasons than there may be values.
    #[error("{found} origins and places; {VALUES} are allowed")]
    TooManyOrigins {
        /// How many.
        found: usize,
    },
    /// Two manifests for one object: the cluster would keep the one that comes last.
    #[error("manifests {first} and {second} are both {id}")]
    Twice {
        /// The object.
        id: String,
        /// The first of the two, counted from 1.
        first: usize,
        /// The second.
        second: usize,
    },
    /// Something else among the objects that deliver a spec.
    #[error(
        "{0} delivers nothing; an AppProject, an Application or an ApplicationSet of argoproj.io is expected"
    )]
    NoDelivery(String),
    /// No manifest at all, which would make Argo CD delete what is running.
    #[error("there are no manifests, and the spec does not ask for none")]
    None,
    /// One of several is wrong.
    #[error("manifest {number}: {error}")]
    In {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        error: Box<ManifestError>,
    },
}

impl From<ManifestError> for Failure {
    fn from(error: ManifestError) -> Failure {
        let is_limit = |it: &ManifestError| {
            matches!(
                it,
                ManifestError::TooLarge { .. }
                    | ManifestError::TooMany { .. }
                    | ManifestError::TooManyOrigins { .. }
            )
        };
        match &error {
            it if is_limit(it) => Failure::OutputLimit(error.to_string()),
            ManifestError::In { error: inner, .. } if is_limit(inner) => {
                Failure::OutputLimit(error.to_string())
            }
            _ => Failure::BadOutput(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(rest: &str) -> String {
        format!(r#"{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"a"}}{rest}}}"#)
    }

    fn given(texts: &[&str]) -> Vec<contract::Manifest> {
        texts.iter().map(|it| contract::Manifest { json: (*it).to_owned(), origins: Vec::new() }).collect()
    }

    fn refusal(texts: &[&str]) -> String {
        Manifests::check(given(texts), false, &Budget::default()).unwrap_err().to_string()
    }

    #[test]
    fn keys_keep_their_order() {
        let text = object(r#","z":1,"a":[1.5,-2,true,null,"x"]"#);
        assert_eq!(Manifest::parse(&text).unwrap().value().to_string(), text);
    }

    #[test]
    fn an_object_says_what_it_is() {
        for text in [
            "[]",
            "1",
            r#"{"kind":"A","metadata":{"name":"a"}}"#,
            r#"{"apiVersion":"v1","kind":"","metadata":{"name":"a"}}"#,
        ] {
            assert!(Manifest::parse(text).is_err(), "{text}");
        }
        assert_eq!(refusal(&["{}"]), "manifest 1: it has no text at `/apiVersion`");
    }

    /// Noted while the text is read, and looked up in a tree: both must find the same, whatever else has those names.
    #[test]
    fn what_an_object_is_called_stands_in_its_own_places() {
        let decoy = r#""kind":"X","apiVersion":"x/1","name":"x","metadata":{"name":"x","namespace":"x"}"#;
        let with = |metadata: &str| object("").replace(r#"{"name":"a"}"#, metadata);
        for text in [
            object(&format!(r#","spec":{{{decoy}}},"list":[{{{decoy}}}],"name":"x""#)),
            with(&format!(r#"{{"labels":{{{decoy}}},"name":"a"}}"#)),
            with(r#"{"n\u0061me":"\u0061","namespace":"b"}"#),
            with(r#"{"name":"a","namespace":null}"#),
            with(r#"{"name":["a"]}"#),
            with(r#"["name","a"]"#),
            object("").replace(r#""Deployment""#, "1"),
            format!("[{}]", object("")),
        ] {
            let tree: Value = serde_json::from_str(&text).unwrap();
            let noted = Manifest::parse(&text).map(|it| it.id).map_err(|it| it.to_string());
            assert_eq!(noted, Id::of(&tree).map_err(|it| it.to_string()), "{text}");
        }
    }

    #[test]
    fn no_object_comes_twice_whatever_its_version() {
        let other = object("").replace("apps/v1", "apps/v1beta1");
        assert_eq!(refusal(&[&object(""), &other]), "manifests 1 and 2 are both Deployment.apps a");
        let elsewhere = object("").replace(r#""name":"a""#, r#""name":"a","namespace":"b""#);
        assert!(Manifests::check(given(&[&object(""), &elsewhere]), false, &Budget::default()).is_ok());
    }

    #[test]
    fn only_argo_cds_own_objects_deliver() {
        let argo = |group: &str, kind: &str| {
            object("").replace("apps", group).replace(r#""Deployment""#, &format!(r#""{kind}""#))
        };
        let check = |text: &str| {
            let given = given(&[&argo("argoproj.io", "AppProject"), text]);
            Manifests::check(given, false, &Budget::default()).unwrap().require_delivery()
        };
        for kind in ["Application", "ApplicationSet"] {
            assert!(check(&argo("argoproj.io", kind)).is_ok(), "{kind}");
        }
        for text in [argo("argoproj.io", "Rollout"), argo("example.com", "Application"), object("")] {
            let error = check(&text).unwrap_err();
            assert!(error.to_string().starts_with("manifest 2: "), "{error}");
            assert_eq!(Failure::from(error).code(), "GUEST_BAD_OUTPUT");
        }
    }

    #[test]
    fn none_only_if_asked_for() {
        assert_eq!(refusal(&[]), "there are no manifests, and the spec does not ask for none");
        assert!(Manifests::check(Vec::new(), true, &Budget::default()).unwrap().is_empty());
    }

    #[test]
    fn no_more_is_explained_than_there_can_be() {
        let inputs = vec![contract::Location::Span(contract::Span { file: 0, start: 0, end: 0 }); VALUES];
        let cause = contract::Cause::Derived { reason: String::from("so"), inputs };
        let origins = vec![contract::Origin { pointer: String::new(), cause }];
        let given = vec![contract::Manifest { json: object(""), origins }];
        let error = Manifests::check(given, false, &Budget::default()).unwrap_err();
        assert_eq!(error.to_string(), "500001 origins and places; 500000 are allowed");
        assert_eq!(Failure::from(error).code(), "GUEST_OUTPUT_LIMIT");
    }

    #[test]
    fn limits_are_failures_of_their_own() {
        let budget = Budget { manifest: 10, ..Budget::default() };
        let error = Manifests::check(given(&[&object("")]), false, &budget).unwrap_err();
        assert_eq!(Failure::from(error).code(), "GUEST_OUTPUT_LIMIT");
    }
}
