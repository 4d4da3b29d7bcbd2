//! Edits of a spec in place: single values, at the keys that its guest names, with everything else byte for byte as it was.
//!
//! In reading order:
//!
//! - [`change`]: what an environment's settings should be, what the spec must say for that, and whether it then does.
//! - [`reference`](mod@reference): an image's reference, taken apart; [`release`]: what its tag tells.
//! - [`earlier`]: what the settings were, from the history of the repository.
//! - [`text`]: sets and removes a value in a text; [`entries`] says where things stand, [`splice`] and, for
//!   inline tables, [`inline`] where the text is cut.
//! - [`spec_file`]: the file, of which there is one writer at a time, and never half; [`lock`] keeps the others out.

pub(crate) mod change;
pub(crate) mod earlier;
mod entries;
mod inline;
mod lock;
pub(crate) mod reference;
pub(crate) mod release;
pub(crate) mod spec_file;
mod splice;
pub(crate) mod text;

#[cfg(test)]
mod tests;
