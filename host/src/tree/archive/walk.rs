//! Follows a path through an archive, links included, as the kernel follows one below a folder that it may not leave.
//!
//! The target of a link that is absolute leads outside, as it does for a folder on disk. Argo CD's own server would make a
//! relative one of it that leads below the link's folder: a place that nobody meant, where almost never anything is.

use rustix::io::Errno;

use super::index::{Found, Index, LONGEST_NAME, LONGEST_PATH, Node};
use crate::tree::ReadError;

/// The kernel's own bound.
const LINKS: usize = 40;

/// What stands at the end of a path, and where that is.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// Without links on the way.
    pub(super) path: Vec<u8>,
    pub(super) node: &'a Node,
}

/// Follows a path from the root.
pub(super) fn follow<'a>(index: &'a Index, path: &str) -> Result<Place<'a>, ReadError> {
    if path.is_empty() {
        return Err(ReadError::Missing);
    }
    if path.contains('\0') {
        return Err(unreadable(Errno::INVAL));
    }
    let mut walk = Walk { index, path: Vec::new(), node: &Node::Folder, ahead: Vec::new(), links: 0 };
    walk.go_on(path.as_bytes())?;
    while let Some(part) = walk.ahead.pop() {
        walk.step(&part)?;
    }
    Ok(Place { path: walk.path, node: walk.node })
}

struct Walk<'a> {
    index: &'a Index,
    path: Vec<u8>,
    node: &'a Node,
    /// The parts that are left, the next one last.
    ahead: Vec<Vec<u8>>,
    links: usize,
}

impl<'a> Walk<'a> {
    /// Puts a path before what is left.
    fn go_on(&mut self, path: &[u8]) -> Result<(), ReadError> {
        if path.starts_with(b"/") {
            return Err(ReadError::Outside);
        }
        if path.len() > LONGEST_PATH {
            return Err(unreadable(Errno::NAMETOOLONG));
        }
        self.ahead.extend(path.split(|it| *it == b'/').rev().map(<[u8]>::to_vec));
        Ok(())
    }

    fn step(&mut self, part: &[u8]) -> Result<(), ReadError> {
        // Even `file/` and `file/..` ask for a folder.
        if !matches!(self.node, Node::Folder) {
            return Err(ReadError::Missing);
        }
        match part {
            b"" | b"." => Ok(()),
            b".." => self.leave(),
            part if part.len() > LONGEST_NAME => Err(unreadable(Errno::NAMETOOLONG)),
            part => self.enter(part),
        }
    }

    fn leave(&mut self) -> Result<(), ReadError> {
        if self.path.is_empty() {
            return Err(ReadError::Outside);
        }
        let end = self.path.iter().rposition(|it| *it == b'/').unwrap_or(0);
        self.path.truncate(end);
        Ok(())
    }

    fn enter(&mut self, part: &[u8]) -> Result<(), ReadError> {
        let before = self.path.len();
        if before > 0 {
            self.path.push(b'/');
        }
        self.path.extend(part);
        let index = self.index;
        match index.find(&self.path) {
            Found::Nothing => Err(ReadError::Missing),
            Found::Several => Err(ReadError::Several),
            Found::One(Node::Link(target)) => {
                self.path.truncate(before);
                self.follow_link(target)
            }
            Found::One(node) => {
                self.node = node;
                Ok(())
            }
        }
    }

    fn follow_link(&mut self, target: &[u8]) -> Result<(), ReadError> {
        self.links += 1;
        if self.links > LINKS {
            return Err(unreadable(Errno::LOOP));
        }
        if target.is_empty() {
            return Err(ReadError::Missing);
        }
        self.go_on(target)
    }
}

fn unreadable(error: Errno) -> ReadError {
    ReadError::Unreadable(error.into())
}
