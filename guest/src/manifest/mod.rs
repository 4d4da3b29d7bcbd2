//! The Kubernetes objects that are emitted, as small typed structs: only the fields that are used, in their usual order.
//!
//! A golden test decodes every manifest into the complete upstream types and back, so a misspelt field cannot stay.

mod access;
mod argo;
mod meta;
mod monitoring;
mod network;
mod pod;
mod secrets;
mod workload;

pub(crate) use access::*;
pub(crate) use argo::*;
pub(crate) use meta::*;
pub(crate) use monitoring::*;
pub(crate) use network::*;
pub(crate) use pod::*;
pub(crate) use secrets::*;
pub(crate) use workload::*;
