//! Which field is meant: `/spec/replicas`, `spec.replicas`, `spec.template.spec.containers[server].image`; or its last parts
//! alone, where one field of the object ends so.

use serde_json::Value;

use crate::json::escaped;
use crate::nearest::nearest;
use crate::printable;

/// The pointer of the one field that is meant, or what to write instead.
pub(crate) fn find(object: &Value, written: &str) -> Result<String, String> {
    let missed = match resolve(object, written.trim_start_matches('.')) {
        Ok(pointer) => return Ok(pointer),
        Err(missed) => missed,
    };
    if !written.starts_with('/') && missed.is_at_the_top() {
        let mut found = Vec::new();
        anywhere(object, String::new(), written, &mut found);
        match &found[..] {
            [] => {}
            [one] => return Ok(one.clone()),
            several => return Err(format!("`{}` are several: {}", printable::line(written), list(several))),
        }
    }
    Err(missed.message(written))
}

/// The most fields that are listed; a pod has hundreds.
const LISTED: usize = 12;

fn list(pointers: &[String]) -> String {
    let mut shown: Vec<String> =
        pointers.iter().take(LISTED).map(|it| printable::line(it).into_owned()).collect();
    if pointers.len() > LISTED {
        shown.push(format!("and {} more", pointers.len() - LISTED));
    }
    shown.join(", ")
}

/// Where a path led to before it led nowhere.
struct Missed {
    above: String,
    word: String,
    there: Vec<String>,
}

impl Missed {
    fn is_at_the_top(&self) -> bool {
        self.above.is_empty()
    }

    fn message(&self, written: &str) -> String {
        let shown = printable::line(written);
        let at = |key: &str| format!("{}/{}", self.above, escaped(key));
        if let Some(meant) = nearest(&self.word, self.there.iter().map(String::as_str)) {
            return format!("there is no field `{shown}`; did you mean `{}`?", printable::line(&at(meant)));
        }
        let there: Vec<String> = self.there.iter().map(|it| at(it)).collect();
        match there.is_empty() {
            true => {
                format!("there is no field `{shown}`: nothing lies below `{}`", printable::line(&self.above))
            }
            false => format!("there is no field `{shown}`; there are {}", list(&there)),
        }
    }
}

/// A pointer as RFC 6901 has it, or dotted keys.
fn resolve(object: &Value, written: &str) -> Result<String, Missed> {
    let mut value = object;
    let mut pointer = String::new();
    let mut rest = written;
    while !rest.is_empty() {
        let step = if written.starts_with('/') { pointer_step(value, rest) } else { step(value, rest) };
        let Some((key, length)) = step else { return Err(missed(value, pointer, rest)) };
        value = child(value, &key).expect("a step leads to what is there");
        pointer = format!("{pointer}/{}", escaped(&key));
        rest = &rest[length..];
    }
    Ok(pointer)
}

fn missed(value: &Value, above: String, rest: &str) -> Missed {
    let word = rest.trim_start_matches(['/', '.', '[']);
    let word = word.split(['/', '.', '[', ']']).next().unwrap_or_default().to_owned();
    let there = match value {
        Value::Object(entries) => entries.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|it| it.to_string()).collect(),
        _ => Vec::new(),
    };
    Missed { above, word, there }
}

/// The key or the number of an item that comes next, and how much of the text names it.
fn pointer_step(value: &Value, rest: &str) -> Option<(String, usize)> {
    let word = rest.strip_prefix('/')?.split('/').next()?;
    let key = word.replace("~1", "/").replace("~0", "~");
    child(value, &key).map(|_| (key, word.len() + 1))
}

