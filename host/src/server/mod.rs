//! Door two: Argo CD's plugin protocol on a unix socket.

pub mod proto;
