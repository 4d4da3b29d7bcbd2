//! Any paths, as a request's folder and as what a guest asks for: nothing outside of the repository is read or told.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;

use cmp_host::config::SPEC;
use cmp_host::diagnostic::Report;
use cmp_host::guest::contract::{File, Input, Location, Span};
use cmp_host::limits::Limits;
use cmp_host::problem::Rejection;
use cmp_host::render::{self, Style};
use cmp_host::request;
use cmp_host::tree::{DiskTree, Tree};
use tempfile::TempDir;

use super::{chunks, shown};

/// Every file of the repository holds this, and no other file of the machine does.
const OURS: &str = "# a-file-of-this-repository\n";
/// What stands beside the repository.
const SECRET: &str = "7d0ec2c5-not-of-this-repository";

static REPOSITORY: LazyLock<(TempDir, DiskTree)> = LazyLock::new(|| lay_out().expect("a folder can be made"));

/// The first part is the folder of the spec; the guest asks for the others.
pub(crate) fn look(bytes: &[u8]) {
    let mut paths = chunks::texts(bytes).into_iter();
    let (folder, tree) = &*REPOSITORY;
    assert!(folder.path().join("secret").exists());
    let limits = Limits::default();
    let spec = request::read_spec(tree, &paths.next().unwrap_or_default(), &[SPEC], &limits);
    let spec = spec.unwrap_or_else(|rejection| {
        require_ours(&rejection.files);
        require_untold(rejection);
        File { path: SPEC.to_owned(), text: OURS.to_owned() }
    });
    let inputs: Vec<Input> = paths.enumerate().map(|(index, path)| input(index, path)).collect();
    let gathered = request::gather(|_| Ok(Ok(inputs.clone())), tree, spec, None, &limits);
    match gathered.expect("whoever asks here does not fail") {
        Ok(files) => require_ours(&files),
        Err(rejection) => {
            require_ours(&rejection.files);
            require_untold(rejection);
        }
    }
}

fn lay_out() -> std::io::Result<(TempDir, DiskTree)> {
    let folder = tempfile::tempdir()?;
    let secret = folder.path().join("secret");
    fs::write(&secret, SECRET)?;
    let root = folder.path().join("r");
    fs::create_dir_all(root.join("a/b"))?;
    for path in [SPEC, "base", "a/base", "a/b/sglang.toml"] {
        fs::write(root.join(path), OURS)?;
    }
    symlink(&secret, root.join("absolute"))?;
    for (target, link) in [
        ("../secret", "out"),
        ("..", "up"),
        ("a/b", "in"),
        ("loop", "loop"),
        ("../../..", "a/far"),
        ("/", "top"),
    ] {
        symlink(target, root.join(link))?;
    }
    let tree = DiskTree::open(&root)?;
    // Otherwise nothing that follows would say anything.
    assert!(tree.read("in/sglang.toml", 99).is_ok_and(|it| it == OURS.as_bytes()));
    Ok((folder, tree))
}

/// A guest may say that any place asks.
fn input(index: usize, path: String) -> Input {
    let at = u32::try_from(path.len()).unwrap_or(u32::MAX);
    let asked_by = match index % 3 {
        0 => None,
        1 => Some(Location::Span(Span { file: at % 3, start: at, end: at / 2 })),
        _ => Some(Location::Key { file: at % 3, path: path.clone() }),
    };
    Input { path, asked_by }
}

fn require_ours(files: &[File]) {
    for file in files {
        assert!(file.text == OURS, "`{}` is not of this repository: {:?}", file.path, file.text);
    }
}

fn require_untold(Rejection { files, problems }: Rejection) {
    let text = render::report(&Report::new(files, problems), Style::Plain);
    shown::require_harmless(&text);
    assert!(!text.contains(SECRET), "{text}");
}
