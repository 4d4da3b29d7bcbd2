//! Why manifests are what they are: for each field its value, and the line, the default or the rule that made it.
//!
//! In reading order: [`subject`] finds the object that is meant, [`field`] the field, [`cause`] looks origins up and turns
//! them into places, [`pods`] and [`cost`] add up what an environment asks of a cluster, [`text`] and
//! [`json`] write all of that.
//!
//! What a guest says of its fields is looked at as everything else that it says: an origin of a field that is not there is
//! left out, a place is moved into its file, a reason is one line that steers no terminal. A wrong guest can explain its
//! manifests wrongly, and nothing else.

pub(crate) mod cause;
pub(crate) mod cost;
pub(crate) mod field;
pub(crate) mod json;
pub(crate) mod pods;
pub(crate) mod subject;
pub(crate) mod text;
