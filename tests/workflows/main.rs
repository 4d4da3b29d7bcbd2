//! The workflows of `deploy/github`: GitHub's grammar and ShellCheck take them, what is the same in two of them stays so, and
//! their scripts do on a real git repository what they say.

#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
    pub(crate) mod tools;
}
mod delivery;
mod grammar;
mod preview;
mod promotion;
mod remote;
mod split;
mod stage;
mod values;
mod workflow;
