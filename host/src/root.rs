//! Where the repository of a folder begins. Files are read below that root and nowhere else.

use std::path::{Component, Path, PathBuf};

/// A folder within its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// The folder, relative to the root, with `/` between its parts; empty for the root itself.
    pub(crate) folder: String,
}

/// Why a folder has no root.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RootError {
    /// The root that somebody gave does not hold the folder.
    #[error("`{}` is not below the root `{}`", folder.display(), root.display())]
    Outside {
        /// The folder.
        folder: PathBuf,
        /// The given root.
        root: PathBuf,
    },
    /// Paths of a repository are text; this folder's is not.
    #[error("the path `{}` is not UTF-8", .0.display())]
    NotUtf8(PathBuf),
}

impl Root {
    /// The root that was given; else the nearest `.git` above; else, under Argo CD, one folder up for each trailing part
    /// that the folder shares with the Application's path; else the folder itself. Both paths are absolute, without links.
    pub(crate) fn find(
        folder: &Path,
        given: Option<&Path>,
        source_path: Option<&str>,
    ) -> Result<Root, RootError> {
        let root = match given {
            Some(root) => root,
            None => git_root(folder).unwrap_or_else(|| shared_root(folder, source_path.unwrap_or(""))),
        };
        let inside = folder.strip_prefix(root);
        let inside = inside.map_err(|_| RootError::Outside { folder: folder.into(), root: root.into() })?;
        let parts = inside.iter().map(|it| it.to_str());
        let parts: Option<Vec<&str>> = parts.collect();
        let parts = parts.ok_or_else(|| RootError::NotUtf8(folder.into()))?;
        Ok(Root { root: root.into(), folder: parts.join("/") })
    }
}

/// A worktree and a submodule have a file called `.git`, a clone a folder.
fn git_root(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|it| it.join(".git").symlink_metadata().is_ok())
}

/// Argo CD runs a plugin in the Application's folder, below a root that it does not name.
fn shared_root<'a>(folder: &'a Path, source_path: &str) -> &'a Path {
    let wanted = Path::new(source_path).components().rev().filter(|it| *it != Component::CurDir);
    let shared =
        folder.components().rev().zip(wanted).take_while(|(ours, theirs)| is_name(ours) && ours == theirs);
    folder.ancestors().nth(shared.count()).unwrap_or(folder)
}

fn is_name(part: &Component<'_>) -> bool {
    matches!(part, Component::Normal(_))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn find(folder: &str, source_path: Option<&str>) -> (String, String) {
        let found = Root::find(Path::new(folder), None, source_path).unwrap();
        (found.root.display().to_string(), found.folder)
    }

    fn pair(root: &str, folder: &str) -> (String, String) {
        (root.to_owned(), folder.to_owned())
    }

    #[test]
    fn argo_shares_trailing_parts() {
        assert_eq!(find("/x/work/services/llama", Some("services/llama")), pair("/x/work", "services/llama"));
        assert_eq!(
            find("/x/work/services/llama", Some("./services/llama/")),
            pair("/x/work", "services/llama")
        );
        assert_eq!(find("/x/work/other/llama", Some("services/llama")), pair("/x/work/other", "llama"));
        assert_eq!(find("/x/work/llama", Some("services/other")), pair("/x/work/llama", ""));
        for path in [".", "", "/", ".."] {
            assert_eq!(find("/x/work/llama", Some(path)), pair("/x/work/llama", ""), "{path}");
        }
        assert_eq!(find("/llama", Some("llama")), pair("/", "llama"));
    }

    #[test]
    fn git_comes_before_argo() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let inner = root.join("a/b/c");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir(root.join("a/.git")).unwrap();
        let found = Root::find(&inner, None, Some("b/c")).unwrap();
        assert_eq!(found, Root { root: root.join("a"), folder: String::from("b/c") });
    }

    #[test]
    fn a_given_root_wins_and_must_hold_the_folder() {
        let found = Root::find(Path::new("/x/a/b"), Some(Path::new("/x")), None).unwrap();
        assert_eq!(found.folder, "a/b");
        assert!(Root::find(Path::new("/x/a/b"), Some(Path::new("/y")), None).is_err());
    }
}
