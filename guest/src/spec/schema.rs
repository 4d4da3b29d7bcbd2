//! The JSON Schema of the spec, for editors: made from the doc comments of the grammar.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

use crate::catalog::{gpus, models};
use crate::environments::WHOLE;

use super::units::{DataKey, LabelKey, LabelValue, ObjectName};
use super::{Environment, FlagValue, MaxUnavailable, Peer, Spec, Variable};

/// The schema as text, as it is committed and as `describe` answers.
pub fn text() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Spec>();
    let mut root = serde_json::to_value(schema).expect("a schema is JSON");
    let environment = environment(&root);
    root["$defs"]["Environment"] = environment;
    // A file that extends another one may leave to it what every service must say.
    root["if"] = json!({ "not": { "required": ["extends"] } });
    root["then"] = json!({ "required": ["schema", "name"] });
    examples(&mut root);
    without_null(&mut root);
    bounded(&mut root);
    let mut text = serde_json::to_string_pretty(&root).expect("a value is JSON");
    text.push('\n');
    text
}

/// What the catalogs know, for an editor to propose.
fn examples(root: &mut Value) {
    root["$defs"]["Gpu"]["properties"]["product"]["examples"] = gpus::keys().collect();
    root["$defs"]["Model"]["properties"]["id"]["examples"] = models::ids().collect();
}

/// TOML has no null: a key that is not given is not there.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            for (keyword, value) in object.iter_mut() {
                if let Some(choices) =
                    value.as_array_mut().filter(|_| ["type", "anyOf"].contains(&keyword.as_str()))
                {
                    choices.retain(|it| *it != "null" && it["type"] != "null");
                }
                without_null(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// A whole number is one of 32 bits, which schemars says as a format only, and validators do not look at formats.
fn bounded(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("format").is_some_and(|it| it == "uint32") {
                object.remove("format");
                object.entry("maximum").or_insert_with(|| u32::MAX.into());
            }
            object.values_mut().for_each(bounded);
        }
        Value::Array(items) => items.iter_mut().for_each(bounded),
        _ => {}
    }
}

/// An environment takes the keys of the whole file but those that hold for the whole file, and two of its own.
fn environment(root: &Value) -> Value {
    let mut keys = root["properties"].as_object().cloned().unwrap_or_default();
    for whole in WHOLE {
        keys.remove(whole);
    }
    let own = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Own>();
    let own = serde_json::to_value(own).expect("a schema is JSON");
    keys.extend(own["properties"].as_object().cloned().unwrap_or_default());
    json!({ "type": "object", "description": own["description"], "properties": keys, "additionalProperties": false })
}

/// What differs in one environment: the same keys as the file's, and the two below.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
#[derive(Default)]
struct Own {
    /// Another environment that this one starts from.
    inherits: Option<super::units::Label>,
    /// Keys of the base that this environment drops before its own are merged in: `["expose", "gpu.node"]`.
    without: Vec<String>,
}

impl JsonSchema for Environment {
    fn schema_name() -> Cow<'static, str> {
        "Environment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // `text` puts the real one in its place, since it repeats the root.
        json_schema!({ "type": "object" })
    }
}

impl JsonSchema for FlagValue {
    fn schema_name() -> Cow<'static, str> {
        "Any".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A string, a number, true or false, an array or a table.",
            "anyOf": [
                { "type": ["string", "number", "boolean"] },
                { "type": "array", "items": { "$ref": "#/$defs/Any" } },
                { "type": "object", "additionalProperties": { "$ref": "#/$defs/Any" } }
            ]
        })
    }
}

impl JsonSchema for Variable {
    fn schema_name() -> Cow<'static, str> {
        "Variable".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let secret = generator.subschema_for::<ObjectName>();
        let key = generator.subschema_for::<DataKey>();
        json_schema!({
            "description": "A text, or the key of an existing Secret.",
            "anyOf": [
                { "type": "string", "pattern": "^[^\\u0000]*$" },
                {
                    "type": "object",
                    "properties": { "secret": secret, "key": key },
                    "required": ["secret", "key"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for MaxUnavailable {
    fn schema_name() -> Cow<'static, str> {
        "MaxUnavailable".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": u32::MAX },
                { "type": "string", "pattern": "^([1-9][0-9]?|100)%$" }
            ]
        })
    }
}

impl JsonSchema for Peer {
    fn schema_name() -> Cow<'static, str> {
        "Peer".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let labels = generator.subschema_for::<BTreeMap<LabelKey, LabelValue>>();
        let mut names = Map::new();
        names.insert("type".into(), "string".into());
        names.insert(
            "pattern".into(),
            r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?|[0-9.]+/([12]?[0-9]|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/([1-9]?[0-9]|1[01][0-9]|12[0-8]))$"
                .into(),
        );
        json_schema!({ "anyOf": [names, labels] })
    }
}
