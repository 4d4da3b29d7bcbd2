//! The fuzzer of `tests/fuzzed/spec.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::spec(bytes));
