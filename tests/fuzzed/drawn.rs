//! Inputs that nobody thought of, drawn the same way in every run: a test that fails for one person fails for all.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestCaseResult, TestRunner};

/// What a test is run with, this often.
pub(crate) fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> TestCaseResult) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    };
    TestRunner::new(config).run(strategy, test).unwrap_or_else(|error| panic!("{error}"));
}

/// A piece of an input that something else takes the place of.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    at: Index,
    length: usize,
    piece: Index,
}

/// A few of them.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (any::<Index>(), 0..12usize, any::<Index>());
    prop::collection::vec(edit.prop_map(|(at, length, piece)| Edit { at, length, piece }), 1..6)
}

/// The input with these pieces in it.
pub(crate) fn edited(input: &[u8], edits: &[Edit], pieces: &[&[u8]]) -> Vec<u8> {
    edits.iter().fold(input.to_vec(), |input, edit| {
        let start = edit.at.index(input.len() + 1);
        let end = (start + edit.length).min(input.len());
        [&input[..start], pieces[edit.piece.index(pieces.len())], &input[end..]].concat()
    })
}
