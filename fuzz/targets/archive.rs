//! The fuzzer of `tests/fuzzed/archive.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod archive;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::archive::look(bytes));
