//! The default guest as somebody would bring it: from a file, compiled in a child, kept in the cache.

use std::fs;

use cmp_host::guest::Binary;
use tempfile::TempDir;

/// An operator's folder with that guest.
pub(crate) struct Brought(TempDir);

impl Brought {
    pub(crate) fn new() -> anyhow::Result<Brought> {
        let folder = tempfile::tempdir()?;
        let guest = Binary::default_guest();
        fs::write(folder.path().join("own.wasm"), guest.as_ref())?;
        let entry = format!("[guest.own]\npath = \"own.wasm\"\nsha256 = \"{}\"\n", guest.sha256());
        fs::write(folder.path().join("cmp-host.toml"), entry)?;
        Ok(Brought(folder))
    }

    /// The operator's file.
    pub(crate) fn config(&self) -> String {
        self.0.path().join("cmp-host.toml").display().to_string()
    }
}
