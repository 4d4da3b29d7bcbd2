//! A guest that expands a spec of a name, an image and replicas into a Deployment and a Service.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

wit_bindgen::generate!({ path: "wit", world: "guest" });
use exports::cmp_host::expander::expander::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    name: String,
    image: String,
    #[serde(default)]
    env: BTreeMap<String, Environment>,
    /// The host's own keys, which it has read already.
    #[serde(default, rename = "guest")]
    _guest: IgnoredAny,
    #[serde(default, rename = "limits")]
    _limits: IgnoredAny,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Environment {
    #[serde(default = "one")]
    replicas: u32,
}

fn one() -> u32 {
    1
}

struct App;
export!(App);

impl Guest for App {
    fn describe() -> GuestInfo {
        GuestInfo {
            name: "app".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            schema: include_str!("../schema.json").into(),
            parameters: vec![],
        }
    }

    fn inputs(_files: Vec<File>) -> Result<Vec<Input>, Vec<Problem>> {
        Ok(vec![])
    }

    fn environments(files: Vec<File>) -> Result<Vec<String>, Vec<Problem>> {
        Ok(parse(&files)?.env.into_keys().collect())
    }

    fn settings(files: Vec<File>, environment: Option<String>) -> Result<Vec<SettingValue>, Vec<Problem>> {
        let (name, Environment { replicas }) = choose(&parse(&files)?, environment)?;
        // Without environments there is no key that could be edited.
        let value = |name: String| SettingValue {
            setting: Setting::Replicas,
            value: Some(replicas.to_string()),
            key: format!("env.{}.replicas", quote(&name)),
        };
        Ok(name.map(value).into_iter().collect())
    }

    fn init(answers: Vec<(String, String)>) -> Result<String, Vec<Problem>> {
        match answers.as_slice() {
            [(key, name)] if key == "name" && is_name(name) => {
                Ok(format!("name = \"{name}\"\nimage = \"registry.example.com/{name}:1.0.0\"\n"))
            }
            _ => Err(problem("APP004", "a first spec needs `name`, in lower case, and nothing else", None)),
        }
    }

    fn expand(request: Request) -> Result<Expansion, Vec<Problem>> {
        let spec = parse(&request.files)?;
        if !request.parameters.is_empty() || matches!(request.output, Output::Delivery(_)) {
            return Err(problem("APP003", "this guest knows no parameters, and writes no delivery objects", None));
        }
        let (_, environment) = choose(&spec, request.environment)?;
        Ok(expansion(&spec, environment.replicas))
    }
}

fn choose(spec: &Spec, name: Option<String>) -> Result<(Option<String>, Environment), Vec<Problem>> {
    let name = match (name, spec.env.len()) {
        (None, 0) => return Ok((None, Environment { replicas: one() })),
        (None, 1) => spec.env.keys().next().cloned().unwrap_or_default(),
        (name, _) => name.unwrap_or_default(),
    };
    match spec.env.get(&name) {
        Some(environment) => Ok((Some(name), environment.clone())),
        None => Err(problem("APP002", &format!("there is no environment `{name}`"), None)),
    }
}

/// An error of the TOML reader has a place, and a message that names the key: all that a problem needs.
fn parse(files: &[File]) -> Result<Spec, Vec<Problem>> {
    let at = |start: usize, end: usize| Location::Span(Span { file: 0, start: start as u32, end: end as u32 });
    let spec: Spec = toml::from_str(&files[0].text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        problem("APP001", error.message(), Some(at(span.start, span.end)))
    })?;
    if !is_name(&spec.name) {
        let key = Location::Key(Key { file: 0, path: "name".into() });
        return Err(problem("APP001", "a name has lower-case letters, digits and `-`", Some(key)));
    }
    if let Some(name) = spec.env.keys().find(|it| !is_name(it)) {
        let key = Location::Key(Key { file: 0, path: format!("env.{}", quote(name)) });
        let message = "an environment's name has lower-case letters, digits and `-`";
        return Err(problem("APP001", message, Some(key)));
    }
    Ok(spec)
}

/// As TOML writes it: unlike JSON it takes no U+007F.
fn quote(key: &str) -> String {
    json!(key).to_string().replace('\u{7f}', "\\u007f")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

fn expansion(Spec { name, image, .. }: &Spec, replicas: u32) -> Expansion {
    let labels = json!({ "app.kubernetes.io/name": name });
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": replicas, "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "app", "image": image, "ports": [{ "name": "http", "containerPort": 8080 }] }] },
            },
        },
    });
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "labels": labels },
        "spec": { "selector": labels, "ports": [{ "name": "http", "port": 80, "targetPort": "http" }] },
    });
    let manifests = [deployment, service].into_iter().map(|it| Manifest { json: it.to_string(), origins: vec![] });
    Expansion { manifests: manifests.collect(), allow_empty: false, warnings: vec![] }
}

fn problem(code: &str, message: &str, at: Option<Location>) -> Vec<Problem> {
    let (code, message) = (code.into(), message.into());
    vec![Problem { severity: Severity::Error, code, message, at, secret: false, help: None, related: vec![] }]
}
