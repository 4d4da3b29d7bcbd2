//! What an object is called.

use std::fmt;

use serde_json::Value;

use super::ManifestError;

/// What tells objects of one cluster apart. The version of a group does not: the API server converts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The API group; empty for the core.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace, if the manifest names one.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// What an object says of itself; what is no text counts as an empty one.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) is_object: bool,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

impl Id {
    /// What an object says of itself.
    pub(crate) fn of(value: &Value) -> Result<Id, ManifestError> {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let metadata = &value["metadata"];
        Id::named(Names {
            is_object: value.is_object(),
            version: text(&value["apiVersion"]),
            kind: text(&value["kind"]),
            namespace: metadata.get("namespace").map(text),
            name: text(&metadata["name"]),
        })
    }

    /// Whether it is an object by which Argo CD delivers others.
    pub(super) fn is_delivery(&self) -> bool {
        self.group == "argoproj.io"
            && matches!(self.kind.as_str(), "AppProject" | "Application" | "ApplicationSet")
    }

    /// Fails where one is missing.
    pub(super) fn named(it: Names) -> Result<Id, ManifestError> {
        let required = |it: String, pointer| {
            if it.is_empty() { Err(ManifestError::Missing(pointer)) } else { Ok(it) }
        };
        if !it.is_object {
            return Err(ManifestError::NotAnObject);
        }
        let version = required(it.version, "/apiVersion")?;
        let namespace = it.namespace.map(|it| required(it, "/metadata/namespace")).transpose()?;
        Ok(Id {
            group: version.rsplit_once('/').map_or_else(String::new, |(group, _)| group.to_owned()),
            kind: required(it.kind, "/kind")?,
            namespace,
            name: required(it.name, "/metadata/name")?,
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.kind)?;
        if !self.group.is_empty() {
            write!(formatter, ".{}", self.group)?;
        }
        write!(formatter, " {}", self.name)?;
        self.namespace.iter().try_for_each(|it| write!(formatter, " in {it}"))
    }
}
