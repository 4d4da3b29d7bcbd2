//! What the host adds to the least that can be done with an archive: its checksum, and unpacking it.

use std::hint::black_box;
use std::io::{Read, Write};
use std::time::Instant;

use bytes::Bytes;
use cmp_host::limits::Limits;
use cmp_host::tree::archive::Receiving;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::MIB;
use crate::repositories::Repository;
use crate::support::goal::Goal;
use crate::support::packed;

const ROUNDS: usize = 7;
/// What Argo CD sends at once.
const CHUNK: usize = 1024;

pub(crate) fn goals(large: &Repository) -> anyhow::Result<[Goal; 1]> {
    let archive = packed::of_folder(large.path())?;
    let sum = base16ct::lower::encode_string(&Sha256::digest(&archive));
    let (mut ours, mut least) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(received(&archive, &sum, large)?);
        ours = ours.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        black_box(unpacked(&archive)?);
        least = least.min(start.elapsed().as_secs_f64());
    }
    let size = archive.len() as f64 / MIB;
    println!(
        "3000 files, {size:.1} MiB packed: {:.0} ms in the host, {:.0} ms for sha256 and gunzip",
        ours * 1e3,
        least * 1e3
    );
    Ok([Goal { what: "in the host, of sha256 and gunzip", measured: ours / least, unit: "", at_most: 1.3 }])
}

fn received(archive: &Bytes, sum: &str, large: &Repository) -> anyhow::Result<u64> {
    let mut receiving = Receiving::new(large.folder, sum, &Limits::default())?;
    for chunk in archive.chunks(CHUNK) {
        receiving.push(chunk)?;
    }
    Ok(receiving.finish()?.counts().entries)
}

fn unpacked(archive: &Bytes) -> anyhow::Result<u64> {
    black_box(Sha256::digest(archive));
    let mut gunzip = MultiGzDecoder::new(archive.as_ref());
    let (mut piece, mut sum) = (vec![0; 64 << 10], 0);
    loop {
        match gunzip.read(&mut piece)? {
            0 => return Ok(sum),
            length => sum += std::io::sink().write(&piece[..length])? as u64,
        }
    }
}
