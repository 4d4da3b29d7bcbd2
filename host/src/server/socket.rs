//! The socket's file: taken over from one that died, never from one that lives, and removed only if it is still ours.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tokio::net::UnixListener;

/// The most bytes that the kernel takes of a socket's path; one more ends it.
pub(crate) const PATH: usize = 107;

/// A socket's file that this process has made.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    inode: u64,
}

impl Socket {
    /// Makes the socket, and lets those connect whom `mode` names.
    pub(crate) fn bind(path: &Path, mode: u32) -> anyhow::Result<(Socket, UnixListener)> {
        let name = path.display();
        let length = path.as_os_str().len();
        if length > PATH {
            bail!(
                "the socket's path `{name}` has {length} bytes; the kernel takes {PATH}: set ARGOCD_PLUGINSOCKFILEPATH to a shorter folder"
            );
        }
        make_way(path)?;
        let listener = UnixListener::bind(path).with_context(|| {
            format!("cannot make the socket `{name}`; is its folder there, and may this user write to it?")
        })?;
        let socket = Socket::of(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .with_context(|| format!("cannot set the mode of `{name}`"))?;
        Ok((socket, listener))
    }

    /// The file that was made just now: whatever goes wrong from here on, it is removed.
    fn of(path: &Path) -> anyhow::Result<Socket> {
        let looked = fs::symlink_metadata(path).inspect_err(|_| drop(fs::remove_file(path)));
        let inode = looked.with_context(|| format!("cannot look at `{}`", path.display()))?.ino();
        Ok(Socket { path: path.to_owned(), inode })
    }

    /// Takes the name away, so that nobody connects any more; who has connected is not touched.
    pub(crate) fn remove(self) {
        drop(self);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|it| it.ino() == self.inode);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the socket is not removed");
        }
    }
}

/// The folder outlives a container, so what a crash has left there is in the way of the next start.
fn make_way(path: &Path) -> anyhow::Result<()> {
    let name = path.display();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot look at `{name}`")),
        Ok(it) if !it.file_type().is_socket() => {
            bail!("`{name}` is there and is no socket: remove it, or give the plugin another name")
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Ok(_) => bail!(
            "`{name}` is served by another process: stop it, or give this plugin another name or version"
        ),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path)
            .with_context(|| format!("cannot remove the socket `{name}` that a dead process left")),
        Err(error) => Err(error).with_context(|| format!("cannot tell whether `{name}` is served")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let (socket, listener) = Socket::bind(&path, 0o660).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
        let error = Socket::bind(&path, 0o660).unwrap_err().to_string();
        assert!(error.contains("is served by another process"), "{error}");
        drop(listener);
        socket.remove();
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn what_is_not_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let (socket, _listener) = Socket::bind(&path, 0o660).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "another's").unwrap();
        socket.remove();
        assert_eq!(fs::read(&path).unwrap(), b"another's");
        let error = Socket::bind(&path, 0o660).unwrap_err().to_string();
        assert!(error.contains("is no socket"), "{error}");
    }

    #[tokio::test]
    async fn a_path_that_the_kernel_cuts_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = Socket::bind(&folder.path().join("a".repeat(108)), 0o660).unwrap_err().to_string();
        assert!(error.contains("the kernel takes 107"), "{error}");
        let error = Socket::bind(&folder.path().join("none/a.sock"), 0o660).unwrap_err().to_string();
        assert!(error.contains("is its folder there"), "{error}");
    }
}
