//! Archives that are almost right: a good one, changed in a place or two. Every run draws the same ones.

use crate::support::archive::{Archive, LONG_LINK, LONG_NAME, RECORDS, gzip, record};

const BLOCK: usize = 512;
/// Where the fields of a header lie of which readers make something.
const FIELDS: [(usize, usize); 12] = [
    (0, 100),
    (100, 8),
    (108, 8),
    (124, 12),
    (136, 12),
    (156, 1),
    (157, 100),
    (257, 8),
    (329, 8),
    (345, 155),
    (476, 24),
    (508, 4),
];
/// What stands in such fields, in archives of all times and of nobody.
const TEXTS: [&[u8]; 20] = [
    b"ustar\x0000",
    b"ustar  \0",
    b"ustar\x0011",
    b"tar\0",
    b"00000000012\0",
    b"       12 \0 ",
    b"12",
    b"\0",
    b" ",
    b"8",
    b"-1",
    b"+1",
    b"77777777777\0",
    b"\x80\0\0\0\0\0\0\0\0\0\x02\0",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x80\0\0\0\x80\0\0\0\0\0\0\0",
    b"a/",
    b"../a",
    b"\xe4\xf6",
    b"/",
];
const FLAGS: &[u8] = b"\x000123456789xgLKSDVZ ";
/// What may stand in records.
const RECORDS_OF_ANY_KIND: [&str; 18] = [
    "9 path=b\n",
    "8 path=\n",
    "11 size=10\n",
    "9 size=\n",
    "10 size=-1\n",
    "13 size=9999\n",
    "14 linkpath=c\n",
    "9 uid=-7\n",
    "9 uid=1a\n",
    "14 mtime=1.25\n",
    "13 mtime=1.x\n",
    "13 comment=\0\n",
    "11 path=\0a\n",
    "+11 path=bc\n",
    "12 path=b\n",
    "6 a=b\n",
    "5 =b\n",
    "22 GNU.sparse.major=1\n",
];

/// Draws one archive after the other.
pub(crate) struct Drawn {
    state: u64,
}

impl Drawn {
    pub(crate) fn new() -> Drawn {
        Drawn { state: 2024 }
    }

    fn below(&mut self, end: usize) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % end.max(1)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A good archive, of entries in any order.
    fn good(&mut self) -> Archive {
        (0..1 + self.below(6)).fold(Archive::new(), |archive, _| self.with_entry(archive))
    }

    fn with_entry(&mut self, archive: Archive) -> Archive {
        let size = self.one_of(&[0, 1, 10, 511, 512, 513, 1500]);
        let content = vec![b'c'; size];
        match self.below(12) {
            0 => archive.folder("folder"),
            1 => archive.link("link", "folder/file"),
            2 => archive.file("n".repeat(150), content),
            3 => archive.special(LONG_NAME, "long\0name").file("file", content),
            4 => archive.special(LONG_LINK, "target").link("link", ""),
            5 => {
                let n = 1 + self.below(3);
                let records: Vec<&str> = (0..n).map(|_| self.one_of(&RECORDS_OF_ANY_KIND)).collect();
                archive.special(RECORDS, records.concat()).file("file", content)
            }
            6 => archive.special(b'g', record("path", "all")).file("file", content),
            7 => {
                let flag = self.one_of(FLAGS);
                archive.entry(flag, "odd", "target", content)
            }
            8 => archive.changed(content, |it| it.as_mut_bytes()[257..265].copy_from_slice(b"ustar  \0")),
            9 => archive.changed(content, |it| it.as_mut_bytes()[508..].copy_from_slice(b"tar\0")),
            10 => archive.changed(content, |it| it.as_mut_bytes()[345..349].copy_from_slice(b"p/q\0")),
            _ => archive.file("file", content),
        }
    }

    /// Another text in a field of a header, or another byte anywhere; the checksum is mostly made right again.
    fn change_block(&mut self, tar: &mut [u8]) {
        let start = self.below(tar.len() / BLOCK) * BLOCK;
        let Some(block) = tar.get_mut(start..start + BLOCK) else { return };
        if self.one_in(3) {
            block[self.below(BLOCK)] = self.below(256) as u8;
        } else {
            let (at, length) = self.one_of(&FIELDS);
            let flag = [self.one_of(FLAGS)];
            let text = if length == 1 { &flag } else { self.one_of(&TEXTS) };
            let length = length.min(text.len());
            block[at..at + length].copy_from_slice(&text[..length]);
        }
        if !self.one_in(6) {
            sum(block);
        }
    }

    /// Blocks that are missing, come twice, or end too early.
    fn change_order(&mut self, tar: &mut Vec<u8>) {
        let at = self.below(tar.len() / BLOCK + 1) * BLOCK;
        let end = (at + BLOCK).min(tar.len());
        match self.below(4) {
            0 => tar.truncate(self.below(tar.len() + 1)),
            1 => tar.truncate(at),
            2 => drop(tar.drain(at..end)),
            _ => {
                let block = tar[at..end].to_vec();
                tar.splice(at..at, block);
            }
        }
    }

    fn change_gzip(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let at = self.below(bytes.len());
        match self.below(5) {
            0 => bytes[at] = self.below(256) as u8,
            1 => bytes.truncate(at),
            2 => bytes.extend(b"garbage"),
            3 => bytes.extend(gzip(b"more")),
            _ => bytes[3] = self.below(256) as u8,
        }
        bytes
    }

    /// In one member, or in two.
    fn pack(&mut self, tar: &[u8]) -> Vec<u8> {
        let (one, other) = tar.split_at(self.below(tar.len() + 1));
        if self.one_in(4) { [gzip(one), gzip(other)].concat() } else { gzip(tar) }
    }
}

impl Iterator for Drawn {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut tar = self.good().unended();
        tar.extend(vec![0; self.one_of(&[0, BLOCK, 2 * BLOCK, 2 * BLOCK, 3 * BLOCK])]);
        for _ in 0..self.below(3) {
            self.change_block(&mut tar);
        }
        if self.one_in(4) {
            self.change_order(&mut tar);
        }
        let packed = self.pack(&tar);
        Some(if self.one_in(5) { self.change_gzip(packed) } else { packed })
    }
}

/// Makes a checksum right, which counts as spaces itself.
fn sum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|it| u32::from(*it)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}
