//! Raw connections: against a reader of bytes, split wherever they can be, and against a real server.

use crate::chance::Chance;
use std::collections::VecDeque;
use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, ReadBuf};
use tonic::transport::Server;

use super::Authority;
use super::wire::*;

/// Gives one piece a time, and now and then lets the reader wait.
struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    was_ready: bool,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        self.was_ready = !self.was_ready;
        if !self.was_ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(piece) = self.pieces.front_mut() else { return Poll::Ready(Ok(())) };
        let n_bytes = piece.len().min(buffer.remaining());
        buffer.put_slice(&piece[..n_bytes]);
        piece.drain(..n_bytes);
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Poll::Ready(Ok(()))
    }
}

/// What comes out of pieces, read into a buffer of this size.
fn read(pieces: Vec<Vec<u8>>, size: usize) -> Vec<u8> {
    let pieces = pieces.into_iter().filter(|it| !it.is_empty()).collect();
    let mut stream = Authority::new(Pieces { pieces, was_ready: false });
    let mut bytes = Vec::new();
    on_one_thread(async {
        let mut buffer = vec![0; size];
        loop {
            match stream.read(&mut buffer).await.unwrap() {
                0 => break,
                n_bytes => bytes.extend_from_slice(&buffer[..n_bytes]),
            }
        }
    });
    bytes
}

fn on_one_thread<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn authority(value: &str, spelling: Spelling) -> Vec<u8> {
    field(FORMS[0], Name::Index(1), value, spelling)
}

/// A connection with everything in it that a client may send, with these values of `:authority`.
fn connection(values: [&str; 3]) -> Vec<u8> {
    let [first, second, third] = values;
    let plain = health(&authority(first, Spelling::Plain));
    let coded = health(&authority(second, Spelling::Coded));
    let named = health(&field(FORMS[2], Name::Coded(":authority"), third, Spelling::Plain));
    let (one, rest) = named.split_at(60);
    let (two, three) = rest.split_at(1);
    [
        PREFACE.to_vec(),
        frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]),
        headers(1, &[&plain]),
        frame(DATA, 0, 1, b"/%2F and a HEADERS of its own: \0\0\x01\x01\x04\0\0\0\x01"),
        frame(DATA, END_STREAM, 1, &[b'/'; 300]),
        headers(3, &[&plain[..0], &coded]),
        frame(PING, 0, 0, b"%2F/%2F/"),
        padded_headers(5, &plain),
        headers(7, &[one, two, &[], three]),
        question(7),
        frame(0x99, 0xff, 9, b"/unknown/"),
    ]
    .concat()
}

#[test]
fn only_the_authority_is_changed_wherever_reads_are_split() {
    let [first, second, third] = AUTHORITIES;
    let bytes = connection(AUTHORITIES);
    let expected = connection(
        [first, second, third].map(|it| it.replace(['%', '/'], "-")).each_ref().map(|it| it.as_str()),
    );
    assert_ne!(bytes, expected);
    for size in [1, 7, 8192] {
        assert_eq!(read(vec![bytes.clone()], size), expected, "read by {size}");
        assert_eq!(
            read(bytes.iter().map(|it| vec![*it]).collect(), size),
            expected,
            "byte by byte, by {size}"
        );
    }
    for split in 0..bytes.len() {
        let (one, two) = bytes.split_at(split);
        assert_eq!(read(vec![one.to_vec(), two.to_vec()], 8192), expected, "split at {split}");
    }
}

#[test]
fn an_end_within_a_frame_loses_nothing() {
    let bytes = connection(AUTHORITIES);
    for end in 0..bytes.len() {
        let found = read(vec![bytes[..end].to_vec()], 8192);
        assert_eq!(found.len(), end);
    }
}

#[test]
fn what_is_no_http_2_passes_untouched() {
    for bytes in [&b"GET /a%2Fb HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nXX", b"P", b""] {
        let untouched = [bytes, &headers(1, &[&authority("/a", Spelling::Plain)])].concat();
        assert_eq!(read(untouched.chunks(3).map(<[u8]>::to_vec).collect(), 64), untouched);
    }
}

/// Beyond the bounds nothing is held back, and nothing after it is looked at.
#[test]
fn what_breaks_the_bounds_passes_untouched() {
    let block = authority("/a", Spelling::Plain);
    let large = vec![0x80; 16 << 10];
    let mut parts = vec![&large[..]; 4];
    parts.insert(0, &block);
    for frames in [
        // A frame, a block, too many frames, another stream, another kind, more padding than payload.
        frame(HEADERS, END_HEADERS, 1, &[&block[..], &large].concat()),
        headers(1, &parts),
        headers(1, &[&block[..]; 9]),
        [frame(HEADERS, 0, 1, &block), frame(CONTINUATION, END_HEADERS, 3, &block)].concat(),
        [frame(HEADERS, 0, 1, &block), frame(DATA, 0, 1, &block)].concat(),
        frame(HEADERS, END_HEADERS | PADDED, 1, &[&[200][..], &block].concat()),
    ] {
        let bytes = [PREFACE, &frames, &headers(3, &[&block])].concat();
        assert_eq!(read(bytes.chunks(1000).map(<[u8]>::to_vec).collect(), 8192), bytes);
    }
}

/// The largest that is waited for: filled frames, as many as there may be.
#[test]
fn a_block_within_the_bounds_is_read_whole() {
    let value = "/".repeat(40_000);
    for size in [5_001, 16 << 10] {
        let frames = |value: &str| {
            let block = authority(value, Spelling::Plain);
            [PREFACE.to_vec(), headers(1, &block.chunks(size).collect::<Vec<_>>())].concat()
        };
        let found = read(frames(&value).chunks(999).map(<[u8]>::to_vec).collect(), 4096);
        assert!(found == frames(&value.replace('/', "-")), "in parts of {size}");
    }
}

