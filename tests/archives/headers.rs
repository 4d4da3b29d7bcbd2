//! Headers of tar that readers disagree about. This one sees what Go's `archive/tar` sees, or refuses.

use tar::Header;

use crate::attempt::{Row, Sent, TEXT, good};
use crate::support::archive::{Archive, FILE, LONG_LINK, LONG_NAME, RECORDS, gzip, record};

const INVALID: &str = "ARCHIVE_INVALID";
const LIMIT: &str = "ARCHIVE_LIMIT";
const SPEC: &str = "sglang.toml";
/// What a reader sees that takes the header's own size for true.
const INNER: &str = "schema = 1\nname = \"other\"\n";

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new("C-09", "a-size-in-a-record-that-is-less-than-the-headers", "ok", || {
            let archive = Archive::new().special(RECORDS, record("size", TEXT.len().to_string()));
            Sent::of(
                archive
                    .changed(TEXT, |header| {
                        header.as_old_mut().name[..SPEC.len()].copy_from_slice(SPEC.as_bytes());
                        header.set_size(4096);
                    })
                    .packed(),
            )
        }),
        Row::new("C-09", "a-file-that-hides-in-another-ones-size", "ok", hidden),
        Row::new("C-09", "a-size-in-a-record-that-is-negative", INVALID, || sized(record("size", "-1"))),
        Row::new("C-09", "a-size-in-a-record-that-is-no-number", INVALID, || sized(record("size", "0x1"))),
        Row::new("C-09", "a-size-of-eight-exbibytes", INVALID, || {
            sized(record("size", "9223372036854775808"))
        }),
        Row::new("C-09", "a-size-of-almost-eight-exbibytes", INVALID, || {
            sized(record("size", "9223372036854775807"))
        }),
        Row::new("C-09", "a-name-in-a-record", "ok", || special(RECORDS, record("path", SPEC))),
        Row::new("C-09", "a-long-name-of-gnu", "ok", || special(LONG_NAME, "sglang.toml\0garbage")),
        Row::new("C-09", "two-long-names-of-gnu", "ok", || {
            Sent::of(
                Archive::new().special(LONG_NAME, "other").special(LONG_NAME, SPEC).file("a", TEXT).packed(),
            )
        }),
        Row::new("C-09", "a-long-name-of-gnu-beside-a-name-in-a-record", "ok", || {
            let records = record("path", "other");
            Sent::of(
                Archive::new().special(LONG_NAME, SPEC).special(RECORDS, records).file("a", TEXT).packed(),
            )
        }),
        Row::new("C-09", "two-records-of-one-key", "ok", || {
            special(RECORDS, [record("path", "other"), record("path", SPEC)].concat())
        }),
        Row::new("C-09", "records-that-others-replace", "SG001", || {
            let (one, other) = (record("path", SPEC), record("mtime", "1"));
            Sent::of(Archive::new().special(RECORDS, one).special(RECORDS, other).file("a", TEXT).packed())
        }),
        Row::new("C-09", "a-link-target-in-a-record", "ok", || {
            Sent::of(with_target(Archive::new().special(RECORDS, record("linkpath", "real"))))
        }),
        Row::new("C-09", "a-long-link-target-of-gnu", "ok", || {
            Sent::of(with_target(Archive::new().special(LONG_LINK, "real\0")))
        }),
        Row::new("C-09", "a-long-name-that-nothing-follows", "ok", || {
            Sent::of(gzip(&good().special(LONG_NAME, "name").unended()))
        }),
        Row::new("C-09", "a-long-name-of-more-than-a-mebibyte", INVALID, || {
            Sent::of(good().special(LONG_NAME, vec![b'a'; (1 << 20) + 1]).file("a", "").packed())
        }),
        Row::new("C-09", "a-record-that-is-longer-than-all-records", INVALID, || {
            special(RECORDS, "99 path=sglang.toml\n")
        }),
        Row::new("C-09", "a-record-that-is-shorter-than-it-is", INVALID, || {
            special(RECORDS, "10 path=sglang.toml\n")
        }),
        Row::new("C-09", "a-record-of-minus-five-bytes", INVALID, || {
            special(RECORDS, "-5 path=sglang.toml\n")
        }),
        Row::new("C-09", "a-name-in-a-record-with-a-nul", INVALID, || {
            special(RECORDS, record("path", "sglang.toml\0"))
        }),
        Row::new("C-09", "a-prefix-before-the-name", "ok", || {
            changed(|header| {
                header.as_mut_bytes()[345..348].copy_from_slice(b"app");
            })
            .about("app")
        }),
        Row::new("C-09", "a-size-in-base-256", "ok", || {
            changed(|header| {
                header.as_old_mut().size = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, TEXT.len() as u8]
            })
        }),
        Row::new("C-09", "a-negative-size-in-base-256", INVALID, || {
            changed(|header| header.as_old_mut().size = [0xff; 12])
        }),
        Row::new("C-09", "a-size-in-base-256-that-no-integer-holds", INVALID, || {
            changed(|header| {
                header.as_old_mut().size = [0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
            })
        }),
        Row::new("C-09", "a-size-that-is-no-number", INVALID, || {
            changed(|header| header.as_old_mut().size = *b"00000000+26\0")
        }),
        Row::new("C-09", "a-wrong-checksum-of-a-header", INVALID, || {
            let mut tar = good().file("last", "").unended();
            let last = tar.len() - 512;
            tar[last] = b'L';
            Sent::of(gzip(&tar))
        }),
        Row::new("C-11", "two-hundred-thousand-and-one-entries", LIMIT, || {
            let one = Archive::default().file("a", "").unended();
            Sent::of([gzip(&good().unended()), gzip(&one.repeat(1000)).repeat(200)].concat())
        }),
        Row::new("C-11", "a-hundred-thousand-empty-files", "ok", || {
            let files = (0..100_000).fold(good(), |archive, n| archive.file(format!("files/{n}"), ""));
            Sent::of(files.packed())
        }),
        Row::new("C-11", "a-folder-in-ten-thousand-folders", "ok", || {
            Sent::of(good().folder("a/".repeat(10_000)).packed())
        }),
        Row::new("C-11", "a-name-of-a-mebibyte", "ok", || {
            Sent::of(good().special(LONG_NAME, vec![b'a'; 1 << 20]).file("a", "").packed())
        }),
        Row::new("C-11", "paths-that-are-very-long-together", LIMIT, || {
            let folders = format!("{}/", "a".repeat(200)).repeat(20);
            let one = Archive::default().file(folders, "").unended();
            Sent::of([gzip(&good().unended()), gzip(&one.repeat(1000)).repeat(15)].concat())
        }),
    ]
}

