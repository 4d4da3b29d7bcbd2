//! What an archive holds, by path, and the contents of the few files that a request is likely to ask for.

use super::error::ArchiveError;
use super::untar::{self, Entry, Sink};
use crate::limits::{Limit, Limits};

/// What of other folders is kept: a repository of one service fits, and of a large one the second pass finds the rest.
const ELSEWHERE: usize = 1 << 20;
/// Longer paths, and longer parts of paths, exist on no disk.
pub(super) const LONGEST_PATH: usize = 4095;
pub(super) const LONGEST_NAME: usize = 255;
/// What the paths of all entries and links may have together, for each entry that there may be.
const BYTES_OF_ENTRY: u64 = 256;

/// The entries of an archive. Those whose path is absolute, has `..`, or is too long for a disk are left out.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Item>,
    kept: Vec<u8>,
    keeping: Keeping,
    limits: Limits,
    /// Bytes of all paths and links.
    paths: u64,
    /// How many files there were, and which one comes now.
    files: usize,
}

#[derive(Debug)]
struct Item {
    path: Box<[u8]>,
    node: Node,
}

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Node {
    Folder,
    File(File),
    /// A symbolic link, and where it leads.
    Link(Box<[u8]>),
    /// What Argo CD does not unpack: hard links, devices, pipes.
    Other,
}

/// A regular file.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    /// It is the so-manyth of the archive.
    pub(super) number: usize,
    pub(super) size: u64,
    /// Where its content begins among what is kept.
    at: Option<usize>,
}

/// What is at a path, as far as entries agree about it.
#[derive(Debug)]
pub(super) enum Found<'a> {
    Nothing,
    One(&'a Node),
    /// Entries contradict each other: which one counts would depend on who unpacks them.
    Several,
}

/// How much of what is still kept.
#[derive(Debug)]
struct Keeping {
    /// The application's folder with a `/`, or nothing for the root.
    folder: Vec<u8>,
    in_folder: usize,
    elsewhere: usize,
    /// Whether the content that comes now is kept.
    is_on: bool,
}

impl Index {
    pub(super) fn new(folder: &str, limits: &Limits) -> Index {
        let folder = if folder.is_empty() { Vec::new() } else { format!("{folder}/").into_bytes() };
        let in_folder = limits.size(Limit::Read);
        Index {
            entries: Vec::new(),
            kept: Vec::new(),
            keeping: Keeping { folder, in_folder, elsewhere: ELSEWHERE, is_on: false },
            limits: limits.clone(),
            paths: 0,
            files: 0,
        }
    }

    /// Puts the entries in order; before that, nothing is found.
    pub(super) fn sorted(mut self) -> Index {
        self.entries.sort_by(|one, other| one.path.cmp(&other.path));
        self.entries.shrink_to_fit();
        self.kept.shrink_to_fit();
        self
    }

    /// Whether the contents of all files are here that anybody may read.
    pub(super) fn is_complete(&self) -> bool {
        let largest = self.limits.value(Limit::Spec);
        let is_missing =
            |it: &Item| matches!(&it.node, Node::File(file) if file.at.is_none() && file.size <= largest);
        !self.entries.iter().any(is_missing)
    }

    /// What stands at a path, which has no empty parts and no dots.
    pub(super) fn find(&self, path: &[u8]) -> Found<'_> {
        let start = self.entries.partition_point(|it| *it.path < *path);
        let here = &self.entries[start..];
        let here = &here[..here.iter().take_while(|it| *it.path == *path).count()];
        let is_folder = here.iter().all(|it| matches!(it.node, Node::Folder));
        match here {
            _ if is_folder && (!here.is_empty() || self.has_below(path)) => Found::One(&Node::Folder),
            [] => Found::Nothing,
            [one] if !self.has_below(path) => Found::One(&one.node),
            _ => Found::Several,
        }
    }

    /// The paths below a folder, without the folder's own.
    pub(super) fn below(&self, folder: &[u8]) -> impl Iterator<Item = &[u8]> {
        let folder = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
        let start = self.entries.partition_point(|it| *it.path < *folder);
        self.entries[start..].iter().map_while(move |it| it.path.strip_prefix(folder.as_slice()))
    }

    /// What is kept of a file.
    pub(super) fn content(&self, file: &File) -> Option<&[u8]> {
        self.kept.get(file.at?..)?.get(..usize::try_from(file.size).ok()?)
    }

    /// Whether an entry lies below this path: that makes a folder of it, without one of its own.
    fn has_below(&self, path: &[u8]) -> bool {
        let folder = [path, b"/"].concat();
        let next = self.entries.partition_point(|it| *it.path < *folder);
        self.entries.get(next).is_some_and(|it| it.path.starts_with(&folder))
    }

    fn add(&mut self, path: Vec<u8>, node: Node) -> Result<(), ArchiveError> {
        let of_link = if let Node::Link(target) = &node { target.len() } else { 0 };
        self.paths += (path.len() + of_link) as u64;
        if self.paths > self.limits.value(Limit::Entries).saturating_mul(BYTES_OF_ENTRY) {
            return Err(ArchiveError::limit(
                &self.limits,
                Limit::Entries,
                "has longer paths than its entries may",
            ));
        }
        self.entries.push(Item { path: path.into(), node });
        Ok(())
    }
}

