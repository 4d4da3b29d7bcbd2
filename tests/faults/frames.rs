//! Floods of HTTP/2's own frames, written by hand: each ends its own connection or is withstood, and takes no memory.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::ensure;

use crate::calls::peak;
use crate::row::{Row, Seen, against};

pub(crate) fn rows() -> Vec<Row> {
    let row = |id, name, expected, attempt| Row { id, name, expected, attempt };
    vec![
        row("C-20", "a-flood-of-calls-that-are-reset", "ok", || {
            flood(20_000, |n| [headers(2 * n + 1), frame(RESET, 0, 2 * n + 1, &[0, 0, 0, 8])].concat())
        }),
        row("C-20", "a-flood-of-continuations", "ok", || {
            flood(200_000, |n| if n == 0 { unended_headers() } else { frame(CONTINUATION, 0, 1, &[]) })
        }),
        row("C-20", "a-flood-of-pings", "ok", || flood(20_000, |_| frame(PING, 0, 0, b"12345678"))),
        row("C-20", "a-flood-of-settings", "ok", || flood(200_000, |_| frame(SETTINGS, 0, 0, &[]))),
        row("C-20", "a-flood-of-empty-pieces", "ok", || {
            flood(200_000, |n| if n == 0 { headers(1) } else { frame(DATA, 0, 1, &[]) })
        }),
    ]
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("payloads here are short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn headers(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &fields())
}

fn unended_headers() -> Vec<u8> {
    frame(HEADERS, 0, 1, &fields())
}

/// POST, http, and the rest in letters.
fn fields() -> Vec<u8> {
    let path = b"/plugin.ConfigManagementPluginService/GenerateManifest";
    let literal = |name: &[u8], value: &[u8]| {
        let length = |it: &[u8]| u8::try_from(it.len()).expect("fields here are short");
        [&[0, length(name)], name, &[length(value)], value].concat()
    };
    [
        vec![0x83, 0x86],
        literal(b":path", path),
        literal(b":authority", b"localhost"),
        literal(b"te", b"trailers"),
        literal(b"content-type", b"application/grpc"),
    ]
    .concat()
}

/// Nobody reads the answers. Who cannot write any more has been hung up on, or is not listened to.
fn flood(n_frames: u32, each: impl Fn(u32) -> Vec<u8>) -> anyhow::Result<Seen> {
    against(async |served| {
        let before = peak(served)?;
        let mut stream = UnixStream::connect(&served.socket)?;
        stream.set_write_timeout(Some(Duration::from_secs(2)))?;
        let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(SETTINGS, 0, 0, &[])].concat();
        stream.write_all(&begin)?;
        for n in 0..n_frames {
            if stream.write_all(&each(n)).is_err() {
                break;
            }
        }
        let grown = peak(served)? - before;
        ensure!(grown < 16 << 10, "{grown} KiB more");
        Ok(Seen::new("ok", "no other call notices"))
    })
}
