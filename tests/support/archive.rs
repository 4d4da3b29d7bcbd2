//! Writes archives header by header, so that they may be as wrong as a test wants them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

/// The flags of entries.
pub(crate) const FILE: u8 = b'0';
pub(crate) const LINK: u8 = b'2';
pub(crate) const FOLDER: u8 = b'5';
/// The flags of what belongs to the next entry.
pub(crate) const RECORDS: u8 = b'x';
pub(crate) const LONG_NAME: u8 = b'L';
pub(crate) const LONG_LINK: u8 = b'K';

const BLOCK: usize = 512;

/// A tar archive that is being written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive(Vec<u8>);

impl Archive {
    /// With the first entry of all that Argo CD sends.
    pub(crate) fn new() -> Archive {
        Archive::default().folder(".")
    }

    pub(crate) fn folder(self, name: impl AsRef<[u8]>) -> Archive {
        self.entry(FOLDER, name, "", "")
    }

    pub(crate) fn file(self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Archive {
        self.entry(FILE, name, "", content)
    }

    pub(crate) fn link(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Archive {
        self.entry(LINK, name, target, "")
    }

    /// Any entry; what its header has no room for stands before it, as Go writes it.
    pub(crate) fn entry(
        self,
        flag: u8,
        name: impl AsRef<[u8]>,
        target: impl AsRef<[u8]>,
        content: impl AsRef<[u8]>,
    ) -> Archive {
        let (name, target, content) = (name.as_ref(), target.as_ref(), content.as_ref());
        let too_long = [("path", name), ("linkpath", target)].into_iter().filter(|(_, it)| it.len() > 100);
        let records: Vec<u8> = too_long.flat_map(|(key, value)| record(key, value)).collect();
        let archive = if records.is_empty() { self } else { self.special(RECORDS, records) };
        archive.changed(content, |header| {
            let old = header.as_old_mut();
            put(&mut old.name, name);
            put(&mut old.linkname, target);
            old.linkflag = [flag];
        })
    }

    /// Something that is said of the next entry.
    pub(crate) fn special(self, flag: u8, text: impl AsRef<[u8]>) -> Archive {
        self.changed(text, |header| header.as_old_mut().linkflag = [flag])
    }

    /// A regular file of the name `a` whose header is changed before its checksum is written.
    pub(crate) fn changed(self, content: impl AsRef<[u8]>, change: impl FnOnce(&mut Header)) -> Archive {
        let content = content.as_ref();
        let mut header = Header::new_ustar();
        header.as_old_mut().name[0] = b'a';
        header.set_mode(0o644);
        header.set_entry_type(EntryType::Regular);
        header.set_size(content.len() as u64);
        change(&mut header);
        header.set_cksum();
        let padding = content.len().wrapping_neg() % BLOCK;
        self.raw(header.as_bytes()).raw(content).raw(vec![0; padding])
    }

    pub(crate) fn raw(mut self, bytes: impl AsRef<[u8]>) -> Archive {
        self.0.extend(bytes.as_ref());
        self
    }

    /// As it is, without an end.
    pub(crate) fn unended(self) -> Vec<u8> {
        self.0
    }

    /// With the two empty blocks that end an archive, compressed.
    pub(crate) fn packed(self) -> Vec<u8> {
        gzip(&self.raw([0; 2 * BLOCK]).0)
    }
}

/// One member of gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// A PAX record; its length is part of its length.
pub(crate) fn record(key: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let rest = key.len() + value.len() + 3;
    let digits = |it: usize| it.to_string().len();
    let length = rest + digits(rest + digits(rest));
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

fn put(field: &mut [u8], text: &[u8]) {
    let text = &text[..text.len().min(field.len())];
    field.fill(0);
    field[..text.len()].copy_from_slice(text);
}
