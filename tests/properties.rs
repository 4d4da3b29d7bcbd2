//! What must hold for any text whatever: the guest never panics, points only into its files, and gives manifests that are
//! JSON; and what says nothing in TOML changes nothing in the manifests.
//!
//! Every run draws the same numbers: a test that fails for one person fails for all.

mod support {
    pub(crate) mod project;
}

use std::fs;

use cmp_guest::contract::{Expansion, File, Output, Problem, Request};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult, TestRunner};
use support::project;

const CASES: u32 = 3_000;
/// Pieces that change what a TOML reader is in the middle of.
const PIECES: [&str; 16] = [
    "\"",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    "\n",
    "#",
    "\\",
    "\u{202e}",
    "nan",
    "[[env]]",
    "[env.prod]\n",
    "extends = \"x\"\n",
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
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    };
    TestRunner::new(config).run(strategy, test).unwrap_or_else(|error| panic!("{error}"));
}

/// A piece of the text that something else takes the place of.
#[derive(Clone, Debug)]
struct Edit {
    at: prop::sample::Index,
    length: usize,
    piece: usize,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (any::<prop::sample::Index>(), 0..12usize, 0..PIECES.len());
    prop::collection::vec(edit.prop_map(|(at, length, piece)| Edit { at, length, piece }), 1..6)
}

fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, edit| {
        let start = text.floor_char_boundary(edit.at.index(text.len() + 1));
        let end = text.floor_char_boundary((start + edit.length).min(text.len())).max(start);
        [&text[..start], PIECES[edit.piece], &text[end..]].concat()
    })
}

#[test]
fn a_text_that_was_tampered_with_gets_an_answer() {
    let specs = specs();
    run(&(0..specs.len(), edits()), |(spec, edits)| require_answer(&edited(&specs[spec], &edits)));
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
        require_answer(&lines.join("\n"))
    });
}

fn require_answer(text: &str) -> TestCaseResult {
    match expand(text) {
        Ok(expansion) => {
            prop_assert!(!expansion.manifests.is_empty());
            for manifest in expansion.manifests {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&manifest.json).is_ok());
            }
        }
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            problems.iter().try_for_each(|it| require_told(it, text))?;
        }
    }
    Ok(())
}

fn require_told(problem: &Problem, text: &str) -> TestCaseResult {
    prop_assert!(problem.code.starts_with("SG") && !problem.message.is_empty(), "{problem:?}");
    let related = problem.related.iter().map(|it| it.at);
    for span in problem.at.into_iter().chain(related) {
        let range = span.start as usize..span.end as usize;
        prop_assert!(span.file == 0 && text.get(range).is_some(), "{problem:?} points out of the text");
    }
    Ok(())
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
