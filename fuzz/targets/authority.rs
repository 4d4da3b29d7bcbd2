//! The fuzzer of `tests/fuzzed/authority.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::authority(bytes));
