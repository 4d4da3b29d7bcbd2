//! The fuzzer of `tests/fuzzed/output.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::output(bytes));
