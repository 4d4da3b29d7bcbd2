//! The commits of the repository that a folder lies in: what its specs were. gix stays below here; nothing is ever written.

mod tree;

use std::path::Path;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::open::Options;

use crate::root::Root;
use crate::stop::Stop;

pub(crate) use tree::{FileId, GitTree};

/// Objects that are looked up again and again: the trees above a few hundred specs.
const CACHE: usize = 16 << 20;

/// A repository, as seen from a root within its worktree.
pub(crate) struct Repository {
    git: gix::Repository,
    /// The root's own path below the worktree; empty for the worktree itself.
    prefix: String,
}

/// A commit, and what somebody called it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    id: ObjectId,
    /// As it was asked for, or the commit's id.
    pub(crate) name: String,
}

/// Why there is nothing of a commit.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    /// The root lies in no worktree.
    #[error("`{0}` is in no git repository; name a folder of a clone that has a working tree")]
    NoRepository(String),
    /// Nothing in the repository is called that.
    #[error("there is no revision `{name}`; {help}")]
    NoRevision {
        /// What was asked for.
        name: String,
        /// What to do.
        help: &'static str,
    },
    /// Objects are missing or broken.
    #[error("the git repository cannot be read: {0}")]
    Unreadable(String),
}

impl Repository {
    /// Finds the repository of a root, in a clone or in a linked worktree, whoever owns it.
    pub(crate) fn open(root: &Root) -> Result<Repository, GitError> {
        let none = || GitError::NoRepository(root.root.display().to_string());
        // Neither the user's configuration nor variables such as GIT_DIR change what is read.
        let options = gix::sec::trust::Mapping { full: Options::isolated(), reduced: Options::isolated() };
        let found = gix::ThreadSafeRepository::discover_opts(&root.root, Default::default(), options);
        // gix keeps the memory of every object that it has read for the next ones, and gets more back than it gives out.
        let mut git = found.map_err(|_| none())?.to_thread_local().without_freelist();
        let prefix = prefix(git.workdir().ok_or_else(none)?, &root.root).ok_or_else(none)?;
        git.object_cache_size_if_unset(CACHE);
        Ok(Repository { git, prefix })
    }

    /// Finds the commit that git would find: a branch, a tag, an id or the start of one, `HEAD~1`.
    pub(crate) fn revision(&self, name: &str) -> Result<Revision, GitError> {
        let found = self.git.rev_parse_single(name).and_then(|it| it.object()?.peel_to_commit());
        match found {
            Ok(commit) => Ok(Revision { id: commit.id, name: name.to_owned() }),
            // What gix says of it is of its own inside.
            Err(_) => Err(GitError::NoRevision { name: name.to_owned(), help: self.help() }),
        }
    }

    fn help(&self) -> &'static str {
        match (self.is_shallow(), self.git.head_id()) {
            (true, _) => FETCH,
            (false, Ok(_)) => "name a branch, a tag or a commit that this clone has",
            (false, Err(_)) => "nothing is committed here yet",
        }
    }

    /// The files of a commit, below the root.
    pub(crate) fn tree(&self, revision: &Revision) -> Result<GitTree<'_>, GitError> {
        let commit = self.git.find_commit(revision.id).map_err(unreadable)?;
        GitTree::below(commit.tree().map_err(unreadable)?, &self.prefix)
    }

    /// The commit before one, along the first parents; none at the beginning, and where a shallow clone ends.
    pub(crate) fn before(&self, revision: &Revision) -> Result<Option<Revision>, GitError> {
        let shallow = self.git.shallow_commits().map_err(unreadable)?;
        if shallow.is_some_and(|it| it.contains(&revision.id)) {
            return Ok(None);
        }
        let commit = self.git.find_commit(revision.id).map_err(unreadable)?;
        let parent = commit.parent_ids().next();
        Ok(parent.map(|it| Revision { id: it.detach(), name: it.shorten_or_id().to_string() }))
    }

    /// A commit's id, as short as it is told apart.
    pub(crate) fn short(&self, revision: &Revision) -> String {
        let commit = self.git.find_commit(revision.id);
        commit.map_or_else(|_| revision.id.to_string(), |it| it.id().shorten_or_id().to_string())
    }

    /// The root's own path below the worktree; empty for the worktree itself.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether history ends before it began.
    pub(crate) fn is_shallow(&self) -> bool {
        self.git.is_shallow().unwrap_or(false)
    }

    /// Where the repository was cloned from, as its configuration says it.
    pub(crate) fn remote_url(&self) -> Option<String> {
        let url = self.git.config_snapshot().string("remote.origin.url")?;
        url.to_str().ok().map(str::to_owned)
    }
}

/// What to do where a shallow clone ends.
pub(crate) const FETCH: &str = "this clone is shallow: fetch more of it with `git fetch --unshallow`";

fn prefix(worktree: &Path, root: &Path) -> Option<String> {
    let worktree = worktree.canonicalize().ok()?;
    let inside = root.strip_prefix(worktree).ok()?;
    inside.to_str().map(str::to_owned)
}

fn unreadable(error: impl std::fmt::Display) -> GitError {
    GitError::Unreadable(one_line(&error))
}

/// gix's errors draw a tree over several lines.
fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

