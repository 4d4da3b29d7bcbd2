//! Which specs a folder stands for: its own, or else all below it.

use crate::choice;
use crate::config::Config;
use crate::guest::contract::Problem;
use crate::problem::{Rejection, problem};
use crate::tree::{Entry, Folders, Kind, ReadError};

/// The folders to look at: those of [`below`], or the folder itself, so that whoever reads its spec says that there is none.
pub(crate) fn folders(config: &Config, tree: &dyn Folders, folder: &str) -> Result<Vec<String>, Rejection> {
    let found = below(config, tree, folder)?;
    Ok(if found.is_empty() { vec![folder.to_owned()] } else { found })
}

/// The folders that hold a spec, sorted: the folder itself if it holds one, else each below it. Hidden folders hold what
/// tools keep there, and a link to a folder shows what stands elsewhere as well; neither is looked into.
pub(crate) fn below(config: &Config, tree: &dyn Folders, folder: &str) -> Result<Vec<String>, Rejection> {
    let names = choice::names(config, None);
    let is_spec = |it: &Entry| it.kind == Kind::Other && names.contains(&it.name.as_str());
    match tree.entries(folder).map(|own| own.iter().any(is_spec)) {
        Ok(true) => Ok(vec![folder.to_owned()]),
        Ok(false) => search(tree, folder, is_spec),
        Err(ReadError::Missing | ReadError::NotAFile | ReadError::Outside) => Ok(Vec::new()),
        Err(error) => Err(Rejection::of(unread(folder, &error))),
    }
}

/// Looks into a folder and all below it.
fn search(
    tree: &dyn Folders,
    folder: &str,
    is_spec: impl Fn(&Entry) -> bool,
) -> Result<Vec<String>, Rejection> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    // Paths wait, and no entries: of those there is one folder's at a time.
    let mut ahead = vec![folder.to_owned()];
    let (mut seen, mut bytes) = (0, 0);
    while let Some(folder) = ahead.pop() {
        let entries = tree.entries(&folder).unwrap_or_else(|error| {
            problems.push(unread(&folder, &error));
            Vec::new()
        });
        for name in entries.iter().filter(|it| is_visible_folder(it)).map(|it| it.name.as_str()) {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            (seen, bytes) = (seen + 1, bytes + path.len());
            if seen > FOLDERS || bytes > PATHS || path.len() > LONGEST_PATH {
                return Err(Rejection::of(too_many(&path)));
            }
            ahead.push(path);
        }
        if entries.iter().any(&is_spec) {
            found.push(folder);
        }
    }
    problems.sort_by(|one, other| one.message.cmp(&other.message));
    if problems.is_empty() { Ok(sorted(found)) } else { Err(Rejection { files: Vec::new(), problems }) }
}

/// A commit of a few hundred bytes can name one folder a billion times, so folders are counted when they are named, before
/// anything is looked into.
const FOLDERS: usize = 100_000;
/// Bytes of all their paths, which wait together.
const PATHS: usize = 32 << 20;
/// The kernel's own bound.
const LONGEST_PATH: usize = 4096;

fn too_many(folder: &str) -> Problem {
    let shown: String = folder.chars().take(80).collect();
    problem("SG002", format!("there are more than {FOLDERS} folders, or too deep ones, such as `{shown}`"))
        .help("name a folder that holds fewer")
}

fn is_visible_folder(it: &Entry) -> bool {
    it.kind == Kind::Folder && !it.name.starts_with('.')
}

/// A folder before what is below it, whatever its neighbours are called.
fn sorted(mut folders: Vec<String>) -> Vec<String> {
    folders.sort_by(|one, other| one.split('/').cmp(other.split('/')));
    folders
}

fn unread(folder: &str, error: &ReadError) -> Problem {
    problem("SG005", format!("the folder `{folder}` {error}"))
        .help("let everybody look into it, or name a folder beside it")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;
    use crate::tree::{DiskTree, Tree};

    fn laid(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(root: &Path, folder: &str) -> Vec<String> {
        folders(&Config::default(), &DiskTree::open(root).unwrap(), folder).unwrap()
    }

    /// As a commit may be, which names the same folder again and again.
    struct Made<F>(F);

    impl<F> Tree for Made<F> {
        fn read(&self, _: &str, _: usize) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::Missing)
        }

        fn has_folder(&self, _: &str) -> bool {
            true
        }
    }

    impl<F: Fn(&str) -> Vec<String>> Folders for Made<F> {
        fn entries(&self, path: &str) -> Result<Vec<Entry>, ReadError> {
            let names = (self.0)(path);
            Ok(names.into_iter().map(|name| Entry { name, kind: Kind::Folder }).collect())
        }
    }

    /// Requires that a search ends with one problem.
    fn assert_refused(tree: &dyn Folders) {
        let Rejection { problems, .. } = folders(&Config::default(), tree, "").unwrap_err();
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "SG002"));
    }

    #[test]
    fn folders_are_counted_before_they_are_looked_into() {
        // The folder itself is looked into twice: for a spec of its own, and for what is below.
        for (length, most) in [(1, 102), (250, 17)] {
            let looked_into = Cell::new(0);
            assert_refused(&Made(|_: &str| {
                looked_into.update(|it| it + 1);
                assert!(looked_into.get() <= most, "no end after {most} folders");
                (0..1000).map(|it| format!("{}{it}", "a".repeat(length))).collect()
            }));
            assert_eq!(looked_into.get(), most);
        }
    }

    #[test]
    fn folders_without_end_are_refused() {
        for depth in [20, usize::MAX / 2] {
            assert_refused(&Made(|path: &str| {
                let is_deep = path.len() > 2 * depth;
                if is_deep { Vec::new() } else { vec![String::from("a"), String::from("b")] }
            }));
        }
    }

    #[test]
    fn all_specs_below_are_found_in_order() {
        let folder =
            laid(&["b/sglang.toml", "a/x/sglang.toml", "a/sglang.toml", "a-b/sglang.toml", "c/d.toml"]);
        assert_eq!(found(folder.path(), ""), ["a", "a/x", "a-b", "b"]);
        assert_eq!(found(folder.path(), "a"), ["a"]);
        assert_eq!(found(folder.path(), "c"), ["c"]);
        assert_eq!(found(folder.path(), "nothing"), ["nothing"]);
    }

    #[test]
    fn a_folder_with_the_name_of_a_spec_is_none() {
        let folder = laid(&["sglang.toml/x", "a/sglang.toml"]);
        assert_eq!(found(folder.path(), ""), ["a"]);
        let folder = laid(&["sglang.toml/sglang.toml", "a/sglang.toml/x"]);
        assert_eq!(found(folder.path(), ""), ["sglang.toml"]);
    }

    #[test]
    fn hidden_folders_and_links_to_folders_are_left_out() {
        let folder = laid(&["a/sglang.toml", ".git/sglang.toml", "b/.x/sglang.toml"]);
        symlink("a", folder.path().join("link")).unwrap();
        symlink("..", folder.path().join("a/up")).unwrap();
        fs::create_dir_all(folder.path().join("c")).unwrap();
        symlink("../a/sglang.toml", folder.path().join("c/sglang.toml")).unwrap();
        assert_eq!(found(folder.path(), ""), ["a", "c"]);
    }
}
