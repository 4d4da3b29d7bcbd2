//! The fuzzer of `tests/fuzzed/operator.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::operator(bytes));
