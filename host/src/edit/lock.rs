//! Keeps a second writer away from a spec: a file beside it, which goes with this value.
//!
//! The kernel's own locks would go with the process as well, but they hold a file that a rename replaces, and nobody sees them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that says who writes.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
}

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum Refused {
    /// Somebody has it, and says who that is.
    Held { path: PathBuf, by: String },
    /// The folder takes no file.
    Failed(io::Error),
}

impl Lock {
    /// Takes the lock of a file, or says who has it: nobody waits for what may never end.
    pub(super) fn of(file: &Path) -> Result<Lock, Refused> {
        let mut path = file.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        match File::create_new(&path) {
            Ok(mut file) => {
                let lock = Lock { path };
                writeln!(file, "process {} of cmp-host", std::process::id()).map_err(Refused::Failed)?;
                Ok(lock)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Refused::Held { by: holder(&path), path })
            }
            Err(error) => Err(Refused::Failed(error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Who finds it afterwards is told how to remove it.
        drop(fs::remove_file(&self.path));
    }
}

/// A lock that is being written says nothing yet.
fn holder(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { String::from("another process") } else { line.chars().take(80).collect() }
}