/// The same for dotted keys. Labels hold dots, so the longest key that fits is the one that is meant.
fn step(value: &Value, rest: &str) -> Option<(String, usize)> {
    let dot = usize::from(rest.starts_with('.'));
    let text = &rest[dot..];
    if let Some(inner) = text.strip_prefix('[') {
        let word = inner.split(']').next()?;
        let is_closed = inner[word.len()..].starts_with(']');
        let key = item(value, word.trim_matches(['"', '\'']))?;
        return is_closed.then(|| (key, dot + word.len() + 2));
    }
    let ends = |it: &&str| text[it.len()..].is_empty() || text[it.len()..].starts_with(['.', '[']);
    match value {
        Value::Object(entries) => {
            let fitting = entries.keys().map(String::as_str).filter(|it| text.starts_with(it)).filter(ends);
            let key = fitting.max_by_key(|it| it.len())?;
            Some((key.to_owned(), dot + key.len()))
        }
        _ => {
            let word = text.split(['.', '[']).next()?;
            item(value, word).map(|it| (it, dot + word.len()))
        }
    }
}

/// What a word in brackets names: an item by its number or by its name, or a key.
fn item(value: &Value, word: &str) -> Option<String> {
    if child(value, word).is_some() {
        return Some(word.to_owned());
    }
    let index = value.as_array()?.iter().position(|it| it["name"] == *word)?;
    Some(index.to_string())
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(entries) => entries.get(key),
        // Neither `+1` nor `01`, which no pointer knows.
        Value::Array(items) => {
            key.parse().ok().filter(|it: &usize| it.to_string() == key).and_then(|it| items.get(it))
        }
        _ => None,
    }
}

/// Every field below which the path leads to something; nothing is looked for below one that is found.
fn anywhere(value: &Value, pointer: String, written: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(entries) => entries.iter().map(|(key, it)| (escaped(key), it)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect(),
        _ => Vec::new(),
    };
    if let Ok(below) = resolve(value, written) {
        found.push(format!("{pointer}{below}"));
        return;
    }
    children.into_iter().for_each(|(key, it)| anywhere(it, format!("{pointer}/{key}"), written, found));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(written: &str) -> Result<String, String> {
        let object = json!({
            "metadata": { "labels": { "app.kubernetes.io/name": "a", "app": "b" } },
            "spec": {
                "replicas": 2,
                "containers": [{ "name": "server", "image": "i" }, { "name": "proxy", "image": "j" }],
            },
        });
        find(&object, written)
    }

    #[test]
    fn a_field_is_written_in_several_ways() {
        for (written, pointer) in [
            ("/spec/replicas", "/spec/replicas"),
            ("spec.replicas", "/spec/replicas"),
            (".spec.replicas", "/spec/replicas"),
            ("replicas", "/spec/replicas"),
            ("spec.containers[1].image", "/spec/containers/1/image"),
            ("spec.containers.1", "/spec/containers/1"),
            ("containers[server].image", "/spec/containers/0/image"),
            ("metadata.labels.app.kubernetes.io/name", "/metadata/labels/app.kubernetes.io~1name"),
            ("metadata.labels[\"app.kubernetes.io/name\"]", "/metadata/labels/app.kubernetes.io~1name"),
            ("/metadata/labels/app.kubernetes.io~1name", "/metadata/labels/app.kubernetes.io~1name"),
        ] {
            assert_eq!(found(written), Ok(pointer.to_owned()), "{written}");
        }
    }

    #[test]
    fn a_field_that_is_not_there_is_told_with_what_was_meant() {
        for (written, message) in [
            ("spec.replicsa", "there is no field `spec.replicsa`; did you mean `/spec/replicas`?"),
            ("image", "`image` are several: /spec/containers/0/image, /spec/containers/1/image"),
            (
                "spec.containers[2]",
                "there is no field `spec.containers[2]`; did you mean `/spec/containers/0`?",
            ),
            ("/spec/replicas/x", "there is no field `/spec/replicas/x`: nothing lies below `/spec/replicas`"),
            ("zzzzzz\u{1b}", "there is no field `zzzzzz\\u{1b}`; there are /metadata, /spec"),
        ] {
            assert_eq!(found(written), Err(message.to_owned()), "{written}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        for written in
            ["[", "]", "[[", "a[", "spec.", "spec..replicas", "spec[", "ä", "/~", "spec.ä[", "[\"", "'"]
        {
            drop(found(written));
        }
    }
}
