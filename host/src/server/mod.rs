//! Door two: Argo CD's plugin protocol on a unix socket.

pub mod authority;
pub mod proto;
pub mod queue;
