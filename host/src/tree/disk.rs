//! A repository on disk, read through one open folder: the kernel itself refuses paths and links that leave it.

use std::io::{self, Read};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;

use crate::tree::{Entry, Folders, Kind, ReadError, Tree};

/// Without this, opening a named pipe that nobody writes to would wait for ever.
const NONBLOCK: i32 = OFlags::NONBLOCK.bits().cast_signed();

/// A repository on disk.
#[derive(Debug)]
pub struct DiskTree {
    root: Dir,
}

impl DiskTree {
    /// Opens the repository's root.
    pub fn open(root: &Path) -> io::Result<DiskTree> {
        Ok(DiskTree { root: Dir::open_ambient_dir(root, ambient_authority())? })
    }
}

impl Tree for DiskTree {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let file = self
            .root
            .open_with(path, OpenOptions::new().read(true).custom_flags(NONBLOCK))
            .map_err(refusal)?;
        let metadata = file.metadata().map_err(refusal)?;
        if !metadata.is_file() {
            return Err(ReadError::NotAFile);
        }
        let mut bytes = Vec::with_capacity(limit.min(4 << 10));
        // One byte more tells a file that is too large, even one that has grown since.
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(ReadError::Unreadable)?;
        if bytes.len() > limit { Err(ReadError::TooLarge { limit }) } else { Ok(bytes) }
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.root.metadata(path).is_ok_and(|it| it.is_dir())
    }
}

impl Folders for DiskTree {
    fn entries(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let folder = if folder.is_empty() { "." } else { folder };
        let mut entries = Vec::new();
        for entry in self.root.read_dir(folder).map_err(refusal)? {
            let entry = entry.map_err(refusal)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_folder = entry.file_type().map_err(refusal)?.is_dir();
            entries.push(Entry { name, kind: if is_folder { Kind::Folder } else { Kind::Other } });
        }
        Ok(entries)
    }
}

fn refusal(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        io::ErrorKind::IsADirectory => ReadError::NotAFile,
        // cap-std says so with an error of its own, which no system call has given.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => ReadError::Outside,
        _ => ReadError::Unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree() -> (tempfile::TempDir, DiskTree) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("repository/a")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(folder.path().join("repository/a/file"), "text").unwrap();
        let tree = DiskTree::open(&folder.path().join("repository")).unwrap();
        (folder, tree)
    }

    #[test]
    fn files_are_read_up_to_the_limit() {
        let (_folder, tree) = tree();
        assert_eq!(tree.read("a/file", 4).unwrap(), b"text");
        assert!(matches!(tree.read("a/file", 3), Err(ReadError::TooLarge { limit: 3 })));
        assert!(matches!(tree.read("a/other", 9), Err(ReadError::Missing)));
        assert!(matches!(tree.read("a/file/b", 9), Err(ReadError::Missing)));
        assert!(matches!(tree.read("a", 9), Err(ReadError::NotAFile)));
    }

    #[test]
    fn nothing_outside_is_read() {
        let (folder, tree) = tree();
        symlink("../../secret", folder.path().join("repository/a/out")).unwrap();
        symlink(folder.path().join("secret"), folder.path().join("repository/a/absolute")).unwrap();
        symlink("../..", folder.path().join("repository/a/up")).unwrap();
        for path in ["../secret", "a/../../secret", "a/out", "a/absolute", "a/up/secret", "/etc/passwd"] {
            assert!(matches!(tree.read(path, 99), Err(ReadError::Outside)), "{path}");
        }
    }

    #[test]
    fn a_link_that_stays_inside_is_followed() {
        let (folder, tree) = tree();
        symlink("../a/file", folder.path().join("repository/a/link")).unwrap();
        assert_eq!(tree.read("a/link", 99).unwrap(), b"text");
    }

    #[test]
    fn pipes_and_devices_do_not_hang() {
        let (folder, tree) = tree();
        let pipe = folder.path().join("repository/pipe");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
        assert!(matches!(tree.read("pipe", 99), Err(ReadError::NotAFile)));
        assert!(matches!(
            DiskTree::open(Path::new("/dev")).unwrap().read("zero", 99),
            Err(ReadError::NotAFile)
        ));
    }
}
