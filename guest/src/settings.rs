//! The values that verbs of the host may edit: what is in force in one environment, and where its own would stand.

use crate::contract::{File, Problem, Setting, SettingValue};
use crate::merge::{self, Merged};
use crate::tree::{Node, Value};

/// Each setting, and its key in any layer of the spec.
const KEYS: [(Setting, &str); 5] = [
    (Setting::ImageRepository, "image.repo"),
    (Setting::ImageTag, "image.tag"),
    (Setting::ImageDigest, "image.digest"),
    (Setting::ImageVersion, "image.version"),
    (Setting::Replicas, "replicas"),
];

/// Says what the settings are in one environment.
pub fn settings(files: &[File], environment: Option<&str>) -> Result<Vec<SettingValue>, Vec<Problem>> {
    let merged = merge::merge(files, environment, &[]);
    let Merged { tree, environment, problems } = merged.map_err(|it| of_verbs(environment, it))?;
    if !problems.is_empty() {
        return Err(problems);
    }
    let value = |(setting, key): (Setting, &str)| SettingValue {
        setting,
        value: tree.find(key).and_then(text),
        key: key_of(environment.as_deref(), key),
    };
    Ok(KEYS.map(value).into())
}

/// Verbs ask for settings, and Argo CD never does: there is no parameter that could choose.
fn of_verbs(environment: Option<&str>, mut problems: Vec<Problem>) -> Vec<Problem> {
    let unchosen = problems.iter_mut().filter(|it| it.code == "SG020" && environment.is_none());
    unchosen.for_each(|it| it.help = Some("say `--env NAME`".into()));
    problems
}

/// An environment's name is a label, so no part of the key needs quotes.
fn key_of(environment: Option<&str>, key: &str) -> String {
    environment.map_or_else(|| key.to_owned(), |it| format!("env.{it}.{key}"))
}

fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = r#"
replicas = 2
[image]
tag = "v0.5.23"
[env.dev]
[env.prod.image]
repo = "registry.example.com/sglang"
digest = "sha256:0123"
version = "0.5.22"
[env.prod-eu]
inherits = "prod"
replicas = 3
"#;

    fn values(environment: &str) -> Vec<(String, Option<String>)> {
        let file = File { path: String::from("sglang.toml"), text: String::from(SPEC) };
        let values = settings(&[file], Some(environment)).unwrap();
        values.into_iter().map(|it| (it.key, it.value)).collect()
    }

    fn expected(environment: &str, values: [Option<&str>; 5]) -> Vec<(String, Option<String>)> {
        let keys = ["image.repo", "image.tag", "image.digest", "image.version", "replicas"];
        let all = keys.into_iter().zip(values);
        all.map(|(key, value)| (format!("env.{environment}.{key}"), value.map(String::from))).collect()
    }

    #[test]
    fn values_come_from_every_layer_and_keys_name_the_environment() {
        assert_eq!(values("dev"), expected("dev", [None, Some("v0.5.23"), None, None, Some("2")]));
        let own = Some("registry.example.com/sglang");
        assert_eq!(
            values("prod"),
            expected("prod", [own, None, Some("sha256:0123"), Some("0.5.22"), Some("2")])
        );
        assert_eq!(
            values("prod-eu"),
            expected("prod-eu", [own, None, Some("sha256:0123"), Some("0.5.22"), Some("3")])
        );
    }

    #[test]
    fn several_environments_are_told_apart_by_a_flag() {
        let file = File { path: String::from("sglang.toml"), text: String::from(SPEC) };
        let problems = settings(&[file], None).unwrap_err();
        assert_eq!(problems[0].help.as_deref(), Some("say `--env NAME`"));
    }

    #[test]
    fn without_environments_the_keys_are_the_files() {
        let file = File { path: String::from("sglang.toml"), text: String::from("replicas = 1") };
        let keys: Vec<String> = settings(&[file], None).unwrap().into_iter().map(|it| it.key).collect();
        assert_eq!(keys, ["image.repo", "image.tag", "image.digest", "image.version", "replicas"]);
    }
}
