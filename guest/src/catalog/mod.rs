//! What is known without asking anybody: accelerators, models, SGLang's flags, and how the three fit together.
//!
//! All of it is compiled in, so that the same spec gives the same manifests everywhere. Each entry names its source.

pub(crate) mod flags;
pub(crate) mod gpus;
pub(crate) mod models;
pub(crate) mod sizing;
pub(crate) mod slices;
pub(crate) mod variables;