impl From<GitError> for Stop {
    fn from(error: GitError) -> Stop {
        match error {
            GitError::Unreadable(_) => Stop::Host(error.into()),
            GitError::NoRepository(_) | GitError::NoRevision { .. } => Stop::Usage(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use super::*;
    use crate::tree::{ReadError, Tree};

    /// A repository of three commits, in which `a/file` says the number of the commit.
    struct Sample {
        folder: tempfile::TempDir,
    }

    impl Sample {
        fn new() -> Sample {
            let sample = Sample { folder: tempfile::tempdir().unwrap() };
            sample.git(&["init", "-q", "-b", "main"]);
            std::fs::create_dir(sample.path("a")).unwrap();
            std::os::unix::fs::symlink("../a/file", sample.path("a/inside")).unwrap();
            std::os::unix::fs::symlink("../../file", sample.path("a/outside")).unwrap();
            for number in ["1", "2", "3"] {
                std::fs::write(sample.path("a/file"), number).unwrap();
                sample.git(&["add", "."]);
                sample.git(&["commit", "-q", "-m", number]);
            }
            sample
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().canonicalize().unwrap().join(name)
        }

        fn git(&self, arguments: &[&str]) {
            let mut command = Command::new("git");
            command.args(["-C", self.path("").to_str().unwrap()]).args(arguments).env_clear();
            command.env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_GLOBAL", "/dev/null");
            for who in ["AUTHOR", "COMMITTER"] {
                command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            }
            assert!(command.status().unwrap().success(), "{arguments:?}");
        }

        fn open(&self, root: &str) -> Result<Repository, GitError> {
            Repository::open(&Root { root: self.path(root), folder: String::new() })
        }
    }

    fn read(repository: &Repository, name: &str, path: &str) -> Result<Vec<u8>, ReadError> {
        repository.tree(&repository.revision(name).unwrap()).unwrap().read(path, 9)
    }

    #[test]
    fn a_file_is_what_its_commit_says() {
        let sample = Sample::new();
        let repository = sample.open("").unwrap();
        for (name, text) in [("HEAD", "3"), ("main", "3"), ("HEAD~1", "2"), ("main^^", "1")] {
            assert_eq!(read(&repository, name, "a/file").unwrap(), text.as_bytes(), "{name}");
        }
        let below = sample.open("a").unwrap();
        assert_eq!(read(&below, "HEAD~1", "file").unwrap(), b"2");
    }

    #[test]
    fn paths_and_links_are_followed_inside_and_nowhere_else() {
        let sample = Sample::new();
        let repository = sample.open("").unwrap();
        assert_eq!(read(&repository, "HEAD", "./a//../a/inside").unwrap(), b"3");
        for path in ["../file", "a/outside", "/a/file"] {
            assert!(matches!(read(&repository, "HEAD", path), Err(ReadError::Outside)), "{path}");
        }
        for path in ["b", "a/b", "a/file/", "a/file/b"] {
            assert!(matches!(read(&repository, "HEAD", path), Err(ReadError::Missing)), "{path}");
        }
        assert!(matches!(read(&repository, "HEAD", "a"), Err(ReadError::NotAFile)));
        let tree = repository.tree(&repository.revision("HEAD").unwrap()).unwrap();
        assert!(matches!(tree.read("a/file", 0), Err(ReadError::TooLarge { limit: 0 })));
        assert!(tree.has_folder("") && tree.has_folder("a") && !tree.has_folder("a/file"));
    }

    #[test]
    fn history_goes_back_to_its_beginning() {
        let sample = Sample::new();
        let repository = sample.open("").unwrap();
        let mut revision = repository.revision("HEAD").unwrap();
        let mut seen = 1;
        while let Some(before) = repository.before(&revision).unwrap() {
            (revision, seen) = (before, seen + 1);
        }
        assert_eq!((seen, read(&repository, &revision.name, "a/file").unwrap()), (3, b"1".to_vec()));
        assert!(!repository.is_shallow());
    }

    #[test]
    fn a_shallow_clone_ends_early_and_says_so() {
        let sample = Sample::new();
        let url = format!("file://{}", sample.path("").display());
        sample.git(&["clone", "-q", "--depth", "2", &url, "shallow"]);
        let repository = sample.open("shallow").unwrap();
        assert_eq!(repository.remote_url(), Some(url));
        let before = repository.before(&repository.revision("HEAD").unwrap()).unwrap().unwrap();
        assert_eq!(repository.before(&before).unwrap(), None);
        let error = repository.revision("HEAD~2").unwrap_err().to_string();
        assert!(error.ends_with(FETCH), "{error}");
    }

    #[test]
    fn a_linked_worktree_is_a_repository_and_a_mere_folder_is_none() {
        let sample = Sample::new();
        sample.git(&["worktree", "add", "-q", "--detach", "linked", "HEAD~1"]);
        assert_eq!(read(&sample.open("linked").unwrap(), "HEAD", "a/file").unwrap(), b"2");
        let folder = tempfile::tempdir().unwrap();
        let root = Root { root: folder.path().canonicalize().unwrap(), folder: String::new() };
        assert!(matches!(Repository::open(&root), Err(GitError::NoRepository(_))));
    }

    #[test]
    fn what_is_no_revision_is_said() {
        let sample = Sample::new();
        let repository = sample.open("").unwrap();
        for name in ["nothing", "", "HEAD~3", "HEAD:a/file", "0000000", "-x"] {
            let error = repository.revision(name).unwrap_err().to_string();
            assert!(error.starts_with(&format!("there is no revision `{name}`; ")), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