impl Sink for Index {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), ArchiveError> {
        self.keeping.is_on = false;
        self.files += usize::from(entry.flag == untar::FILE);
        let Some(path) = clean(entry.name).filter(|it| !self.keeping.is_of_git(it)) else { return Ok(()) };
        let node = match entry.flag {
            untar::FILE => {
                self.keeping.is_on = self.keeping.wants(&path, entry.size, self.limits.value(Limit::Spec));
                let at = self.keeping.is_on.then_some(self.kept.len());
                Node::File(File { number: self.files, size: entry.size, at })
            }
            untar::LINK => Node::Link(entry.link.into()),
            untar::FOLDER => Node::Folder,
            _ => Node::Other,
        };
        self.add(path, node)
    }

    fn content(&mut self, bytes: &[u8]) {
        if self.keeping.is_on {
            self.kept.extend(bytes);
        }
    }
}

impl Keeping {
    /// Takes the file's size from what may be kept, if it is.
    fn wants(&mut self, path: &[u8], size: u64, largest: u64) -> bool {
        let is_in_folder = path.strip_prefix(self.folder.as_slice()).is_some_and(|it| !it.contains(&b'/'));
        let left = if is_in_folder { &mut self.in_folder } else { &mut self.elsewhere };
        let rest = usize::try_from(size).ok().filter(|_| size <= largest).and_then(|it| left.checked_sub(it));
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    /// No spec asks for git's own files, and there are often more of them than of all others.
    fn is_of_git(&self, path: &[u8]) -> bool {
        path.starts_with(b".git/") && !self.folder.starts_with(b".git/")
    }
}

/// A path without empty parts and dots; none if it is absolute, leads up, is too long for a disk, or is the root.
fn clean(name: &[u8]) -> Option<Vec<u8>> {
    if name.starts_with(b"/") || name.len() > LONGEST_PATH {
        return None;
    }
    let mut path = Vec::with_capacity(name.len());
    for part in name.split(|it| *it == b'/').filter(|it| !it.is_empty() && *it != b".") {
        if part == b".." || part.len() > LONGEST_NAME {
            return None;
        }
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend(part);
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(entries: &[(&str, u8)]) -> Index {
        let mut index = Index::new("a", &Limits::default());
        for (name, flag) in entries {
            let entry = Entry { name: name.as_bytes(), flag: *flag, link: b"x", size: 0 };
            index.entry(&entry).unwrap();
        }
        index.sorted()
    }

    #[test]
    fn what_lies_below_makes_a_folder() {
        let index = index(&[("a-b", b'0'), ("a/b", b'0'), ("a.b", b'0')]);
        assert!(matches!(index.find(b"a"), Found::One(Node::Folder)));
        assert!(matches!(index.find(b"a/b"), Found::One(Node::File(_))));
        assert!(matches!(index.find(b"b"), Found::Nothing));
    }

    #[test]
    fn entries_must_agree() {
        let index = index(&[
            ("folder", b'5'),
            ("folder/", b'5'),
            ("twice", b'0'),
            ("./twice", b'0'),
            ("file", b'0'),
            ("file/below", b'0'),
            ("link", b'2'),
            ("link/below", b'5'),
        ]);
        assert!(matches!(index.find(b"folder"), Found::One(Node::Folder)));
        for path in ["twice", "file", "link"] {
            assert!(matches!(index.find(path.as_bytes()), Found::Several), "{path}");
        }
    }

    #[test]
    fn unsafe_paths_and_gits_own_are_left_out() {
        let long = "a".repeat(256);
        let names = ["/a", "../a", "a/../b", "", ".", "./", ".git/config", &long];
        let entries: Vec<(&str, u8)> = names.iter().map(|it| (*it, b'0')).collect();
        assert!(index(&entries).entries.is_empty());
        assert_eq!(index(&[("....//a", b'0'), (".gitmodules", b'0')]).entries.len(), 2);
    }
}
