//! `init --ci github`: the workflows of `deploy/github`, with what the spec says of itself in the place of the examples.
//!
//! Only lines of a workflow's own `env:` are filled in, so that the templates are workflows already, and are tested as such.

use std::path::PathBuf;

use crate::cli::Place;
use crate::commands::{self, question};
use crate::config::{self, Config};
use crate::guest::contract::Setting;
use crate::parameters::Given;
use crate::problem::{Rejection, problem};
use crate::question::Question;
use crate::stop::Stop;

const FOLDER: &str = ".github/workflows";
/// A file name, and what stands there.
const TEMPLATES: [(&str, &str); 3] = [
    ("delivery.yaml", include_str!("../../../../deploy/github/delivery.yaml")),
    ("preview.yaml", include_str!("../../../../deploy/github/preview.yaml")),
    ("promote.yaml", include_str!("../../../../deploy/github/promote.yaml")),
];

/// What the workflows need to know of a spec.
struct Facts {
    /// From the repository's root.
    folder: String,
    spec: String,
    image: Option<String>,
    version: Option<String>,
    environments: Vec<String>,
}

/// The files that would be written.
pub(crate) fn paths(place: &Place) -> Result<Vec<PathBuf>, Stop> {
    let root = commands::find_root(place)?.root;
    let folder = root.join(FOLDER);
    // A link would lead the files to where nobody looks for them.
    let mut ways = folder.ancestors().take_while(|it| *it != root);
    if let Some(link) = ways.find(|it| it.is_symlink()) {
        return Err(Stop::Usage(format!("`{}` is a link; put a folder there", link.display())));
    }
    Ok(TEMPLATES.iter().map(|(name, _)| folder.join(name)).collect())
}

/// Writes the workflows for the spec of a folder.
pub(crate) fn write(config: &Config, place: &Place, paths: &[PathBuf]) -> Result<(), Stop> {
    let facts = facts(config, place)?;
    for (path, (_, template)) in paths.iter().zip(TEMPLATES) {
        super::write(path, &facts.fill(template))?;
    }
    Ok(())
}

fn facts(config: &Config, place: &Place) -> Result<Facts, Stop> {
    let Question { guest, files, budget, .. } = question::ask(config, place, &Given::default())?;
    let environments = match guest.environments(&files, &budget)? {
        Ok(environments) => environments,
        Err(problems) => return Err(Rejection { files, problems }.into()),
    };
    let Some(first) = environments.first() else {
        return Err(commands::rejected(
            problem("SG030", "the spec has no environments, and workflows deliver to them")
                .help("add `[env.dev]` to it"),
        ));
    };
    let settings = match guest.settings(&files, Some(first), &budget)? {
        Ok(settings) => settings,
        Err(problems) => return Err(Rejection { files, problems }.into()),
    };
    let setting =
        |it: Setting| settings.iter().find(|found| found.setting == it).and_then(|it| it.value.clone());
    let path = files.first().map(|it| it.path.as_str()).unwrap_or_default();
    // GitHub evaluates it wherever it stands, and YAML has no other way to write a control character that all readers take.
    if path.contains("${{") || path.chars().any(crate::printable::steers) {
        return Err(Stop::Usage(String::from(
            "the spec's folder has a name that a workflow cannot hold; rename it",
        )));
    }
    let (folder, spec) = path.rsplit_once('/').unwrap_or((".", path));
    Ok(Facts {
        folder: folder.to_owned(),
        spec: spec.to_owned(),
        image: setting(Setting::ImageRepository),
        version: setting(Setting::ImageVersion)
            .or_else(|| setting(Setting::ImageTag).map(|it| release(&it).to_owned())),
        environments,
    })
}

impl Facts {
    fn fill(&self, template: &str) -> String {
        // First, so that nothing is replaced in what is filled in.
        let template = template.replace(config::SPEC, &self.spec);
        template.lines().map(|line| self.line(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
    }

    /// `  KEY: value` as it is for this spec.
    fn line(&self, line: &str) -> Option<String> {
        let (key, _) = line.strip_prefix("  ")?.split_once(": ")?;
        // A text of JSON is one of YAML, whatever is in it.
        Some(format!("  {key}: {}", serde_json::Value::from(self.value(key)?)))
    }

    fn value(&self, key: &str) -> Option<String> {
        match key {
            "SPEC" => Some(self.folder.clone()),
            "IMAGE" => self.image.clone(),
            "REGISTRY" => self.image.as_deref().map(registry),
            "VERSION" => self.version.clone(),
            "FIRST" => self.environments.first().cloned(),
            "PROMOTIONS" => {
                let pairs = self.environments.windows(2).map(|it| it.join(":"));
                Some(pairs.collect::<Vec<_>>().join(" "))
            }
            _ => None,
        }
    }
}

/// The release that a tag begins with: `0.5.23` of `v0.5.23-rocm700`. If a tag begins with something else, the guest refuses that
/// as a version, and says so.
fn release(tag: &str) -> &str {
    let release = tag.split('-').next().unwrap_or_default();
    release.strip_prefix('v').unwrap_or(release)
}

/// The host in an image's name, as Docker finds it.
fn registry(image: &str) -> String {
    let first = image.split('/').next().unwrap_or_default();
    let is_host = image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    String::from(if is_host { first } else { "docker.io" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_in_the_name() {
        for (image, expected) in [
            ("lmsysorg/sglang", "docker.io"),
            ("sglang", "docker.io"),
            ("sglang.internal", "docker.io"),
            ("ghcr.io/acme/sglang", "ghcr.io"),
            ("localhost:5000/sglang", "localhost:5000"),
            ("localhost/sglang", "localhost"),
        ] {
            assert_eq!(registry(image), expected, "{image}");
        }
    }

    #[test]
    fn the_release_begins_the_tag() {
        for (tag, expected) in [
            ("v0.5.23", "0.5.23"),
            ("v0.5.23-rocm700-mi30x", "0.5.23"),
            ("0.5.23", "0.5.23"),
            ("team", "team"),
        ] {
            assert_eq!(release(tag), expected, "{tag}");
        }
    }

    /// Whatever begins a workflow's own `env:` is filled in, and nothing else is touched.
    #[test]
    fn every_example_is_replaced() {
        let facts = Facts {
            folder: "a \"b\" # c".into(),
            spec: "app.toml".into(),
            image: Some("ghcr.io/acme/sglang".into()),
            version: Some("0.6.1".into()),
            environments: ["one", "two", "three"].map(String::from).into(),
        };
        for (name, template) in TEMPLATES {
            let filled = facts.fill(template);
            for example in
                ["services/chat", "registry.example.com", "0.5.23", "FIRST: dev", "staging", "sglang.toml"]
            {
                assert!(!filled.contains(example), "{name} still has {example}");
            }
            let n_changed = template.lines().zip(filled.lines()).filter(|(one, other)| one != other).count();
            assert!(n_changed < 12 && template.lines().count() == filled.lines().count(), "{name}");
        }
        let filled = facts.fill(TEMPLATES[2].1);
        assert!(filled.contains("\n  SPEC: \"a \\\"b\\\" # c\"\n  # From which"), "{filled}");
        assert!(filled.contains("\n  PROMOTIONS: \"one:two two:three\"\n"), "{filled}");
    }
}
