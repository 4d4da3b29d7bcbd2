//! Any texts as the manifests of a guest: refused, or written so that a reader finds in them what was checked.

use cmp_host::guest::contract::Manifest as Given;
use cmp_host::guest::{Budget, Failure};
use cmp_host::manifest::{Manifest, Manifests};
use cmp_host::{json, render, yaml};
use serde_json::Value;

use super::{chunks, shown};

/// Each part is a manifest.
pub(crate) fn look(bytes: &[u8]) {
    let texts = chunks::texts(bytes).into_iter().enumerate();
    let given = texts.map(|(index, it)| Given { json: manifest(index, it), origins: Vec::new() });
    match Manifests::check(given.collect(), false, &Budget::default()) {
        Ok(manifests) => require_the_same(&manifests),
        Err(error) => shown::require_harmless(&render::failure(&Failure::from(error))),
    }
}

/// What does not begin as an object becomes a text of one: so the writers meet texts that hardly ever are in an object.
fn manifest(index: usize, part: String) -> String {
    if part.starts_with('{') {
        return part;
    }
    let (key, text) = part.split_once('=').unwrap_or(("text", &part));
    let object = serde_json::json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": index.to_string()},
        "data": {key: text},
    });
    object.to_string()
}

fn require_the_same(manifests: &Manifests) {
    let lines = json::stream(manifests);
    assert_eq!(lines.lines().count(), manifests.len(), "{lines}");
    for (manifest, line) in manifests.iter().zip(lines.lines()) {
        assert_eq!(&Manifest::parse(line).expect("what was written can be read"), manifest, "{line}");
        let document = yaml::document(manifest);
        let read = serde_yaml::from_str::<Value>(&document);
        assert_eq!(
            &read.unwrap_or_else(|error| panic!("{error}:\n{document}")),
            manifest.value(),
            "{document}"
        );
    }
}
