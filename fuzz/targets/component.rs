//! The fuzzer of `tests/fuzzed/component.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::component(bytes));
