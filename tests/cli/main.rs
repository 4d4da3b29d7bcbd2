//! The process `cmp-host`: what it prints and where, how it ends, and what it does not depend on.

mod application;
mod argo;
mod argocd;
mod bad_input;
mod cache;
mod diff;
mod discipline;
mod doctor;
mod explain;
mod guest_add;
mod guests;
mod help;
mod init;
mod many;
mod no_authority;
mod operator;
mod same_bytes;
mod secrets;
mod yaml;
#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod brought;
    pub(crate) mod examples;
    pub(crate) mod git;
    pub(crate) mod history;
    pub(crate) mod project;
    pub(crate) mod repository;
    pub(crate) mod spec;
    pub(crate) mod tools;
    pub(crate) mod wat_guest;
}
