//! The bytes of a request, before tonic makes messages of them.
//!
//! tonic keeps a message in memory until it is whole, within one limit for all. But the first message of a call comes before
//! the call has a place, and anybody may have any number of calls: so that one is refused by the length that it begins with.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame};
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::{Code, Status};

/// What variables may have, and room for what is around them.
const FIRST: u32 = 9 << 20;
/// gRPC begins a message with a byte of flags and four of its length.
const PREFIX: usize = 5;

/// A service whose requests begin with a message that is not too large.
#[derive(Clone)]
pub(crate) struct Bounded<S>(pub(crate) S);

impl<S: Service<http::Request<tonic::body::Body>>> Service<http::Request<tonic::body::Body>> for Bounded<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> S::Future {
        self.0.call(request.map(|body| tonic::body::Body::new(Incoming { body, first: First::default() })))
    }
}

impl<S: NamedService> NamedService for Bounded<S> {
    const NAME: &'static str = S::NAME;
}

struct Incoming {
    body: tonic::body::Body,
    first: First,
}

/// How the first message begins, as far as it has come.
#[derive(Default)]
struct First(Vec<u8>);

impl First {
    fn look_at(&mut self, data: &[u8]) {
        let missing = PREFIX - self.0.len();
        self.0.extend(data.iter().take(missing));
    }

    /// The length that it announces, if that is too much.
    fn excess(&self) -> Option<u32> {
        let length = u32::from_be_bytes(*self.0.get(1..)?.first_chunk()?);
        (length > FIRST).then_some(length)
    }
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = Status;

    /// Who sends too much is read to the end, and nothing of it is kept: who still sends does not read the answer.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            if let Some(Ok(frame)) = &frame {
                frame.data_ref().iter().for_each(|it| self.first.look_at(it));
            }
            return Poll::Ready(match (frame, self.first.excess()) {
                (Some(Ok(_)), Some(_)) => continue,
                (Some(Err(status)), _) => Some(Err(broken(status))),
                (None, Some(length)) => {
                    self.first = First::default();
                    Some(Err(too_large(length)))
                }
                (frame, None) => frame,
            });
        }
    }
}

fn too_large(length: u32) -> Status {
    Status::invalid_argument(format!("the first message has {length} bytes; {FIRST} are allowed"))
}

/// tonic takes a caller that has gone for one that has sent all, and what came of its archive would be judged.
fn broken(status: Status) -> Status {
    match status.code() {
        Code::Cancelled => Status::aborted("the caller has gone"),
        _ => status,
    }
}
