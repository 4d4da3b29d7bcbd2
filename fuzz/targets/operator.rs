//! The fuzzer of `tests/fuzzed/operator.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod chunks;
    pub(crate) mod operator;
    pub(crate) mod shown;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::operator::look(bytes));
