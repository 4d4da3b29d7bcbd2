//! The fuzzer of `tests/fuzzed/paths.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod paths;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::paths::look(bytes));
