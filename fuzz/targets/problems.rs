//! The fuzzer of `tests/fuzzed/problems.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::problems(bytes));
