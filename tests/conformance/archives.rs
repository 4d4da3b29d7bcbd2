//! Go's own `archive/tar` and `compress/gzip`, which Argo CD sends and receives with, on archives that nobody thought of.
//!
//! What the host takes, Go takes, and finds the same entries in it. What Go takes and the host does not is named here.

use std::fs;

use anyhow::{Context, ensure};
use base16ct::lower::encode_string;
use cmp_host::limits::Limits;
use cmp_host::tree::archive::{ArchiveError, Entry, Sink, Unpacking};
use sha2::{Digest, Sha256};

use crate::drawn::Drawn;
use crate::support::tools;

const ARCHIVES: usize = 1_500;
/// Nobody sends these, and each could hide something.
const REFUSED: [&str; 2] = [
    "it holds a file with holes",
    // Go takes a header of GNU's whose times are no numbers, if only they look like a path.
    "a header holds no number where there should be one",
];

/// The entries, as `tests/conformance/go/archive.go` writes them.
#[derive(Default)]
struct Listing {
    lines: String,
    sha256: Sha256,
    size: usize,
}

#[test]
fn go_sees_the_same_in_every_archive_that_is_taken() -> anyhow::Result<()> {
    tools::install("go")?;
    let folder = tempfile::tempdir()?;
    let archives: Vec<Vec<u8>> = Drawn::new().take(ARCHIVES).collect();
    let mut paths = String::new();
    for (n, archive) in archives.iter().enumerate() {
        let path = folder.path().join(n.to_string());
        fs::write(&path, archive)?;
        paths += &format!("{}\n", path.display());
    }
    let said = tools::ask("bin/conformance", ["archive"], &paths)?;
    let lines = said.lines()?;
    ensure!(lines.len() == ARCHIVES, "{} of {ARCHIVES} archives", lines.len());
    let mut n_taken = 0;
    for (n, (archive, go)) in archives.iter().zip(lines).enumerate() {
        let ours = list(archive);
        n_taken += usize::from(ours.is_ok());
        require_agreement(&ours, go).with_context(|| format!("archive {n}:\n{go}\n{ours:?}"))?;
    }
    // Otherwise nothing has been compared, or nothing that is wrong.
    ensure!((ARCHIVES / 4..ARCHIVES * 3 / 4).contains(&n_taken), "{n_taken} of {ARCHIVES} are taken");
    Ok(())
}

fn require_agreement(ours: &Result<String, ArchiveError>, go: &str) -> anyhow::Result<()> {
    match ours {
        Ok(ours) => ensure!(format!("ok:{ours}") == go, "Go sees something else"),
        Err(error) => {
            let may_be_refused = REFUSED.iter().any(|it| error.to_string().contains(it));
            ensure!(go.starts_with("error: ") || may_be_refused, "Go takes it");
        }
    }
    Ok(())
}

fn list(archive: &[u8]) -> Result<String, ArchiveError> {
    let mut unpacking = Unpacking::new(Listing::default(), &Limits::default());
    archive.chunks(1000).try_for_each(|it| unpacking.feed(it))?;
    let (mut listing, _) = unpacking.end()?;
    listing.end_entry();
    Ok(listing.lines)
}

impl Listing {
    fn end_entry(&mut self) {
        if !self.lines.is_empty() {
            let sha256 = std::mem::take(&mut self.sha256).finalize();
            self.lines += &format!("/{}/{}", self.size, encode_string(&sha256));
            self.size = 0;
        }
    }
}

impl Sink for Listing {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), ArchiveError> {
        self.end_entry();
        self.lines += &format!(" {}/{}/{}", entry.flag, encode_string(entry.name), encode_string(entry.link));
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.size += bytes.len();
    }
}
