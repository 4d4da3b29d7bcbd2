//! The example guests: built as their teams would build them, they import nothing and give one and the same answer.

mod example;
mod expand;
mod new;
mod suite;
mod wrong;
#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
}
