//! The verbs of `guest`.

pub(crate) mod add;
pub(crate) mod list;
