//! Any bytes as an archive: refused with a code, or a tree that gives nothing but what lies in it, however it comes.

use std::io::Write;

use cmp_host::limits::Limits;
use cmp_host::tree::archive::{ArchiveError, ArchiveTree, Receiving};
use cmp_host::tree::{ReadError, Tree};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::shown;

/// Whoever reads these of an archive has them from elsewhere.
const ELSEWHERE: [&str; 3] = ["/etc/passwd", "../etc/passwd", "a/../../etc/passwd"];

/// The first byte says how large chunks are, and whether the rest is compressed already.
pub(crate) fn look(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let archive = if kind % 2 == 1 { rest.to_vec() } else { compressed(rest) };
    let whole = receive(&archive, archive.len().max(1));
    let pieces = receive(&archive, usize::from(kind / 2) + 1);
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => require_the_same(&whole, &pieces),
        (Err(whole), Err(pieces)) => {
            assert_eq!((whole.code(), whole.to_string()), (pieces.code(), pieces.to_string()));
            shown::require_harmless(&whole.to_string());
        }
        (whole, pieces) => panic!("{:?} at once, {:?} in pieces", whole.err(), pieces.err()),
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector takes every byte");
    encoder.finish().expect("a vector takes every byte")
}

fn receive(archive: &[u8], chunk: usize) -> Result<ArchiveTree, ArchiveError> {
    let checksum = base16ct::lower::encode_string(&Sha256::digest(archive));
    let mut receiving = Receiving::new("", &checksum, &Limits::default())?;
    archive.chunks(chunk).try_for_each(|it| receiving.push(it))?;
    receiving.finish()
}

fn require_the_same(whole: &ArchiveTree, pieces: &ArchiveTree) {
    assert_eq!(format!("{:?}", whole.counts()), format!("{:?}", pieces.counts()));
    for path in ["sglang.toml", "a", "a/base", "link"] {
        let read = |tree: &ArchiveTree| tree.read(path, 999).map_err(|error| error.to_string());
        assert_eq!(read(whole), read(pieces), "{path}");
    }
    for path in ELSEWHERE {
        let read = whole.read(path, 999);
        assert!(matches!(read, Err(ReadError::Outside | ReadError::Missing)), "{path}: {read:?}");
    }
}
