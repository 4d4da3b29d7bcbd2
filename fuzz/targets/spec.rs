//! The fuzzer of `tests/fuzzed/spec.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod spec;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::spec::look(bytes));
