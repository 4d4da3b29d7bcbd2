//! Asks a server on a socket how it is, in gRPC's own health protocol.

use std::io::{self, ErrorKind};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

use h2::client;
use prost::Message;
use tokio::net::UnixStream;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, Request, Version};
use tonic_health::pb::HealthCheckResponse;
use tonic_health::pb::health_check_response::ServingStatus;

/// A question without a name: for the server as a whole.
const QUESTION: &[u8] = &[0, 0, 0, 0, 0];
/// The bytes before a message.
const HEAD: usize = 5;
/// No answer is larger.
const ANSWER: usize = 1 << 10;

/// Why a server cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unhealthy {
    #[error("there is no such socket")]
    Missing,
    #[error("it is no socket")]
    NoSocket,
    #[error("nobody listens: a server that is gone has left the file")]
    Stale,
    #[error("this user may not connect")]
    Denied,
    #[error("whoever listens does not answer within {} ms", .0.as_millis())]
    Silent(Duration),
    #[error("whoever listens speaks no gRPC: {0}")]
    Stranger(String),
    #[error("the server says that it is {0}")]
    NotServing(String),
    #[error("it cannot be asked: {0}")]
    Host(String),
}

impl Unhealthy {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Unhealthy::Missing => "start `cmp-host serve`, or name its socket",
            Unhealthy::NoSocket => "move the file away, which `cmp-host serve` does not replace",
            Unhealthy::Stale => "start `cmp-host serve`, which replaces the file",
            Unhealthy::Denied => "ask as the server's user, or let others connect with `serve --socket-mode`",
            Unhealthy::Silent(_) => "look at the server's log; restart it if it stays so",
            Unhealthy::Stranger(_) => "look who has made the socket; each plugin needs a name of its own",
            Unhealthy::NotServing(_) => "wait until the server has loaded its guests, or look at its log",
            Unhealthy::Host(_) => "look at the machine: are there files to open, is there memory?",
        }
    }
}

/// Asks once, and waits so long for the answer.
pub(crate) fn check(socket: &Path, limit: Duration) -> Result<(), Unhealthy> {
    match std::fs::metadata(socket) {
        Ok(it) if !it.file_type().is_socket() => return Err(Unhealthy::NoSocket),
        Ok(_) => {}
        Err(error) => return Err(unreachable(&error)),
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Unhealthy::Host(error.to_string()))?;
    runtime.block_on(async {
        tokio::time::timeout(limit, ask(socket)).await.map_err(|_| Unhealthy::Silent(limit))?
    })
}

fn unreachable(error: &io::Error) -> Unhealthy {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Unhealthy::Missing,
        ErrorKind::ConnectionRefused => Unhealthy::Stale,
        ErrorKind::PermissionDenied => Unhealthy::Denied,
        _ => Unhealthy::Host(error.to_string()),
    }
}

async fn ask(socket: &Path) -> Result<(), Unhealthy> {
    let stream = UnixStream::connect(socket).await.map_err(|error| unreachable(&error))?;
    let (client, connection) = client::handshake(stream).await.map_err(|error| stranger(&error))?;
    // The answer ends it, or the connection does.
    tokio::select! {
        answer = answer(client) => status(&answer.map_err(|error| stranger(&error))?),
        ended = connection => Err(Unhealthy::Stranger(match ended {
            Ok(()) => String::from("the connection ended"),
            Err(error) => error.to_string(),
        })),
    }
}

fn stranger(error: &h2::Error) -> Unhealthy {
    Unhealthy::Stranger(error.to_string())
}

/// The message and the headers before and after it.
struct Answer {
    body: Vec<u8>,
    headers: HeaderMap,
}

async fn answer(client: client::SendRequest<Bytes>) -> Result<Answer, h2::Error> {
    let request = Request::post("http://localhost/grpc.health.v1.Health/Check")
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let request = request.body(()).expect("each part is written above");
    let (answer, mut question) = client.ready().await?.send_request(request, false)?;
    question.send_data(Bytes::from_static(QUESTION), true)?;
    let (parts, mut stream) = answer.await?.into_parts();
    let (mut body, mut headers) = (Vec::new(), parts.headers);
    while let Some(data) = stream.data().await
        && body.len() < ANSWER
    {
        body.extend_from_slice(&data?);
    }
    headers.extend(stream.trailers().await?.unwrap_or_default());
    Ok(Answer { body, headers })
}

fn status(answer: &Answer) -> Result<(), Unhealthy> {
    match answer.headers.get("grpc-status").map(|it| it.as_bytes()) {
        Some(b"0") => {}
        Some(code) => {
            let message = answer.headers.get("grpc-message").map_or(&b""[..], |it| it.as_bytes());
            let (code, message) = (String::from_utf8_lossy(code), String::from_utf8_lossy(message));
            return Err(Unhealthy::Stranger(format!("it answers with the status {code} {message}")));
        }
        None => return Err(Unhealthy::Stranger(String::from("its answer has no status"))),
    }
    let message = answer.body.get(HEAD..).and_then(|it| HealthCheckResponse::decode(it).ok());
    match message.map(|it| it.status()) {
        Some(ServingStatus::Serving) => Ok(()),
        Some(other) => Err(Unhealthy::NotServing(other.as_str_name().to_owned())),
        None => Err(Unhealthy::Stranger(String::from("its answer cannot be read"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;

    const LONG: Duration = Duration::from_secs(20);

    /// What is said of somebody who answers so.
    fn of(answer: &'static [u8]) -> Unhealthy {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 24]).unwrap();
            stream.write_all(answer).unwrap();
        });
        let found = check(&path, LONG).unwrap_err();
        thread.join().unwrap();
        found
    }

    #[test]
    fn who_is_no_server_is_told_from_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        assert_eq!(check(&path, LONG), Err(Unhealthy::Missing));
        drop(UnixListener::bind(&path).unwrap());
        assert_eq!(check(&path, LONG), Err(Unhealthy::Stale));
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        assert_eq!(check(&path, LONG), Err(Unhealthy::NoSocket));
        for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert!(matches!(of(answer), Unhealthy::Stranger(_)), "{answer:?}");
        }
    }

    #[test]
    fn who_says_nothing_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let _listener = UnixListener::bind(&path).unwrap();
        let limit = Duration::from_millis(20);
        assert_eq!(check(&path, limit), Err(Unhealthy::Silent(limit)));
    }
}
