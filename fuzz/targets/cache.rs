//! The fuzzer of `tests/fuzzed/cache.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod cache;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::cache::look(bytes));
