//! The JSON Schemas and the pages of the grammar and of the operator's file are fresh, and the schema is as strict as the guest
//! is about shapes: a validator that is not ours says so.

mod fresh;
#[path = "../golden/laid.rs"]
#[expect(dead_code, reason = "the golden cases run what is laid")]
mod laid;
mod operator;
mod parameters;
#[path = "../golden/settings.rs"]
#[expect(dead_code, reason = "the golden cases run as these say")]
mod settings;
mod shapes;
#[path = "../support"]
mod support {
    pub(crate) mod cases;
    pub(crate) mod project;
    pub(crate) mod toml;
    pub(crate) mod tools;
}
mod verdict;
mod written;
