//! Whether the plugin is for an Application that names none: by the names of files, as Argo CD's own server finds them.
//!
//! Nothing is run for it, and no file is read.

mod file_name;
mod glob;

use crate::plugin_yaml::Discover;
use crate::server::status::Refusal;
use crate::tree::archive::ArchiveTree;

/// Whether something in the application's folder fits.
pub(crate) fn matches(discover: &Discover, tree: &ArchiveTree) -> Result<bool, Refusal> {
    match discover {
        Discover::Off => Ok(false),
        Discover::FileName(pattern) => file_name::matches(pattern, tree),
        Discover::Glob(pattern) => glob::matches(pattern, tree),
    }
}

/// A pattern's parts below the repository's root: `.` says nothing, and `..` takes the part before it away. None if they
/// lead out of the repository.
fn parts<'a>(folder: &'a str, pattern: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = Vec::new();
    for part in folder.split('/').chain(pattern.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts)
}
