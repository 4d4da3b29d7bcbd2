//! Files that are there whole or not at all.

use std::fs;
use std::path::Path;

/// Written aside and renamed, so that nobody reads half a file. One that was there keeps who may read it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
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
