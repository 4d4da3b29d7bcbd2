//! The operator's file, `cmp-host.toml`: limits, guests and defaults of one platform.
//!
//! It is the platform's word, so nothing in it is guessed: an unknown key, a limit that means nothing or a guest that is
//! not there refuses the whole file. A laptop that reads the same file gives the same bytes as the sidecar; or it refuses the
//! file, if that allows more memory than the laptop has.

mod defaults;
pub mod grammar;
mod guests;
mod pattern;
mod read;
pub mod schema;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::Report;
use crate::guest::contract::{File, Problem};
use crate::limits::Limits;
use crate::problem::problem;
use crate::whole_file;

pub use guests::Entry;
pub(crate) use guests::{is_spec_name, misnamed};

/// What this file is called where a guest sees it, whatever its name on disk.
pub const NAME: &str = "cmp-host.toml";
/// What a spec is called, if the operator's file has no other name for a guest's.
pub const SPEC: &str = "sglang.toml";
/// The code of everything that is wrong with it.
pub(crate) const CODE: &str = "HOST_CONFIG";

/// What the operator says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The limits, guests' own aside.
    pub limits: Limits,
    /// The guests, sorted by name.
    pub guests: Vec<Entry>,
    /// The defaults of every spec, as the file that guests get.
    pub defaults: Option<File>,
    /// The file itself, for excerpts; none if there is none.
    pub file: Option<File>,
}

/// `--config`, else `$CMP_HOST_CONFIG`; an empty variable is none.
pub fn find(given: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let by_variable = || variable("CMP_HOST_CONFIG").filter(|it| !it.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or_else(by_variable)
}

impl Config {
    /// What the file says, if there is one.
    pub(crate) fn of_operator(path: Option<&Path>) -> Result<Config, Report> {
        path.map_or_else(|| Ok(Config::default()), Config::load)
    }

    /// Reads the file, or says all that is wrong with it.
    pub fn load(path: &Path) -> Result<Config, Report> {
        let bytes = whole_file::read(path).map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", path.display());
            let help = match error.kind() {
                ErrorKind::NotFound => "write it first, an empty one will do, or name no file: neither `--config` nor $CMP_HOST_CONFIG",
                _ => "name a file with `--config` or $CMP_HOST_CONFIG, or neither",
            };
            unreadable(message, help)
        })?;
        let Some(text) = whole_file::text(bytes) else {
            return Err(unreadable(format!("`{}` is not UTF-8", path.display()), "save the file as UTF-8"));
        };
        Config::of(File { path: path.display().to_string(), text }, path)
    }

    /// Where the guests lie that a file names, whatever else is wrong with it.
    pub(crate) fn guest_files(path: &Path) -> Vec<PathBuf> {
        let text = whole_file::read(path).ok().and_then(whole_file::text).unwrap_or_default();
        read::guest_files(&text, path.parent().unwrap_or(Path::new("")))
    }

    /// What a text says that stands at this path, or will.
    pub fn of(file: File, path: &Path) -> Result<Config, Report> {
        let folder = path.parent().unwrap_or(Path::new(""));
        match read::config(&file, folder) {
            Ok(config) => Ok(Config { file: Some(file), ..config }),
            Err(problems) => Err(Report::new(vec![file], problems)),
        }
    }

    /// Points into the file.
    pub(crate) fn report(&self, problems: Vec<Problem>) -> Report {
        Report::new(self.file.clone().into_iter().collect(), problems)
    }
}

fn unreadable(message: String, help: &str) -> Report {
    Report::new(Vec::new(), vec![problem(CODE, message).help(help)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_variable() {
        let variable = |value: &'static str| move |_: &str| Some(OsString::from(value));
        assert_eq!(find(Some(Path::new("/a")), variable("/b")), Some("/a".into()));
        assert_eq!(find(None, variable("/b")), Some("/b".into()));
        assert_eq!(find(None, variable("")), None);
    }
}
