//! The archive as a whole, against the folder that it was packed from.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::tree::{DiskTree, Tree};

fn receive(archive: &[u8], folder: &str, chunk: usize) -> Result<ArchiveTree, ArchiveError> {
    let sha256 = base16ct::lower::encode_string(&Sha256::digest(archive));
    let mut receiving = Receiving::new(folder, &sha256, &Limits::default())?;
    archive.chunks(chunk).try_for_each(|it| receiving.push(it))?;
    receiving.finish()
}

fn pack(folder: &Path) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    builder.follow_symlinks(false);
    builder.append_dir_all(".", folder).unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |it: &str| folder.path().join(it);
    fs::create_dir_all(path("a/b")).unwrap();
    fs::create_dir(path("empty")).unwrap();
    fs::write(path("a/file"), "text").unwrap();
    fs::write(path("a/b/large"), vec![b'x'; 3_000_000]).unwrap();
    fs::write(path("a-file"), "").unwrap();
    for (link, target) in [
        ("a/to-file", "file"),
        ("a/b/to-parent", ".."),
        ("a/b/up", "../../a/./b/../file"),
        ("to-folder", "a/b"),
        ("to-folder-with-slash", "a/b/"),
        ("to-file-with-slash", "a/file/"),
        ("through-file", "a/file/.."),
        ("through-nothing", "nothing/../a/file"),
        ("dangling", "nothing"),
        ("loop", "loop"),
        ("circle", "a/circle"),
        ("a/circle", "../circle"),
        ("out", "../a/file"),
        ("a/out-and-in", "../../repository/a/file"),
        ("absolute", "/a/file"),
        ("chain0", "a/file"),
    ] {
        symlink(target, path(link)).unwrap();
    }
    for n in 1..45 {
        symlink(format!("chain{}", n - 1), path(&format!("chain{n}"))).unwrap();
    }
    folder
}

/// Files, links and folders of the repository, and what can be asked beyond.
fn questions(folder: &Path) -> Vec<String> {
    let long = ["a".repeat(255), "a".repeat(256), "a/".repeat(2047), "a/".repeat(2050)];
    let odd = ["", ".", "./", "..", "a/..", "a/../..", "/", "/a/file", "a//file", "a/./file", "a/file/."];
    let names: Vec<String> =
        ["", "a/", "a/b/", "to-folder/", "a/b/to-parent/", "loop/", "a/file/", "absolute/"]
            .iter()
            .flat_map(|it| {
                let names =
                    fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
                names
                    .chain(["b", "file", "large", "up", "no", ".."].map(str::to_owned))
                    .map(move |name| format!("{it}{name}"))
            })
            .collect();
    let slashes = names.iter().map(|it| format!("{it}/"));
    let odd = odd.map(str::to_owned).into_iter().chain(long).chain([String::from("a\0b")]);
    slashes.chain(names.clone()).chain(odd).collect()
}

/// A person must not be able to tell which door a repository came through.
#[test]
fn an_archive_answers_as_the_folder_that_it_was_packed_from() {
    let folder = repository();
    let disk = DiskTree::open(folder.path()).unwrap();
    let archive = receive(&pack(folder.path()), ".", 1024).unwrap();
    for path in questions(folder.path()) {
        let answer = |tree: &dyn Tree| match tree.read(&path, 1000) {
            Ok(bytes) => format!("{} bytes", bytes.len()),
            Err(error) => error.to_string(),
        };
        assert_eq!(answer(&archive), answer(&disk), "{path:?}");
        assert_eq!(archive.has_folder(&path), disk.has_folder(&path), "{path:?}");
    }
}

#[test]
fn chunks_may_have_any_size() {
    let archive = pack(repository().path());
    let counts = receive(&archive, ".", usize::MAX).unwrap().counts();
    assert_eq!(counts.compressed, archive.len() as u64);
    for chunk in [1, 3, 1024, 65_536, 65_537] {
        let tree = receive(&archive, ".", chunk).unwrap();
        assert_eq!(tree.counts(), counts);
        assert_eq!(tree.read("a/file", 9).unwrap(), b"text");
    }
}

#[test]
fn what_was_not_kept_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("app")).unwrap();
    for n in 0..40 {
        fs::write(folder.path().join(format!("base{n}")), vec![n; 50_000 + usize::from(n)]).unwrap();
    }
    fs::write(folder.path().join("app/sglang.toml"), "schema = 1").unwrap();
    let tree = receive(&pack(folder.path()), "app", 1024).unwrap();
    let is_kept = |path: &str| tree.is_here(tree.file(path, usize::MAX).unwrap());
    let paths: Vec<String> = (0..40).map(|n| format!("base{n}")).collect();
    let missing: Vec<&str> = paths.iter().map(String::as_str).filter(|it| !is_kept(it)).collect();
    assert!(is_kept("app/sglang.toml") && missing.len() == 20, "{missing:?}");
    tree.will_read(&missing[1..], 100_000);
    assert!(!is_kept(missing[0]) && missing[1..].iter().all(|it| is_kept(it)));
    for (n, path) in (0..40).zip(&paths) {
        assert_eq!(tree.read(path, 100_000).unwrap(), vec![n; 50_000 + usize::from(n)]);
    }
}

#[test]
fn the_folder_is_what_its_links_lead_to() {
    let archive = pack(repository().path());
    let folder = |asked: &str| receive(&archive, asked, 1024).map(|it| it.folder().to_owned());
    for (asked, expected) in [
        (".", ""),
        ("", ""),
        ("./a/", "a"),
        ("to-folder", "a/b"),
        ("a/b/to-parent/b", "a/b"),
        ("dangling", "dangling"),
        ("a/file", "a/file"),
        ("loop", "loop"),
    ] {
        assert_eq!(folder(asked).unwrap(), expected, "{asked}");
    }
    for asked in ["out", "absolute", "/a", "a/..", "a\0"] {
        assert_eq!(folder(asked).unwrap_err().code(), "PATH_DENIED", "{asked}");
    }
}

#[test]
fn an_archive_that_has_not_begun_to_come_takes_little() {
    assert!(size_of::<Receiving>() + size_of::<Unpacking<Index>>() < 4 << 10);
}