#[test]
fn a_block_that_is_none_passes_untouched_and_the_next_is_read() {
    let good = authority("/a", Spelling::Plain);
    let bad = [&good[..], &[0x41, 0x7f, 0xff]].concat();
    let of = |last: &[u8]| [PREFACE, &headers(1, &[&bad]), &headers(3, &[last])].concat();
    assert_eq!(read(vec![of(&good)], 8192), of(&authority("-a", Spelling::Plain)));
}

/// Some thousand damaged connections: whatever comes, as much goes on, and nothing panics.
#[test]
fn damage_changes_no_length() {
    let whole = connection(AUTHORITIES);
    let mut chance = Chance::new();
    let mut next = |below: usize| chance.below(below);
    for _ in 0..4_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next(6) {
            let at = PREFACE.len() + next(bytes.len() - PREFACE.len());
            match next(4) {
                0 => bytes[at] ^= 1 << next(8),
                1 => bytes[at] = [0, 0x7f, 0x80, 0xff][next(4)],
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, u8::try_from(next(256)).unwrap()),
            }
        }
        let length = bytes.len();
        let split = next(length);
        let pieces = vec![bytes[..split].to_vec(), bytes[split..].to_vec()];
        assert_eq!(read(pieces, 1 + next(300)).len(), length);
    }
}

/// A health service of tonic's behind an `Authority`, and the client's end of the connection.
fn server() -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (_, service) = tonic_health::server::health_reporter();
    let incoming = tokio_stream::once(Ok::<_, std::io::Error>(Authority::new(theirs)));
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    ours
}

/// What the server says of a stream: `DATA`, `RESET` or `GO_AWAY`, and its payload.
async fn answer(client: &mut DuplexStream, stream: u32) -> (u8, Vec<u8>) {
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head).await.unwrap();
        let [a, b, c, kind, _, s, t, u, v] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        client.read_exact(&mut payload).await.unwrap();
        let is_its = u32::from_be_bytes([s, t, u, v]) == stream;
        if kind == GO_AWAY || (is_its && matches!(kind, DATA | RESET)) {
            return (kind, payload);
        }
    }
}

/// A message of two bytes: the service is SERVING.
const SERVING: [u8; 7] = [0, 0, 0, 0, 2, 8, 1];

async fn ask(client: &mut DuplexStream, bytes: &[u8], stream: u32) {
    client.write_all(bytes).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), answer(client, stream)).await;
    assert_eq!(answer.unwrap(), (DATA, SERVING.to_vec()));
}

async fn connect() -> DuplexStream {
    let mut client = server();
    client.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
    client
}

#[test]
fn hyper_answers_whatever_argo_cd_calls_us() {
    let names = [Name::Index(1), Name::Text(":authority"), Name::Coded(":authority")];
    on_one_thread(async {
        let mut client = connect().await;
        let mut stream = 1;
        for value in AUTHORITIES {
            for (form, name) in FORMS.iter().flat_map(|form| names.iter().map(move |name| (*form, *name))) {
                for spelling in [Spelling::Plain, Spelling::Coded] {
                    let block = health(&field(form, name, value, spelling));
                    let (one, two) = block.split_at(50);
                    let blocks = [
                        headers(stream, &[&block]),
                        headers(stream + 2, &[one, two]),
                        padded_headers(stream + 4, &block),
                    ];
                    for (index, block) in (0..).zip(blocks) {
                        let stream = stream + 2 * index;
                        ask(&mut client, &[block, question(stream)].concat(), stream).await;
                    }
                    stream += 6;
                }
            }
        }
    });
}

/// Without this, the tests above would show nothing.
#[test]
fn hyper_resets_what_it_is_given_as_it_came() {
    on_one_thread(async {
        let mut client = connect().await;
        // A name from the client's table: the only way to say it that is not followed.
        let named = field(FORMS[0], Name::Text(":authority"), HARMLESS, Spelling::Plain);
        ask(&mut client, &[headers(1, &[&health(&named)]), question(1)].concat(), 1).await;
        // Behind the `:path` that comes before it, `te` and `content-type`.
        let raw = health(&field(FORMS[1], Name::Index(65), AUTHORITIES[0], Spelling::Plain));
        client.write_all(&[headers(3, &[&raw]), question(3)].concat()).await.unwrap();
        assert_eq!(answer(&mut client, 3).await, (RESET, vec![0, 0, 0, 1]));
    });
}

/// The second request on refers to the fields of the first, the authority among them.
#[test]
fn two_hundred_requests_share_one_table() {
    for value in AUTHORITIES {
        on_one_thread(async {
            let mut client = connect().await;
            let first = health(&authority(value, Spelling::Coded));
            ask(&mut client, &[headers(1, &[&first]), question(1)].concat(), 1).await;
            let again = [3, 6, 65, 64, 63, 62].map(indexed).concat();
            for stream in (3..401).step_by(2) {
                ask(&mut client, &[headers(stream, &[&again]), question(stream)].concat(), stream).await;
            }
        });
    }
}

#[test]
fn a_request_byte_by_byte_is_answered() {
    on_one_thread(async {
        let mut client = connect().await;
        let bytes =
            [headers(1, &[&health(&authority(AUTHORITIES[1], Spelling::Coded))]), question(1)].concat();
        for byte in bytes {
            client.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(answer(&mut client, 1).await, (DATA, SERVING.to_vec()));
    });
}
