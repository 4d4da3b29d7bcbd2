//! The fuzzer of `tests/fuzzed/cache.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cmp_fuzz::cache(bytes));
