//! Files that are there whole or not at all.

use std::fs;
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
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.tmp", std::process::id()));
    // What is there under this name already, a link perhaps, is somebody else's: it is neither followed nor removed.
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&aside)?;
    let written = keep_rights(&file, path)
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&aside, path));
    written.inspect_err(|_| drop(fs::remove_file(&aside)))
}

/// Before anything is in it, so that nobody reads what only its owner may.
fn keep_rights(file: &fs::File, path: &Path) -> Result<()> {
    let Ok(before) = fs::metadata(path) else { return Ok(()) };
    if before.uid() != file.metadata()?.uid() {
        fchown(file, Some(before.uid()), Some(before.gid()))?;
    }
    file.set_permissions(before.permissions())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_under_the_name_aside_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, victim) = (folder.path().join("a.toml"), folder.path().join("victim"));
        fs::write(&path, "before").unwrap();
        fs::write(&victim, "victim").unwrap();
        let aside = folder.path().join(format!("a.toml.{}.tmp", std::process::id()));
        symlink(&victim, &aside).unwrap();
        assert!(write(&path, b"after").is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"victim");
        assert_eq!(fs::read(&path).unwrap(), b"before");
        fs::remove_file(&aside).unwrap();
        write(&path, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
