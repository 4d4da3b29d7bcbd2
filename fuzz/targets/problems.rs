//! The fuzzer of `tests/fuzzed/problems.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod problems;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::problems::look(bytes));
