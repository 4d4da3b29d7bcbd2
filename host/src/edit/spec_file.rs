//! The file of a spec, while it is changed: one writer at a time, and never half a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustix::fs::Access;

use crate::diagnostic::Report;
use crate::edit::lock::{Lock, Refused};
use crate::guest::contract::{File, Problem};
use crate::problem::problem;
use crate::root::Root;
use crate::stop::Stop;
use crate::whole_file;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// A spec that nobody else writes until this value is gone.
#[derive(Debug)]
pub(crate) struct SpecFile {
    /// Without links: what is replaced is the file, never a link to it.
    path: PathBuf,
    /// The same, as the repository's root sees it.
    pub(crate) name: String,
    /// Whether the file begins with the mark that some editors write.
    has_mark: bool,
    _lock: Lock,
}

impl SpecFile {
    /// Takes the spec that was read, if it may be written and is still what was read.
    pub(crate) fn take(root: &Root, read: &File) -> Result<SpecFile, Stop> {
        let linked = root.root.join(&read.path);
        let path = linked.canonicalize().with_context(|| format!("cannot find `{}`", linked.display()))?;
        require_writable(&path, &read.path)?;
        let lock = Lock::of(&path).map_err(|it| locked(read, &path, it))?;
        let bytes = whole_file::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        if bytes.strip_prefix(MARK).unwrap_or(&bytes) != read.text.as_bytes() {
            let help = "run the command again: nothing was written";
            return Err(refused(read, "SG061", "was changed by somebody else meanwhile", help));
        }
        let name =
            path.strip_prefix(&root.root).map_or_else(|_| read.path.clone(), |it| it.display().to_string());
        Ok(SpecFile { path, name, has_mark: bytes.starts_with(MARK), _lock: lock })
    }

    /// Replaces the text; whoever reads at this moment has the old one or the new one.
    pub(crate) fn replace(self, text: &str) -> Result<(), Stop> {
        let mark = if self.has_mark { MARK } else { &[] };
        let written = whole_file::write(&self.path, &[mark, text.as_bytes()].concat());
        Ok(written.with_context(|| format!("cannot write `{}`", self.path.display()))?)
    }
}

/// A rename would replace a file that nobody may write, and root may write everything: so its mode is asked, too.
pub(crate) fn require_writable(path: &Path, name: &str) -> Result<(), Stop> {
    let metadata = fs::metadata(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    if !metadata.permissions().readonly() && rustix::fs::access(path, Access::WRITE_OK).is_ok() {
        return Ok(());
    }
    let problem = problem("SG060", format!("`{name}` may not be written: it is read-only"));
    Err(stop(problem.help("let yourself write it, `chmod u+w`, or ask who owns it")))
}

fn locked(read: &File, path: &Path, refused: Refused) -> Stop {
    match refused {
        Refused::Held { path, by } => {
            let what = format!("is being written by {}", by.escape_debug());
            let help = format!(
                "run the command again when it has ended; if it is gone, remove `{}`",
                path.display()
            );
            self::refused(read, "SG061", &what, &help)
        }
        Refused::Failed(error) if error.kind() == io::ErrorKind::PermissionDenied => self::refused(
            read,
            "SG060",
            "may not be written: its folder is read-only",
            "let yourself write the folder",
        ),
        Refused::Failed(error) => {
            Stop::Host(anyhow::Error::new(error).context(format!("cannot write beside `{}`", path.display())))
        }
    }
}

fn refused(read: &File, code: &str, what: &str, help: &str) -> Stop {
    stop(problem(code, format!("`{}` {what}", read.path)).help(help))
}

fn stop(problem: Problem) -> Stop {
    Stop::Rejected(Report::new(Vec::new(), vec![problem]))
}
