//! The messages of Argo CD's plugin protocol, and the service's shape: generated from the `.proto` files beside this one.

#[rustfmt::skip]
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    missing_docs,
    unused_qualifications,
    reason = "generated"
)]
pub mod plugin;
#[rustfmt::skip]
#[expect(missing_docs, reason = "generated")]
pub mod repository;

/// What the server says of itself to those who ask by reflection.
pub(crate) const DESCRIPTORS: &[u8] = include_bytes!("descriptors.bin");
