//! Takes values out of YAML, and keeps a list of all that Argo CD would not take.

use crate::guest::contract::{Location, Problem, Span};
use crate::problem::problem;
use crate::yaml::read::{Node, NotYaml, Value};

/// The code of what Argo CD would refuse.
pub(crate) const CODE: &str = "SG035";

/// Reads one file.
pub(crate) struct Reader {
    /// Its place in the list of files.
    pub(crate) file: u32,
    pub(crate) problems: Vec<Problem>,
}

impl Reader {
    pub(crate) fn new(file: u32) -> Reader {
        Reader { file, problems: Vec::new() }
    }

    /// Where a value stands.
    pub(crate) fn at(&self, node: &Node) -> Location {
        let offset = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Location::Span(Span { file: self.file, start: offset(node.at.start), end: offset(node.at.end) })
    }

    /// The entries of a map that say something: a null is what a merge patch takes away, and what is taken away leaves
    /// everything as it was. What Argo CD's readers take in two ways is refused: a key that comes twice, and one in another
    /// case, which Go takes for the same and a merge patch for another.
    pub(crate) fn entries<'n>(
        &mut self,
        place: &str,
        node: &'n Node,
        known: &[&str],
    ) -> Vec<(&'n str, &'n Node)> {
        let Value::Map(entries) = &node.value else {
            self.mistyped(place, node, "a map");
            return Vec::new();
        };
        let mut found: Vec<(&str, &Node)> = Vec::new();
        for (node, value) in entries {
            let Some(key) = node.text() else {
                let of = if place.is_empty() { String::from("the file") } else { format!("`{place}`") };
                let message = format!("a key of {of} is {}; Argo CD takes a string", node.type_name());
                self.refuse(node, message, "put it between quotes");
                continue;
            };
            if let Some(meant) = known.iter().find(|it| **it != key && it.eq_ignore_ascii_case(key)) {
                let message = format!("`{}` is not `{meant}`", path(place, key));
                self.refuse(node, message, format!("write `{meant}`"));
            }
            if found.iter().any(|it| it.0 == key) {
                self.refuse(node, format!("`{}` is there twice", path(place, key)), "keep one of the two");
            }
            found.push((key, value));
        }
        found.retain(|it| !it.1.is_null());
        found
    }

    pub(crate) fn items<'n>(&mut self, place: &str, node: &'n Node) -> &'n [Node] {
        if let Value::List(items) = &node.value {
            return items;
        }
        self.mistyped(place, node, "a list");
        &[]
    }

    /// Replaces a string, if one is there.
    pub(crate) fn text(&mut self, place: &str, node: &Node, into: &mut String) {
        match node.text() {
            Some(text) => text.clone_into(into),
            None => self.mistyped(place, node, "a string"),
        }
    }

    pub(crate) fn mistyped(&mut self, place: &str, node: &Node, expected: &str) {
        let name = if place.is_empty() { String::from("the file") } else { format!("`{place}`") };
        let message = format!("{name} is {}; Argo CD takes {expected}", node.type_name());
        let help = match (expected, &node.value) {
            ("a string", Value::Boolean(_) | Value::Number) => String::from("put it between quotes"),
            _ => format!("write {expected}"),
        };
        self.refuse(node, message, help);
    }

    /// The file is no YAML.
    pub(crate) fn unreadable(&mut self, error: &NotYaml) {
        let node = Node { value: Value::Null, at: error.at.clone() };
        self.refuse(
            &node,
            format!("this is not YAML: {}", error.message),
            "mend the line; the rest is read then",
        );
    }

    /// Argo CD takes no file without a map for a patch.
    pub(crate) fn empty(&mut self) {
        let node = Node { value: Value::Null, at: 0..0 };
        self.refuse(&node, String::from("the file is empty"), "remove it, or write `{}`");
    }

    pub(crate) fn refuse(&mut self, node: &Node, message: String, help: impl Into<String>) {
        let at = self.at(node);
        self.problems.push(problem(CODE, message).at(Some(at)).help(help));
    }
}

/// The path of a key, as people write it; the top of a file has none.
pub(crate) fn path(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}
