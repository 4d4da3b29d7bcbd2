//! The fuzzer of `tests/fuzzed/paths.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::paths(bytes));
