//! The process `cmp-host`: what it prints and where, how it ends, and what it does not depend on.

mod argo;
mod bad_input;
mod discipline;
mod help;
mod init;
mod same_bytes;
mod yaml;
#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
    pub(crate) mod repository;
    pub(crate) mod tools;
}
