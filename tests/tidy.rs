//! What no compiler checks: the invariants of ARCHITECTURE.md, and habits that keep the code readable.
//!
//! All of it reads text and asks no tool, so that `make check` is quick.

mod support {
    pub(crate) mod code;
    pub(crate) mod project;
}

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use support::{code, project};

/// A file of Rust: its path from the project's root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines of code, with their numbers: no comments, and no unit tests.
    fn code(&self) -> impl Iterator<Item = (usize, String)> {
        code::lines(&self.text).into_iter().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// A file may declare its tests at its top, and code goes on behind a `//` in a text.
#[test]
fn code_is_told_from_comments_and_tests() {
    let text = r###"#[cfg(test)]
mod tests;
use a::b; // use c::d;
let it = ("https://e", '"', 'f', '\'', "\"//g", r#""//"h"#, 'i'); // "j"
/* k
"l */ let m = 'n: loop {};
#[cfg(test)]
mod tests {
    fn o() {}
}
fn p() {}"###;
    let expected = [
        "#[cfg(test)]",
        "mod tests;",
        "use a::b; ",
        r###"let it = ("https://e", '"', 'f', '\'', "\"//g", r#""//"h"#, 'i'); "###,
        "",
        " let m = 'n: loop {};",
        "",
        "",
        "",
        "",
        "fn p() {}",
    ];
    assert_eq!(code::lines(text), expected);
}

/// Only these files may name a crate; a path that ends in `/` is a folder.
#[test]
fn each_large_crate_has_its_place() {
    let places: [(&str, &[&str]); 12] = [
        ("wasmtime", &["host/src/guest/"]),
        ("serde_yaml", &["host/src/yaml.rs", "host/src/yaml/"]),
        // The script for a shell is made from the whole command line.
        (
            "clap",
            &["host/src/cli.rs", "host/src/cli/", "host/src/main.rs", "host/src/commands/completions.rs"],
        ),
        ("clap_complete", &["host/src/cli.rs", "host/src/commands/completions.rs"]),
        ("annotate_snippets", &["host/src/render.rs"]),
        ("cap_std", &["host/src/tree/", "host/src/guest/cache.rs"]),
        ("gix", &["host/src/git/"]),
        ("toml_edit", &["host/src/edit/"]),
        ("tokio", &["host/src/server/"]),
        ("tonic", &["host/src/server/"]),
        ("hyper", &["host/src/server/"]),
        ("h2", &["host/src/server/"]),
    ];
    for (name, allowed) in places {
        let outside = sources(&["host/src"])
            .into_iter()
            .filter(|it| !allowed.iter().any(|place| it.path.starts_with(place)));
        refuse(
            outside,
            |line| words(line).any(|it| it == name),
            &format!("`{name}` has its place in {allowed:?}"),
        );
    }
}

#[test]
fn the_road_knows_no_door() {
    let road = sources(&["host/src"]).into_iter().filter(|it| it.path == "host/src/generate.rs");
    let doors =
        ["cli", "commands", "server", "tree", "env", "fs", "time", "stdout", "stderr", "tonic", "tokio"];
    refuse(
        road,
        |line| words(line).any(|it| doors.contains(&it)),
        "generate.rs knows neither doors nor the world outside",
    );
}

#[test]
fn the_doors_do_not_know_each_other() {
    refuse(
        sources(&["host/src/server"]),
        |line| words(line).any(|it| it == "commands" || it == "cli"),
        "the server has nothing of the command line; what both need stands beside them",
    );
}

#[test]
fn host_and_guest_do_not_depend_on_each_other() {
    let host = dependencies("host/Cargo.toml");
    assert!(
        !host.contains("cmp-guest"),
        "the host knows the guest as bytes: cmp-guest belongs into [dev-dependencies]"
    );
    let guest = dependencies("guest/Cargo.toml");
    for name in ["cmp-host", "wasmtime", "tokio", "tonic", "clap", "cap-std"] {
        assert!(!guest.contains(name), "the guest depends on {name}");
    }
}

#[test]
fn unsafe_code_stands_in_three_files() {
    let allowed = ["host/src/guest/code.rs", "guest/src/component.rs", "guest/src/heap.rs"];
    let others = sources(&["host/src", "host/build.rs", "guest/src", "tests", "fuzz"]);
    let others =
        others.into_iter().filter(|it| !allowed.contains(&it.path.as_str()) && it.path != "tests/tidy.rs");
    refuse(others, |line| words(line).any(|it| it == "unsafe"), "unsafe code has its place");
}

/// The guest's answer depends on its arguments alone.
#[test]
fn the_guest_reaches_for_nothing() {
    let reaching =
        ["std::env", "std::fs", "std::net", "std::time", "std::process", "std::thread", "HashMap", "HashSet"];
    refuse(
        sources(&["guest/src"]),
        |line| reaching.iter().any(|it| line.contains(it)),
        "the guest is a pure function",
    );
}

#[test]
fn nothing_is_left_undone() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("dbg", "!"),
        concat!("unimplemented", "!"),
    ];
    for source in everything() {
        let line = source.text.lines().position(|line| marks.iter().any(|it| line.contains(it)));
        assert!(line.is_none(), "{}:{} is not finished", source.path, line.unwrap_or_default() + 1);
    }
}

