//! The socket: its folder, its path, who may connect, and who listens.

use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::process::{getegid, geteuid};

use crate::doctor::{Finding, PATIENCE, quoted};
use crate::server::health::{self, Unhealthy};
use crate::server::socket::PATH;

/// The repo-server's user, and its group.
const REPO_SERVER: u32 = 999;

/// Whether a socket can be made there.
pub(super) fn folder(path: &Path) -> Finding {
    const NAME: &str = "socket folder";
    let shared =
        "mount the volume `plugins` that the repo-server has there, or name another with `--sockets`";
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Finding::bad(NAME, format!("there is no folder {}", quoted(path)), shared)
        }
        Err(error) => Finding::bad(NAME, format!("{} cannot be looked at: {error}", quoted(path)), shared),
        Ok(it) if !it.is_dir() => Finding::bad(NAME, format!("{} is no folder", quoted(path)), shared),
        Ok(_) if access(path, Access::WRITE_OK | Access::EXEC_OK).is_err() => {
            let text = format!("the user {} may not write into {}", geteuid().as_raw(), quoted(path));
            Finding::bad(NAME, text, "run as the folder's owner: `runAsUser: 999`, as the repo-server")
        }
        Ok(_) => Finding::good(NAME, format!("{} can be written to", quoted(path))),
    }
}

/// Everything about one socket.
pub(super) fn findings(path: &Path, mode: u32) -> [Finding; 3] {
    [length(path), user(path, mode), state(path)]
}

fn length(path: &Path) -> Finding {
    let length = path.as_os_str().len();
    let text = format!("{} has {length} bytes of {PATH}", quoted(path));
    if length <= PATH {
        return Finding::good("socket path", text);
    }
    Finding::bad(
        "socket path",
        text,
        "set $ARGOCD_PLUGINSOCKFILEPATH, here and in the repo-server, to a shorter folder",
    )
}

/// What is there says more than what `serve` would do.
fn user(path: &Path, mode: u32) -> Finding {
    let socket = std::fs::metadata(path).ok().filter(|it| it.file_type().is_socket());
    let (uid, gid, mode) = match socket {
        Some(it) => (it.uid(), it.gid(), it.mode() & 0o777),
        None => (geteuid().as_raw(), getegid().as_raw(), mode),
    };
    let text = format!("the socket is user {uid}'s and group {gid}'s, with the mode {mode:04o}");
    if may_connect(uid, gid, mode) {
        return Finding::good("socket user", text + ": the repo-server may connect");
    }
    Finding::bad(
        "socket user",
        text + ": the repo-server, user 999, may not connect",
        "set `runAsUser: 999`, or let others connect with `serve --socket-mode 0666`",
    )
}

/// To connect is to write.
fn may_connect(uid: u32, gid: u32, mode: u32) -> bool {
    let bit = if uid == REPO_SERVER {
        0o200
    } else if gid == REPO_SERVER {
        0o020
    } else {
        0o002
    };
    mode & bit != 0
}

/// A server that has not started yet is no fault of the set-up.
fn state(path: &Path) -> Finding {
    match health::check(path, PATIENCE) {
        Ok(()) => Finding::good("server", "it is serving"),
        Err(Unhealthy::Missing) => Finding::good("server", "it has not started yet"),
        Err(unhealthy) => Finding::bad("server", unhealthy.to_string(), unhealthy.help()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repo_server_needs_to_write() {
        for (uid, gid, mode, expected) in [
            (999, 999, 0o660, true),
            (999, 0, 0o600, true),
            (1000, 999, 0o660, true),
            (1000, 1000, 0o666, true),
            (1000, 1000, 0o660, false),
            (1000, 999, 0o606, false),
            (999, 999, 0o066, false),
            (0, 0, 0o755, false),
        ] {
            assert_eq!(may_connect(uid, gid, mode), expected, "{uid} {gid} {mode:o}");
        }
    }
}
