//! Door two: Argo CD's plugin protocol on a unix socket.

pub mod authority;
pub(crate) mod health;
pub mod proto;
pub mod queue;