#[test]
fn every_file_says_what_it_is() {
    for source in everything() {
        assert!(source.text.starts_with("//! "), "{} does not start with `//!`", source.path);
        let n_lines = source.text.lines().count();
        assert!(n_lines <= 400, "{} has {n_lines} lines: it holds more than one idea", source.path);
        let name = Path::new(&source.path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let vague = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];
        assert!(!vague.contains(&name.as_str()), "{} has a name that says nothing", source.path);
    }
}

#[test]
fn every_case_expects_something() {
    for case in list(&project::path("tests/cases")).into_iter().filter(|it| it.is_dir()) {
        let names: Vec<String> = list(&case).iter().map(|it| file_name(it)).collect();
        let expects = |stem: &str| names.iter().any(|it| it.starts_with(stem));
        assert!(
            expects("manifests.") || expects("delivery.") || expects("diagnostics."),
            "{} expects nothing; `make bless`",
            case.display()
        );
    }
}

/// A code that nobody can look up helps nobody, and a message that no test shows was never read.
#[test]
fn every_code_is_documented_and_shown() {
    let docs = texts("docs", "md");
    // What Argo CD's variables say stands in no case's folder.
    let shown = texts("tests/cases", "txt")
        + &texts("tests/applications", "txt")
        + &texts("tests/cli", "rs")
        + &texts("tests/cli", "txt")
        + &texts("tests/edits", "rs");
    let codes = codes(&sources(&["guest/src", "host/src"]));
    let undocumented: Vec<&String> = codes.iter().filter(|it| !docs.contains(it.as_str())).collect();
    assert!(undocumented.is_empty(), "docs/ does not mention {undocumented:?}");
    let unseen: Vec<&String> = codes.iter().filter(|it| !shown.contains(it.as_str())).collect();
    assert!(unseen.is_empty(), "no case shows {unseen:?}");
}

/// The codes that problems are made with.
fn codes(sources: &[Source]) -> BTreeSet<String> {
    let code = sources.iter().flat_map(Source::code);
    let quoted =
        code.flat_map(|(_, line)| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    let is_code =
        |it: &String| it.len() == 5 && it.starts_with("SG") && it[2..].bytes().all(|it| it.is_ascii_digit());
    quoted.filter(is_code).collect()
}

fn refuse(sources: impl IntoIterator<Item = Source>, is_wrong: impl Fn(&str) -> bool, why: &str) {
    for source in sources {
        let found = source.code().find(|(_, line)| is_wrong(line));
        assert!(found.is_none(), "{}:{}: {why}", source.path, found.map_or(0, |it| it.0));
    }
}

/// What stands between `[dependencies]` and the next table.
fn dependencies(manifest: &str) -> String {
    let text = read(&project::path(manifest));
    let (_, rest) = text.split_once("\n[dependencies]\n").expect("a crate has dependencies");
    rest.split("\n[").next().unwrap_or_default().to_owned()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|it: char| !it.is_alphanumeric() && it != '_')
}

fn everything() -> Vec<Source> {
    let all = sources(&["host/src", "host/build.rs", "host/benches", "guest/src", "tests", "fuzz"]);
    // Another test compares what is generated.
    all.into_iter().filter(|it| !it.text.starts_with("// This file is @generated")).collect()
}

/// Every Rust file below these places.
fn sources(places: &[&str]) -> Vec<Source> {
    let paths = places.iter().flat_map(|it| files(&project::path(it), "rs"));
    paths.map(|path| Source { text: read(&path), path: relative(&path) }).collect()
}

fn texts(folder: &str, extension: &str) -> String {
    files(&project::path(folder), extension).iter().map(|it| read(it)).collect()
}

fn files(path: &Path, extension: &str) -> Vec<PathBuf> {
    if path.is_dir() {
        return list(path).iter().flat_map(|it| files(it, extension)).collect();
    }
    let wanted = path.is_file() && path.extension().is_some_and(|it| it == extension);
    if wanted { vec![path.to_owned()] } else { Vec::new() }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("a folder can be listed").path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(project::path("")).unwrap_or(path).to_string_lossy().into_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
