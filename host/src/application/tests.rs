//! `tests/applications` holds Applications, the files that override them, and the variables that Argo CD's own code makes of
//! the two. Here is whether ours makes the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::tree::DiskTree;

const PARAMETERS: &str = "ARGOCD_APP_PARAMETERS";
/// Argo CD takes these; `tests/cli/application.rs` says why we do not.
const STRICTER: [&str; 2] = ["keys-in-another-case", "keys-that-come-twice"];

#[test]
fn variables_are_those_of_argo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/applications");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let is_stricter = STRICTER.iter().any(|it| folder.ends_with(it));
        let expected = match is_stricter {
            true => String::from("refused\n"),
            false => fs::read_to_string(folder.join("variables.txt")).unwrap(),
        };
        assert_eq!(comparable(&ours(&folder)), comparable(&expected), "{}", folder.display());
    }
}

fn ours(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("application.yaml")).unwrap();
    let file = File { path: String::from("application.yaml"), text };
    match Passed::of(file, &DiskTree::open(folder).unwrap()) {
        Ok(passed) => passed.variables.lines().collect(),
        Err(_) => String::from("refused\n"),
    }
}

/// Go escapes what HTML might not like, and writes a list that nobody made as null: to a plugin both mean the same.
fn comparable(variables: &str) -> Vec<(String, Value)> {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let parsed = match (name, value) {
            (PARAMETERS, "null") => Value::Array(Vec::new()),
            (PARAMETERS, json) => serde_json::from_str(json).unwrap(),
            (_, text) => text.into(),
        };
        (name.to_owned(), parsed)
    };
    variables.lines().map(pair).collect()
}
