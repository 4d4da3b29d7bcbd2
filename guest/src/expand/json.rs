//! The JSON of an object: a text, until somebody looks into it.

mod writer;

use serde::Serialize;
use serde_json::Value;

/// Most objects leave as the text that they were written to. A tree is made of those alone that are patched or explained: to
/// make it of all took a third of an expansion.
pub(crate) struct Json {
    text: String,
    tree: Option<Value>,
}

impl Json {
    /// Writes a typed object.
    pub(crate) fn of(object: &impl Serialize) -> Json {
        Json { text: text(object), tree: None }
    }

    /// The tree, to look at or to change.
    pub(crate) fn tree(&mut self) -> &mut Value {
        let text = &self.text;
        self.tree.get_or_insert_with(|| serde_json::from_str(text).expect("it was written as JSON"))
    }

    /// The text that leaves the guest.
    pub(crate) fn into_text(self) -> String {
        self.tree.map_or(self.text, |it| it.to_string())
    }
}

/// A typed value as JSON.
pub(crate) fn text(value: &impl Serialize) -> String {
    writer::text(value).expect("typed objects have nothing that JSON cannot say")
}