/// A file of the spec's name whose records say something else than its header.
fn sized(records: Vec<u8>) -> Sent {
    Sent::of(Archive::new().special(RECORDS, records).file(SPEC, "").packed())
}

/// The header says that nothing follows, the record says that a whole archive does: who believes the header finds another
/// spec in it.
fn hidden() -> Sent {
    let inner = Archive::default().file(SPEC, INNER).unended();
    let archive = Archive::new().special(RECORDS, record("size", inner.len().to_string()));
    let archive = archive.changed("", |header| header.as_old_mut().linkflag = [FILE]);
    Sent::of(archive.raw(inner).file(SPEC, TEXT).packed())
}

/// What is said of a file that has another name in its header.
fn special(flag: u8, text: impl AsRef<[u8]>) -> Sent {
    Sent::of(Archive::new().special(flag, text).file("a", TEXT).packed())
}

fn with_target(archive: Archive) -> Vec<u8> {
    archive.link(SPEC, "nothing").file("real", TEXT).packed()
}

/// The spec, with another header.
fn changed(change: impl FnOnce(&mut Header)) -> Sent {
    let archive = Archive::new().changed(TEXT, |header| {
        header.as_old_mut().name[..SPEC.len()].copy_from_slice(SPEC.as_bytes());
        change(header);
    });
    Sent::of(archive.packed())
}
