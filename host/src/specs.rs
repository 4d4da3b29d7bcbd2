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
    let own = match tree.entries(folder) {
        Ok(own) => own,
        Err(ReadError::Missing | ReadError::NotAFile | ReadError::Outside) => return Ok(Vec::new()),
        Err(error) => return Err(Rejection::of(unread(folder, &error))),
    };
    if own.iter().any(is_spec) {
        return Ok(vec![folder.to_owned()]);
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut ahead = vec![(folder.to_owned(), own)];
    let mut seen = 0;
    while let Some((folder, entries)) = ahead.pop() {
        seen += 1;
        if seen > FOLDERS || folder.len() > LONGEST_PATH {
            return Err(Rejection::of(too_many(&folder)));
        }
        for name in entries.iter().filter(|it| is_visible_folder(it)).map(|it| it.name.as_str()) {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match tree.entries(&path) {
                Ok(entries) => ahead.push((path, entries)),
                Err(error) => problems.push(unread(&path, &error)),
            }
        }
        if entries.iter().any(is_spec) {
            found.push(folder);
        }
    }
    problems.sort_by(|one, other| one.message.cmp(&other.message));
    if problems.is_empty() { Ok(sorted(found)) } else { Err(Rejection { files: Vec::new(), problems }) }
}

/// A commit of a few hundred bytes can name one folder a billion times.
const FOLDERS: usize = 100_000;
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
    struct Endless(usize);

    impl Tree for Endless {
        fn read(&self, _: &str, _: usize) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::Missing)
        }

        fn has_folder(&self, _: &str) -> bool {
            true
        }
    }

    impl Folders for Endless {
        fn entries(&self, path: &str) -> Result<Vec<Entry>, ReadError> {
            let entry = |name: &str| Entry { name: name.to_owned(), kind: Kind::Folder };
            let is_deep = path.len() > 2 * self.0;
            Ok(if is_deep { Vec::new() } else { vec![entry("a"), entry("b")] })
        }
    }

    #[test]
    fn folders_without_end_are_refused() {
        for depth in [20, usize::MAX / 2] {
            let Rejection { problems, .. } = folders(&Config::default(), &Endless(depth), "").unwrap_err();
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, "SG002"));
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
