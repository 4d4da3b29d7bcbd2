//! The workflows of `deploy/github`: GitHub's grammar and ShellCheck take them, and what is the same in two of them stays so.

#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
    pub(crate) mod tools;
}
mod grammar;
mod workflow;
