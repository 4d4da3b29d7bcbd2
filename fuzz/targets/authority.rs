//! The fuzzer of `tests/fuzzed/authority.rs`.

#![no_main]

#[path = "../../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod authority;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::authority::look(bytes));
