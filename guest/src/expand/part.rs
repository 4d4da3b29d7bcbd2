//! What a builder says of an object beside its body.

use crate::contract::Cause;
use crate::derive::labels::Component;
use crate::expand::object::{Wave, escaped};
use crate::expand::why::Why;
use crate::manifest::Metadata;

/// What an object is called, what it belongs to, when it is applied, and what controllers look for on it.
pub(crate) struct Part {
    pub(super) name: String,
    pub(super) component: Component,
    pub(super) wave: Wave,
    pub(super) marks: Vec<Mark>,
}

impl Part {
    pub(crate) fn of(component: Component, name: impl Into<String>, wave: Wave) -> Part {
        Part { name: name.into(), component, wave, marks: Vec::new() }
    }

    /// An object of the server.
    pub(crate) fn server(name: impl Into<String>, wave: Wave) -> Part {
        Part::of(Component::Server, name, wave)
    }

    /// Adds a label to the object itself, for a controller that looks for it there.
    pub(crate) fn label(self, key: &str, value: &str, cause: Cause) -> Part {
        self.mark(Field::Labels, key, value, cause)
    }

    /// Adds an annotation; the spec's own of the same key wins.
    pub(crate) fn annotation(self, key: &str, value: &str, cause: Cause) -> Part {
        self.mark(Field::Annotations, key, value, cause)
    }

    fn mark(mut self, field: Field, key: &str, value: &str, cause: Cause) -> Part {
        self.marks.push(Mark { field, key: key.to_owned(), value: value.to_owned(), cause });
        self
    }
}

/// A label or an annotation of one object.
pub(super) struct Mark {
    field: Field,
    key: String,
    value: String,
    cause: Cause,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Labels,
    Annotations,
}

impl Mark {
    /// Says whether it stands there now.
    pub(super) fn put_on(&self, metadata: &mut Metadata) -> bool {
        let pairs = match self.field {
            Field::Labels => &mut metadata.labels,
            Field::Annotations if metadata.annotations.contains_key(&self.key) => return false,
            Field::Annotations => &mut metadata.annotations,
        };
        pairs.insert(self.key.clone(), self.value.clone());
        true
    }

    pub(super) fn tell(self, why: &mut Why<'_>) {
        let field = if self.field == Field::Labels { "labels" } else { "annotations" };
        why.say(&format!("/{field}/{}", escaped(&self.key)), self.cause);
    }
}
