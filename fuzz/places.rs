//! The places that `make fuzz` looks at, each a function of bytes that panics when something does not hold.
//!
//! They are those of `tests/fuzzed`. Here they are built without libFuzzer too, so that clippy notices when one of them
//! needs what this crate does not have.

#[path = "../tests/fuzzed"]
mod fuzzed {
    pub(crate) mod archive;
    pub(crate) mod authority;
    pub(crate) mod cache;
    pub(crate) mod chunks;
    pub(crate) mod component;
    pub(crate) mod operator;
    pub(crate) mod output;
    pub(crate) mod paths;
    pub(crate) mod problems;
    pub(crate) mod shown;
    pub(crate) mod spec;
}

macro_rules! places {
    ($($place:ident,)*) => {
        $(
            #[doc = concat!("Looks at bytes as `tests/fuzzed/", stringify!($place), ".rs` does.")]
            pub fn $place(bytes: &[u8]) {
                fuzzed::$place::look(bytes);
            }
        )*
    };
}

places! {
    archive,
    authority,
    cache,
    component,
    operator,
    output,
    paths,
    problems,
    spec,
}
