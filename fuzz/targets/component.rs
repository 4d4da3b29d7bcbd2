//! The fuzzer of `tests/fuzzed/component.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod component;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::component::look(bytes));
