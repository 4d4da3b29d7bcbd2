//! `docs/spec.md`: the grammar as a page for people, made from the same JSON Schema that editors read.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The page as it is committed.
pub fn page() -> String {
    let schema: Value = serde_json::from_str(&super::schema::text()).expect("the schema is JSON");
    let mut page = String::from(INTRODUCTION);
    section(&mut page, &schema, "", &schema);
    page
}

const INTRODUCTION: &str = "\
# `sglang.toml`

Every key, with its meaning and its default. This page is generated from the grammar's own comments
(`make bless` writes it, a test keeps it fresh); `cmp-host schema` prints the same as a JSON Schema for editors.

A file holds what is common to all environments, and a table `[env.NAME]` for each of them with what differs. Layers are
merged in this order, later ones win: the operator's defaults, the file that `extends` names, this file, the environments
that `inherits` names, the environment itself, parameters. Tables are merged key by key; anything else is replaced.
What is derived (parallelism, memory, probes, the size of the cache) is computed after the merge.
";

/// Writes a table of keys, then one section for each key that is a table itself.
fn section(page: &mut String, root: &Value, path: &str, schema: &Value) {
    let Some(keys) = schema["properties"].as_object() else { return };
    let title = if path.is_empty() { "At the top".to_owned() } else { format!("`[{path}]`") };
    let _ = write!(page, "\n## {title}\n\n");
    if !path.is_empty() {
        let _ = writeln!(page, "{}\n", words(schema));
    }
    let _ = write!(page, "| Key | Value | Meaning |\n|---|---|---|\n");
    for (key, value) in keys {
        let target = resolve(root, value);
        let _ = writeln!(
            page,
            "| `{key}` | {} | {} |",
            kind(root, value),
            words(if value["description"].is_null() { target } else { value })
        );
    }
    for (key, value) in keys {
        nested(page, root, &join(path, key), value);
    }
}

fn nested(page: &mut String, root: &Value, path: &str, value: &Value) {
    let target = resolve(root, value);
    // An environment repeats the whole grammar.
    if path == "env" || target["properties"].is_object() {
        return if path == "env" { environments(page, root) } else { section(page, root, path, target) };
    }
    if let Some(entries) =
        entries(target).map(|it| resolve(root, it)).filter(|it| it["properties"].is_object())
    {
        section(page, root, &format!("{path}.NAME"), entries);
    }
}

fn environments(page: &mut String, root: &Value) {
    let keys = &root["$defs"]["Environment"]["properties"];
    let _ = write!(
        page,
        "\n## `[env.NAME]`\n\n{}\n\n| Key | Value | Meaning |\n|---|---|---|\n",
        words(&root["$defs"]["Environment"])
    );
    for key in ["inherits", "without"] {
        let _ = writeln!(page, "| `{key}` | {} | {} |", kind(root, &keys[key]), words(&keys[key]));
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Follows a reference, also one that stands as the only choice left.
fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let only = value["anyOf"].as_array().filter(|it| it.len() == 1).map(|it| &it[0]);
    let value = only.unwrap_or(value);
    match value["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
        Some(name) => &root["$defs"][name],
        None => value,
    }
}

/// What the entries of a table with free keys look like.
fn entries(schema: &Value) -> Option<&Value> {
    let patterns =
        schema["patternProperties"].as_object().and_then(|it: &Map<String, Value>| it.values().next());
    patterns.or_else(|| Some(&schema["additionalProperties"]).filter(|it| it.is_object()))
}

fn kind(root: &Value, value: &Value) -> String {
    let target = resolve(root, value);
    if let Some(words) = choices(target) {
        return words;
    }
    let name = target["type"].as_str().or_else(|| target["type"][0].as_str()).unwrap_or_default();
    match name {
        "object" if target["properties"].is_object() => "table".into(),
        "object" => entries(target)
            .map_or_else(|| "table".into(), |it| format!("table of {}", plural(&kind(root, it)))),
        "array" => format!("array of {}", plural(&kind(root, &target["items"]))),
        "integer" => "whole number".into(),
        "boolean" => "true or false".into(),
        _ if !target["anyOf"].is_null() => "several".into(),
        other => other.to_owned(),
    }
}

fn plural(kind: &str) -> String {
    match kind {
        "several" => "values".into(),
        "whole number" | "string" | "number" | "table" => format!("{kind}s"),
        other => other.to_owned(),
    }
}

/// The words that an enumeration takes.
fn choices(schema: &Value) -> Option<String> {
    let constants = schema["oneOf"]
        .as_array()
        .map(|it| it.iter().filter_map(|it| it["const"].as_str()).collect::<Vec<_>>());
    let words = constants
        .or_else(|| schema["enum"].as_array().map(|it| it.iter().filter_map(Value::as_str).collect()))?;
    Some(words.iter().map(|it| format!("`\"{it}\"`")).collect::<Vec<_>>().join(", "))
}

fn words(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}
