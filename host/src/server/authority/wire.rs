//! What the tests send: a client's bytes, each frame and each field of HPACK spelt as a test wants it.

use super::huffman::tests::coded;

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The three forms in which Argo CD's versions send their socket's path.
pub(super) const AUTHORITIES: [&str; 3] = [
    "/home/argocd/cmp-server/plugins/sglang-v1.sock",
    "%2Fhome%2Fargocd%2Fcmp-server%2Fplugins%2Fsglang-v1.sock",
    "home%2Fargocd%2Fcmp-server%2Fplugins%2Fsglang-v1.sock",
];
/// What becomes of the first.
pub(super) const HARMLESS: &str = "-home-argocd-cmp-server-plugins-sglang-v1.sock";

/// A literal's first bits, and how many bits they leave to the name's index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    bits: u8,
    n_bits: u32,
}

/// With incremental indexing, without indexing, never indexed.
pub(super) const FORMS: [Form; 3] =
    [Form { bits: 0x40, n_bits: 6 }, Form { bits: 0x00, n_bits: 4 }, Form { bits: 0x10, n_bits: 4 }];

#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Index(usize),
    Text(&'static str),
    Coded(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Spelling {
    Plain,
    Coded,
}

pub(super) fn field(form: Form, name: Name, value: &str, spelling: Spelling) -> Vec<u8> {
    let index = |it| integer(form.bits, form.n_bits, it);
    let name = match name {
        Name::Index(it) => index(it),
        Name::Text(it) => [index(0), text(it, Spelling::Plain)].concat(),
        Name::Coded(it) => [index(0), text(it, Spelling::Coded)].concat(),
    };
    [name, text(value, spelling)].concat()
}

/// A reference to a whole field.
pub(super) fn indexed(index: usize) -> Vec<u8> {
    integer(0x80, 7, index)
}

fn text(it: &str, spelling: Spelling) -> Vec<u8> {
    let (bits, bytes) = match spelling {
        Spelling::Plain => (0, it.as_bytes().to_vec()),
        Spelling::Coded => (0x80, coded(it)),
    };
    [integer(bits, 7, bytes.len()), bytes].concat()
}

fn integer(bits: u8, n_bits: u32, value: usize) -> Vec<u8> {
    let most = (1 << n_bits) - 1;
    let octet = |it: usize| u8::try_from(it).unwrap();
    if value < most {
        return vec![bits | octet(value)];
    }
    let mut octets = vec![bits | octet(most)];
    let mut rest = value - most;
    while rest >= 0x80 {
        octets.push(octet(rest % 0x80) | 0x80);
        rest /= 0x80;
    }
    octets.push(octet(rest));
    octets
}

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RESET: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GO_AWAY: u8 = 7;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head, &stream.to_be_bytes()[..], payload].concat()
}

/// A block as HEADERS and, for each further part, CONTINUATION.
pub(super) fn headers(stream: u32, parts: &[&[u8]]) -> Vec<u8> {
    let last = parts.len() - 1;
    let frames = parts.iter().enumerate().map(|(index, part)| {
        let kind = if index == 0 { HEADERS } else { CONTINUATION };
        frame(kind, if index == last { END_HEADERS } else { 0 }, stream, part)
    });
    frames.collect::<Vec<_>>().concat()
}

/// A block in a frame with padding and a priority.
pub(super) fn padded_headers(stream: u32, block: &[u8]) -> Vec<u8> {
    let payload = [&[7, 0x80, 0, 0, 0, 42][..], block, b"%/%/%/%"].concat();
    frame(HEADERS, END_HEADERS | PADDED | PRIORITY, stream, &payload)
}

/// A question for a service's health: what is asked, and no name.
pub(super) fn question(stream: u32) -> Vec<u8> {
    frame(DATA, END_STREAM, stream, &[0, 0, 0, 0, 0])
}

/// The headers of that question. `:method: POST` and `:scheme: http` have places in the static table.
pub(super) fn health(authority: &[u8]) -> Vec<u8> {
    let plain = |name, value| field(FORMS[0], name, value, Spelling::Plain);
    [
        indexed(3),
        indexed(6),
        plain(Name::Index(4), "/grpc.health.v1.Health/Check"),
        authority.to_vec(),
        plain(Name::Index(31), "application/grpc"),
        plain(Name::Text("te"), "trailers"),
    ]
    .concat()
}
