//! What the settings were, from the history of the repository.
//!
//! A guest is asked about a commit only if a file that it was asked about has changed since: of ten thousand commits few touch
//! one spec.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::config;
use crate::diagnostic::Report;
use crate::edit::change::Wanted;
use crate::git::{FETCH, FileId, GitTree, Repository, Revision};
use crate::guest::contract::File;
use crate::problem::problem;
use crate::stop::Stop;
use crate::tree::{ReadError, Tree};
use crate::whole_file;

/// A commit whose settings are others, and those.
pub(crate) struct Earlier {
    pub(crate) revision: Revision,
    pub(crate) wanted: Wanted,
}

/// What a search comes to when it finds nothing.
pub(crate) enum Nothing {
    /// History was looked through to its beginning.
    Beginning,
    /// It was, and the spec is not in its first commits: it may have stood elsewhere.
    Elsewhere,
    /// It ends in a shallow clone.
    Shallow,
}

impl Nothing {
    /// What to do.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Nothing::Beginning => "set a value with `cmp-host image set`",
            Nothing::Elsewhere => {
                "if it was moved, `git log --follow` shows what it said before: set that with `cmp-host image set`"
            }
            Nothing::Shallow => FETCH,
        }
    }
}

/// Goes back along the first parents to the last commit with other settings than these. `ask` says what they were in the files
/// of a commit; where those make no spec, `skip` hears why.
pub(crate) fn last_other(
    repository: &Repository,
    now: &Wanted,
    ask: impl Fn(&dyn Tree) -> Result<Wanted, Stop>,
    mut skip: impl FnMut(&Revision, &Stop),
) -> Result<Result<Earlier, Nothing>, Stop> {
    let mut revision = repository.revision("HEAD")?;
    let mut seen: Option<Seen> = None;
    let mut is_there = true;
    loop {
        let tree = repository.tree(&revision)?;
        if seen.as_ref().is_none_or(|it| it.is_outdated(&tree)) {
            let recording = Recording { tree: &tree, seen: RefCell::new(Seen(BTreeMap::new())) };
            match ask(&recording) {
                Ok(wanted) if wanted != *now => return Ok(Ok(Earlier { revision, wanted })),
                Ok(_) => is_there = true,
                // What a clone does not have may be the very values that are looked for.
                Err(Stop::Rejected(report)) if report.has_code(UNREADABLE) => {
                    return Err(Stop::Rejected(report.of_revision(&repository.short(&revision))));
                }
                Err(Stop::Rejected(report)) => {
                    is_there = !report.has_code(ABSENT);
                    skip(&revision, &Stop::Rejected(report));
                }
                Err(stop) => return Err(stop),
            }
            seen = Some(recording.seen.into_inner());
        }
        match repository.before(&revision)? {
            Some(before) => revision = before,
            None if repository.is_shallow() => return Ok(Err(Nothing::Shallow)),
            None if is_there => return Ok(Err(Nothing::Beginning)),
            None => return Ok(Err(Nothing::Elsewhere)),
        }
    }
}

/// The code of a file that is there and cannot be read: of a partial clone, say.
const UNREADABLE: &str = "SG005";

/// The code of a folder without a spec.
const ABSENT: &str = "SG001";

/// The files that an answer rests on, those that were looked for in vain included.
struct Seen(BTreeMap<String, Option<FileId>>);

impl Seen {
    fn is_outdated(&self, tree: &GitTree<'_>) -> bool {
        self.0.iter().any(|(path, file)| tree.file(path) != *file)
    }
}

/// A commit's files, and which of them were asked for.
struct Recording<'a> {
    tree: &'a GitTree<'a>,
    seen: RefCell<Seen>,
}

impl Tree for Recording<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        self.seen.borrow_mut().0.insert(path.to_owned(), self.tree.file(path));
        self.tree.read(path, limit)
    }

    fn has_folder(&self, path: &str) -> bool {
        self.tree.has_folder(path)
    }
}

/// Refuses files that are not what the last commit says: their values would be lost, and nobody could get them back.
pub(crate) fn require_committed(repository: &Repository, files: &[File], limit: usize) -> Result<(), Stop> {
    let tree = repository.tree(&repository.revision("HEAD")?)?;
    for file in files.iter().filter(|it| it.path != config::NAME) {
        let what = match tree.read(&file.path, limit) {
            Ok(bytes) if is_same(&bytes, &file.text) => continue,
            Err(ReadError::Missing) => "is in no commit yet",
            _ => "has changes that are not committed",
        };
        let problem = problem("SG063", format!("`{}` {what}", file.path));
        let problem = problem.help("commit it first, or take the changes back: `git status` shows them");
        return Err(Stop::Rejected(Report::new(Vec::new(), vec![problem])));
    }
    Ok(())
}

/// Git may store other ends of lines than those on disk.
fn is_same(bytes: &[u8], text: &str) -> bool {
    let committed = whole_file::text(bytes.to_vec()).unwrap_or_default();
    committed.replace("\r\n", "\n") == text.replace("\r\n", "\n")
}
