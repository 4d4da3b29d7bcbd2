//! What must hold for any text whatever: the guest never panics, points only into its files, and gives manifests that are
//! JSON; and what says nothing in TOML changes nothing in the manifests.
//!
//! Every run draws the same numbers: a test that fails for one person fails for all.

mod support {
    pub(crate) mod project;
}
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod drawn;
    pub(crate) mod spec;
}

use std::fs;

use cmp_guest::contract::{Expansion, File, Output, Problem, Request};
use fuzzed::drawn::{edited, edits};
use fuzzed::{drawn, spec};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use support::project;

const CASES: u32 = 3_000;
/// Pieces that change what a TOML reader is in the middle of.
const PIECES: [&[u8]; 16] = [
    b"\"",
    b"'''",
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b".",
    b"\n",
    b"#",
    b"\\",
    b"\xe2\x80\xae",
    b"nan",
    b"[[env]]",
    b"[env.prod]\n",
    b"extends = \"x\"\n",
];

/// Values of every type, and of every size that a reader of numbers may stumble over.
const VALUES: [&str; 16] = [
    "0",
    "-1",
    "1",
    "8",
    "9223372036854775807",
    "1e308",
    "0.5",
    "true",
    "\"\"",
    "\"on\"",
    "\"\\u0000\\n---\\n\"",
    "\"../../x\"",
    "[]",
    "[1, \"a\"]",
    "{}",
    "1979-05-27",
];

/// The examples that stand alone, by name.
fn specs() -> Vec<String> {
    let mut folders: Vec<_> = fs::read_dir(project::path("examples"))
        .expect("there are examples")
        .map(|it| it.expect("examples can be listed").path().join("sglang.toml"))
        .filter(|it| it.exists())
        .collect();
    folders.sort();
    assert!(folders.len() >= 5, "{folders:?}");
    folders.iter().map(|it| fs::read_to_string(it).expect("an example can be read")).collect()
}

fn expand(text: &str) -> Result<Expansion, Vec<Problem>> {
    let files = vec![File { path: "sglang.toml".into(), text: text.into() }];
    cmp_guest::expand(&Request {
        files,
        environment: Some("prod".into()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: true,
    })
}

fn manifests(text: &str) -> Vec<String> {
    let expansion = expand(text).expect("an example is right");
    expansion.manifests.into_iter().map(|it| it.json).collect()
}

fn run<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> TestCaseResult) {
    drawn::run(CASES, strategy, test);
}

#[test]
fn a_text_that_was_tampered_with_gets_an_answer() {
    let specs = specs();
    run(&(0..specs.len(), edits()), |(spec, edits)| {
        spec::look(&edited(specs[spec].as_bytes(), &edits, &PIECES));
        Ok(())
    });
}

/// The text stays TOML, so that what comes after the parser is met, too.
#[test]
fn values_that_nobody_meant_get_an_answer() {
    let specs = specs();
    let values = prop::collection::vec((any::<prop::sample::Index>(), 0..VALUES.len()), 1..4);
    run(&(0..specs.len(), values), |(spec, values)| {
        let mut lines: Vec<String> = specs[spec].lines().map(str::to_owned).collect();
        for (at, value) in values {
            let line = at.get_mut(&mut lines);
            if let Some((key, _)) = line.split_once(" = ") {
                *line = format!("{key} = {}", VALUES[value]);
            }
        }
        spec::look(lines.join("\n").as_bytes());
        Ok(())
    });
}

/// What TOML does not care for, put at the ends of some lines.
#[test]
fn comments_spaces_and_line_ends_say_nothing() {
    let specs = specs();
    let expected: Vec<Vec<String>> = specs.iter().map(|it| manifests(it)).collect();
    let endings =
        prop::sample::select(vec!["\n", "\r\n", " \n", "\t\n", "\n\n", " # on, 012 = [\n", "\n# {\n"]);
    let strategy = (0..specs.len(), prop::collection::vec(endings, 1..40));
    run(&strategy, |(spec, endings)| {
        let lines = specs[spec].lines().zip(endings.iter().cycle());
        let text: String = lines.flat_map(|(line, ending)| [line, ending]).collect();
        prop_assert_eq!(manifests(&text), expected[spec].clone());
        Ok(())
    });
}

/// The keys of a table have no order.
#[test]
fn the_order_of_keys_says_nothing() {
    let specs = specs();
    let expected: Vec<Vec<String>> = specs.iter().map(|it| manifests(it)).collect();
    let strategy = (0..specs.len()).prop_flat_map(|it| {
        let tables = tables(&specs[it]);
        (Just(it), Just(tables).prop_shuffle())
    });
    run(&strategy, |(spec, tables)| {
        let (top, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(|it| !it.starts_with('['));
        prop_assert_eq!(manifests(&[top, rest].concat().concat()), expected[spec].clone());
        Ok(())
    });
}

/// The text of each table, its header first; what stands above all headers comes without one.
fn tables(text: &str) -> Vec<String> {
    let mut tables = vec![String::new()];
    for line in text.lines() {
        if line.starts_with('[') {
            tables.push(String::new());
        }
        let table = tables.last_mut().expect("there is one");
        table.push_str(line);
        table.push('\n');
    }
    tables
}
