//! Files that are there whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Error, Read, Result, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

/// No person writes a larger one; a device or a wrong file is.
const SIZE: u64 = 1 << 20;

/// A file's text, without the mark that some editors begin it with; none if it is not UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads a file that a person wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if !fs::metadata(path)?.is_file() {
        return Err(Error::other("it is not a regular file"));
    }
    fs::File::open(path)?.take(SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE {
        return Err(Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// Written aside and renamed, so that nobody reads half a file. One that was there keeps who may read it, and whose it is.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_by(path, Path::new(&aside(path)), bytes)
}

/// A name beside this one that nobody has. A process that was killed may have left a file under one of its own; and in
/// containers all processes have the same number, as all threads of one have.
pub(crate) fn aside(path: impl AsRef<OsStr>) -> OsString {
    let mut aside = path.as_ref().to_owned();
    aside.push(format!(".{:016x}.tmp", RandomState::new().build_hasher().finish()));
    aside
}

fn write_by(path: &Path, aside: &Path, bytes: &[u8]) -> Result<()> {
    // What is there under this name all the same, a link perhaps, is somebody else's: it is neither followed nor removed.
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(aside)?;
    let written = keep_rights(&file, path)
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(aside, path));
    written.inspect_err(|_| drop(fs::remove_file(aside)))
}

/// Before anything is in it, so that nobody reads what only its owner may.
fn keep_rights(file: &fs::File, path: &Path) -> Result<()> {
    let Ok(before) = fs::metadata(path) else { return Ok(()) };
    let now = file.metadata()?;
    let other = |before: u32, now: u32| (before != now).then_some(before);
    let (owner, group) = (other(before.uid(), now.uid()), other(before.gid(), now.gid()));
    if owner.is_some() || group.is_some() {
        fchown(file, owner, group)?;
    }
    file.set_permissions(before.permissions())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    #[test]
    fn a_link_under_the_name_aside_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, victim) = (folder.path().join("a.toml"), folder.path().join("victim"));
        fs::write(&path, "before").unwrap();
        fs::write(&victim, "victim").unwrap();
        let aside = folder.path().join("a.toml.tmp");
        symlink(&victim, &aside).unwrap();
        assert!(write_by(&path, &aside, b"after").is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"victim");
        assert_eq!(fs::read(&path).unwrap(), b"before");
        fs::remove_file(&aside).unwrap();
        write_by(&path, &aside, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&path, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// Root may give a file to any group, others to those that they are in: then there is no other to see the difference by.
    #[test]
    fn a_file_stays_its_groups() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "before").unwrap();
        let own = fs::metadata(&path).unwrap().gid();
        let group = if chown(&path, None, Some(own + 1)).is_ok() { own + 1 } else { own };
        write(&path, b"after").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().gid(), group);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folder");
        fs::create_dir_all(path.join("file")).unwrap();
        assert!(write(&path, b"after").is_err());
        assert!(path.join("file").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
