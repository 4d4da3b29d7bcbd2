//! The fuzzer of `tests/fuzzed/output.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod output;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::output::look(bytes));
