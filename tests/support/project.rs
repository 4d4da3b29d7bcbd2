//! Where things are.

use std::path::{Path, PathBuf};

/// A path below the project's root.
pub(crate) fn path(relative: impl AsRef<Path>) -> PathBuf {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate's folder is below the project's root");
    root.join(relative)
}
