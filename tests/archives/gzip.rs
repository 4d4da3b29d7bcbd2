//! What surrounds the tar archive: bombs, ends in the wrong place, checksums.

use sha2::{Digest, Sha256};

use crate::attempt::{Row, Sent, good};
use crate::support::archive::{FILE, gzip};

const INVALID: &str = "ARCHIVE_INVALID";
const LIMIT: &str = "ARCHIVE_LIMIT";
const MIB: usize = 1 << 20;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new("C-01", "a-gibibyte-of-zeros", LIMIT, || {
            Sent::of([start(1 << 30), gzip(&vec![0; 64 * MIB]).repeat(16)].concat())
        }),
        Row::new("C-01", "a-gibibyte-that-is-not-only-zeros", LIMIT, || {
            Sent::of([start(2 << 30), gzip(&noise_and_zeros()).repeat(1025)].concat())
        }),
        Row::new("C-01", "more-compressed-bytes-than-there-may-be", LIMIT, || {
            Sent::of([start(1 << 30), vec![0; 100 * MIB]].concat())
        }),
        Row::new("C-01", "an-archive-that-is-compressed-twice", INVALID, || Sent::of(gzip(&good().packed()))),
        Row::new("C-01", "sixteen-mebibytes-of-zeros", "ok", || {
            Sent::of(good().file("zeros", vec![0; 15 * MIB]).packed())
        }),
        Row::new("C-01", "two-members", "ok", || {
            let tar = good().raw([0; 1024]).unended();
            let (one, other) = tar.split_at(700);
            Sent::of([gzip(one), gzip(b""), gzip(other)].concat())
        }),
        Row::new("C-01", "ten-thousand-and-one-empty-members", INVALID, || {
            Sent::of([gzip(b"").repeat(10_001), good().packed()].concat())
        }),
        Row::new("C-01", "a-header-with-extra-fields", "ok", || Sent::of(with_extra(good().packed()))),
        Row::new("C-12", "half-of-the-compressed-bytes", INVALID, || cut(|it| it / 2)),
        Row::new("C-12", "no-bytes", INVALID, || cut(|_| 0)),
        Row::new("C-12", "half-a-header-of-gzip", INVALID, || cut(|_| 5)),
        Row::new("C-12", "half-a-header-of-tar", INVALID, || Sent::of(gzip(&good().raw([1; 100]).unended()))),
        Row::new("C-12", "half-a-file", INVALID, || {
            let tar = good().file("last", [1; 1000]).unended();
            Sent::of(gzip(&tar[..tar.len() - 600]))
        }),
        Row::new("C-12", "a-trailer-that-is-wrong-where-the-end-is-not-marked", INVALID, || {
            let mut archive = gzip(&good().unended());
            let last = archive.len() - 1;
            archive[last] ^= 1;
            Sent::of(archive)
        }),
        Row::new("C-12", "a-trailer-that-is-wrong-behind-the-end", "ok", || {
            let mut archive = good().packed();
            let last = archive.len() - 1;
            archive[last] ^= 1;
            Sent::of(archive)
        }),
        Row::new("C-12", "an-end-that-is-not-marked", "ok", || Sent::of(gzip(&good().unended()))),
        Row::new("C-12", "an-end-that-is-marked-by-half", "ok", || {
            Sent::of(gzip(&good().raw([0; 512]).unended()))
        }),
        Row::new("C-12", "half-an-end-and-then-another-file", INVALID, || {
            Sent::of(good().raw([0; 512]).file("a", "").packed())
        }),
        Row::new("C-12", "a-last-block-that-is-not-filled", "ok", || {
            let tar = good().file("last", [1; 1000]).unended();
            Sent::of(gzip(&tar[..tar.len() - 20]))
        }),
        Row::new("C-12", "bytes-behind-the-end-of-the-tar", "ok", || {
            Sent::of(gzip(&good().raw([0; 1024]).raw("garbage").unended()))
        }),
        Row::new("C-12", "bytes-behind-the-end-of-the-gzip", "ok", || {
            Sent::of([good().packed(), b"garbage".to_vec()].concat())
        }),
        Row::new("C-12", "bytes-behind-a-gzip-whose-tar-has-no-end", INVALID, || {
            Sent::of([gzip(&good().unended()), b"garbage".to_vec()].concat())
        }),
        Row::new("C-13", "a-checksum-of-something-else", INVALID, || checksum(|_| sha256(b"else"))),
        Row::new("C-13", "an-empty-checksum", INVALID, || checksum(|_| String::new())),
        Row::new("C-13", "half-a-checksum", INVALID, || checksum(|it| it[..32].to_owned())),
        Row::new("C-13", "a-checksum-in-upper-case", INVALID, || checksum(|it| it.to_uppercase())),
        Row::new("C-13", "a-wrong-checksum-of-what-is-no-archive", INVALID, || Sent {
            checksum: Some(sha256(b"else")),
            ..Sent::of(b"neither gzip nor tar".to_vec())
        }),
    ]
}

/// A member that begins a file of this size.
fn start(size: u64) -> Vec<u8> {
    let tar = good().changed("", |header| {
        header.as_old_mut().linkflag = [FILE];
        header.set_size(size);
    });
    gzip(&tar.unended())
}

/// A mebibyte that shrinks to a hundredth.
fn noise_and_zeros() -> Vec<u8> {
    let mut number: u32 = 1;
    let noise = (0..10_000).map(|_| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number.to_be_bytes()[0]
    });
    let mut bytes: Vec<u8> = noise.collect();
    bytes.resize(MIB, 0);
    bytes
}

fn with_extra(mut archive: Vec<u8>) -> Vec<u8> {
    archive[3] |= 1 << 2;
    archive.splice(10..10, *b"\x04\x00abcd");
    archive
}

fn cut(length: fn(usize) -> usize) -> Sent {
    let archive = good().packed();
    Sent::of(archive[..length(archive.len())].to_vec())
}

fn checksum(change: fn(&str) -> String) -> Sent {
    let archive = good().packed();
    Sent { checksum: Some(change(&sha256(&archive))), ..Sent::of(archive) }
}

fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}
