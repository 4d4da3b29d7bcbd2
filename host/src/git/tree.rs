//! The files of one commit: answers as the folder that was committed, links included.

use std::io;

use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, Tree as Folder};
use rustix::io::Errno;

use super::{GitError, unreadable};
use crate::tree::{Entry, Folders, Kind, ReadError, Tree};

/// The kernel's own bound.
const LINKS: usize = 40;
/// And its bound for the target of one.
const LONGEST_PATH: u64 = 4096;

/// A file's content: two of the same are the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(ObjectId);

/// A commit's files, below a root.
pub(crate) struct GitTree<'a> {
    /// None if the commit has nothing at the root.
    root: Option<Folder<'a>>,
}

impl<'a> GitTree<'a> {
    /// The files below a folder of a commit's tree.
    pub(super) fn below(whole: Folder<'a>, prefix: &str) -> Result<GitTree<'a>, GitError> {
        if prefix.is_empty() {
            return Ok(GitTree { root: Some(whole) });
        }
        let entry = whole.lookup_entry(prefix.split('/').map(str::as_bytes)).map_err(unreadable)?;
        let folder = entry.filter(|it| it.mode().is_tree()).map(|it| it.object());
        let root = folder.transpose().map_err(unreadable)?.map(gix::Object::into_tree);
        Ok(GitTree { root })
    }

    /// Which file stands at a path; none if there is no file. It is not read for that.
    pub(crate) fn file(&self, path: &str) -> Option<FileId> {
        match self.follow(path) {
            Ok(Place::File(id)) => Some(FileId(id)),
            Ok(Place::Folder(_)) | Err(_) => None,
        }
    }

    /// What stands at the end of a path, links on the way followed.
    fn follow(&self, path: &str) -> Result<Place<'a>, ReadError> {
        let root = self.root.clone().ok_or(ReadError::Missing)?;
        let mut walk = Walk { folders: vec![root], file: None, ahead: Vec::new(), links: 0 };
        walk.go_on(path.as_bytes())?;
        while let Some(part) = walk.ahead.pop() {
            walk.step(&part)?;
        }
        match walk.file {
            Some(id) => Ok(Place::File(id)),
            None => walk.folders.pop().map(Place::Folder).ok_or(ReadError::Outside),
        }
    }
}

impl Tree for GitTree<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let root = self.root.as_ref().ok_or(ReadError::Missing)?;
        let Place::File(id) = self.follow(path)? else { return Err(ReadError::NotAFile) };
        let size = root.repo.find_header(id).map_err(broken)?.size();
        if size > limit as u64 {
            return Err(ReadError::TooLarge { limit });
        }
        Ok(root.repo.find_blob(id).map_err(broken)?.take_data())
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || matches!(self.follow(path), Ok(Place::Folder(_)))
    }
}

impl Folders for GitTree<'_> {
    fn entries(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let Place::Folder(folder) = self.follow(folder)? else { return Err(ReadError::NotAFile) };
        let mut entries = Vec::new();
        for entry in folder.iter() {
            let entry = entry.map_err(broken)?;
            let Ok(name) = entry.filename().to_str() else { continue };
            // git writes no such name, so somebody else has.
            if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
                return Err(broken("a folder has an entry that no file system could have"));
            }
            let kind = if entry.mode().is_tree() { Kind::Folder } else { Kind::Other };
            entries.push(Entry { name: name.to_owned(), kind });
        }
        Ok(entries)
    }
}

enum Place<'a> {
    File(ObjectId),
    Folder(Folder<'a>),
}

struct Walk<'a> {
    /// The folders on the way, the root first.
    folders: Vec<Folder<'a>>,
    /// The file that the way has come to.
    file: Option<ObjectId>,
    /// The parts that are left, the next one last.
    ahead: Vec<Vec<u8>>,
    links: usize,
}

impl Walk<'_> {
    /// Puts a path before what is left.
    fn go_on(&mut self, path: &[u8]) -> Result<(), ReadError> {
        if path.starts_with(b"/") {
            return Err(ReadError::Outside);
        }
        self.ahead.extend(path.split(|it| *it == b'/').rev().map(<[u8]>::to_vec));
        Ok(())
    }

    fn step(&mut self, part: &[u8]) -> Result<(), ReadError> {
        if self.file.is_some() {
            return Err(ReadError::Missing);
        }
        match part {
            b"" | b"." => Ok(()),
            b".." => {
                self.folders.pop();
                if self.folders.is_empty() { Err(ReadError::Outside) } else { Ok(()) }
            }
            part => self.enter(part),
        }
    }

    fn enter(&mut self, part: &[u8]) -> Result<(), ReadError> {
        let folder = self.folders.last().ok_or(ReadError::Outside)?;
        let entry = folder.find_entry(part).ok_or(ReadError::Missing)?;
        let (kind, id) = (entry.mode().kind(), entry.object_id());
        match kind {
            EntryKind::Tree => {
                let below = folder.repo.find_tree(id).map_err(broken)?;
                self.folders.push(below);
            }
            EntryKind::Blob | EntryKind::BlobExecutable => self.file = Some(id),
            EntryKind::Link => {
                if folder.repo.find_header(id).map_err(broken)?.size() > LONGEST_PATH {
                    return Err(ReadError::Unreadable(Errno::NAMETOOLONG.into()));
                }
                let target = folder.repo.find_blob(id).map_err(broken)?.take_data();
                self.follow_link(&target)?;
            }
            // A submodule: a folder of another repository, of which this one has nothing.
            EntryKind::Commit => return Err(ReadError::Missing),
        }
        Ok(())
    }

    fn follow_link(&mut self, target: &[u8]) -> Result<(), ReadError> {
        self.links += 1;
        if self.links > LINKS {
            return Err(ReadError::Unreadable(Errno::LOOP.into()));
        }
        self.go_on(target)
    }
}

fn broken(error: impl std::fmt::Display) -> ReadError {
    ReadError::Unreadable(io::Error::other(unreadable(error).to_string()))
}
