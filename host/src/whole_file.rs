//! Files that are there whole or not at all.

use std::fs;
use std::io::{Error, Read, Result};
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

/// Written aside and renamed, so that nobody reads half a file. One that was there keeps who may read it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.tmp", std::process::id()));
    let written = fs::write(&aside, bytes)
        .and_then(|()| match fs::metadata(path) {
            Ok(before) => fs::set_permissions(&aside, before.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&aside, path));
    written.inspect_err(|_| drop(fs::remove_file(&aside)))
}
