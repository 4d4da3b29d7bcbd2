//! Keeps a second writer away from a spec: a file beside it, which the kernel holds for this process.
//!
//! The kernel's lock goes with the process, however that ends, so a file that was left is taken over. A lock on the spec itself
//! would hold a file that a rename replaces, and nobody would see it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};

/// A link is somebody's trick, and a pipe would never open.
const FLAGS: i32 = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits().cast_signed();
/// More than we ever write.
const LENGTH: u64 = 80;

/// The file that says who writes.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Locked until it is closed.
    _file: File,
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
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).custom_flags(FLAGS);
        let mut file = match options.open(&path) {
            Ok(file) => file,
            Err(error) if path.symlink_metadata().is_ok_and(|it| !it.is_file()) => {
                let by = format!("nobody of ours ({error})");
                return Err(Refused::Held { path, by });
            }
            Err(error) => return Err(Refused::Failed(error)),
        };
        let text = text_of(&file).map_err(Refused::Failed)?;
        if !is_free(&file, &path, &text) {
            return Err(Refused::Held { by: holder(&text), path });
        }
        let name = format!("{}{}{}\n", BEFORE, std::process::id(), AFTER);
        let written = file.set_len(0).and_then(|()| io::Seek::rewind(&mut file));
        written.and_then(|()| file.write_all(name.as_bytes())).map_err(Refused::Failed)?;
        Ok(Lock { path, _file: file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still ours, so that nobody else's is removed.
        drop(fs::remove_file(&self.path));
    }
}

const BEFORE: &str = "process ";
const AFTER: &str = " of cmp-host";

/// A file that we never wrote is somebody's, even if nobody holds it. One that was removed meanwhile locks nothing.
fn is_free(file: &File, path: &Path, text: &str) -> bool {
    let is_ours = text.is_empty() || process(text).is_some();
    let is_there = || {
        let there = path.symlink_metadata().ok()?;
        let opened = file.metadata().ok()?;
        Some(there.ino() == opened.ino() && there.dev() == opened.dev() && opened.is_file())
    };
    is_ours && flock(file, FlockOperation::NonBlockingLockExclusive).is_ok() && is_there() == Some(true)
}

fn text_of(file: &File) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file.metadata()?.is_file() {
        file.take(LENGTH).read_to_end(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The number of the process that wrote this.
fn process(text: &str) -> Option<u32> {
    text.lines().next()?.strip_prefix(BEFORE)?.strip_suffix(AFTER)?.parse().ok()
}

/// Nothing else that stands there is repeated: it may be anybody's.
fn holder(text: &str) -> String {
    process(text).map_or_else(|| String::from("another process"), |it| format!("{BEFORE}{it}{AFTER}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn by(refused: Result<Lock, Refused>) -> String {
        match refused {
            Err(Refused::Held { by, .. }) => by,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_lock_that_a_process_left_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let (spec, lock) = (folder.path().join("a"), folder.path().join("a.lock"));
        fs::write(&lock, "process 4294967295 of cmp-host\n").unwrap();
        let held = Lock::of(&spec).unwrap();
        assert_eq!(by(Lock::of(&spec)), format!("process {} of cmp-host", std::process::id()));
        drop(held);
        assert!(!lock.exists());
    }

    #[test]
    fn what_is_no_lock_of_ours_stays_and_is_not_read_out() {
        let folder = tempfile::tempdir().unwrap();
        let (spec, lock) = (folder.path().join("a"), folder.path().join("a.lock"));
        fs::write(&lock, "a secret").unwrap();
        assert_eq!(by(Lock::of(&spec)), "another process");
        assert_eq!(fs::read_to_string(&lock).unwrap(), "a secret");
        fs::remove_file(&lock).unwrap();
        symlink("/etc/passwd", &lock).unwrap();
        assert!(by(Lock::of(&spec)).starts_with("nobody of ours"));
        fs::remove_file(&lock).unwrap();
        symlink("/dev/zero", &lock).unwrap();
        assert!(by(Lock::of(&spec)).starts_with("nobody of ours"));
        fs::remove_file(&lock).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        assert_eq!(by(Lock::of(&spec)), "another process");
    }
}
