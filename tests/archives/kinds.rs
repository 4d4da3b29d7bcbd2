//! Kinds of entries, entries that contradict each other, and what is only a burden.

use crate::attempt::{Row, Sent, TEXT, good};
use crate::support::archive::{Archive, FILE, FOLDER, record};

const INVALID: &str = "ARCHIVE_INVALID";
const SPEC: &str = "sglang.toml";
const OTHER: &str = "other";
/// Devices, a pipe, a contiguous file, and flags that nobody has given a meaning.
const ODD: [u8; 7] = *b"346789Z";

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new("C-08", "entries-of-odd-kinds", "ok", || {
            let odd = ODD.iter().enumerate();
            Sent::of(odd.fold(good(), |it, (n, flag)| it.entry(*flag, format!("odd{n}"), "", "")).packed())
        }),
        Row::new("C-08", "an-odd-kind-with-content", "ok", || {
            Sent::of(Archive::new().entry(b'7', "odd", "", [1; 700]).file(SPEC, TEXT).packed())
        }),
        Row::new("C-08", "a-spec-that-is-a-pipe", "SG005", || kind(b'6')),
        Row::new("C-08", "a-spec-that-is-a-device", "SG005", || kind(b'3')),
        Row::new("C-08", "a-spec-of-a-kind-that-nobody-knows", "SG005", || kind(b'Z')),
        Row::new("C-08", "a-spec-that-is-a-folder", "SG005", || kind(FOLDER)),
        Row::new("C-08", "a-spec-of-the-oldest-kind", "ok", || {
            Sent::of(Archive::new().entry(0, SPEC, "", TEXT).packed())
        }),
        Row::new("C-08", "records-of-all-entries", "ok", || {
            Sent::of(Archive::default().special(b'g', record("path", OTHER)).file(SPEC, TEXT).packed())
        }),
        Row::new("C-08", "a-file-with-holes", INVALID, || {
            Sent::of(good().entry(b'S', "holes", "", "").packed())
        }),
        Row::new("C-08", "a-file-with-holes-in-its-records", INVALID, || {
            let records = [record("GNU.sparse.major", "1"), record("GNU.sparse.minor", "0")].concat();
            Sent::of(good().special(b'x', records).file("holes", "0\n").packed())
        }),
        Row::new("C-10", "a-spec-twice", "SG005", || twice(|it| it.file(SPEC, TEXT))),
        Row::new("C-10", "a-spec-twice-in-two-spellings", "SG005", || {
            twice(|it| it.file("./sglang.toml", OTHER))
        }),
        Row::new("C-10", "a-spec-that-becomes-a-folder", "SG005", || twice(|it| it.folder(SPEC))),
        Row::new("C-10", "a-spec-with-a-file-below", "SG005", || twice(|it| it.file("sglang.toml/a", OTHER))),
        Row::new("C-10", "a-folder-that-becomes-a-spec", "SG005", || {
            Sent::of(Archive::new().folder(SPEC).file(SPEC, TEXT).packed())
        }),
        Row::new("C-10", "a-spec-that-becomes-a-link", "SG005", || twice(|it| it.link(SPEC, OTHER))),
        Row::new("C-10", "another-file-twice", "ok", || twice(|it| it.file(OTHER, "1").file(OTHER, "2"))),
        Row::new("C-10", "a-folder-twice", "ok", || {
            let archive = Archive::new().folder("app").folder("app/").folder("./app");
            Sent::of(archive.file("app/sglang.toml", TEXT).packed()).about("app")
        }),
        Row::new("C-10", "a-spec-and-its-twin-in-upper-case", "ok", || {
            twice(|it| it.file("SGLANG.toml", OTHER))
        }),
        Row::new("C-10", "folders-that-only-look-the-same", "ok", || {
            let archive =
                Archive::new().file("caf\u{e9}/sglang.toml", TEXT).file("cafe\u{301}/sglang.toml", OTHER);
            Sent::of(archive.packed()).about("caf\u{e9}")
        }),
        Row::new("C-22", "gits-own-files", "ok", || {
            let archive =
                Archive::new().folder(".git").file(".git/objects/pack/pack-1.pack", noise(20 << 20));
            Sent::of(archive.file(".git/config", OTHER).file(SPEC, TEXT).packed())
        }),
        Row::new("C-22", "a-spec-below-gits-own-folder", "ok", || {
            Sent::of(Archive::new().file(".git/app/sglang.toml", TEXT).packed()).about(".git/app")
        }),
        Row::new("C-22", "a-large-file-beside-the-spec", "ok", || {
            Sent::of(good().entry(FILE, "weights.bin", "", noise(20 << 20)).packed())
        }),
        Row::new("C-22", "a-spec-that-is-too-large", "SG002", || {
            Sent::of(Archive::new().file(SPEC, vec![b'#'; (256 << 10) + 1]).packed())
        }),
        Row::new("C-22", "many-small-files-before-the-spec", "ok", || {
            let folders = (0..500).fold(Archive::new(), |it, n| it.file(format!("a/{n}"), noise(10_000)));
            let files = (0..50).fold(folders, |it, n| it.file(format!("b{n}"), noise(100_000)));
            Sent::of(files.file(SPEC, TEXT).packed())
        }),
        Row::new("C-23", "submodules-and-attributes", "ok", || {
            let modules = "[submodule \"a\"]\n\turl = --upload-pack=touch /tmp/a\n";
            let archive = good().file(".gitmodules", modules).file(".gitattributes", "* filter=run\n");
            Sent::of(archive.folder("a").file("a/.git", "gitdir: ../../../.git\n").packed())
        }),
    ]
}

/// The spec's name with another kind of entry.
fn kind(flag: u8) -> Sent {
    Sent::of(Archive::new().entry(flag, SPEC, "", "").packed())
}

fn twice(again: fn(Archive) -> Archive) -> Sent {
    Sent::of(again(good()).packed())
}

/// What does not shrink.
fn noise(size: usize) -> Vec<u8> {
    let mut number: u64 = 1;
    let next = |_| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number.to_be_bytes()[0]
    };
    (0..size).map(next).collect()
}
