//! The fuzzer of `tests/fuzzed/archive.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::archive(bytes));
