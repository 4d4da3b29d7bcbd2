//! `--application`: the file, and what may differ under Argo CD.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::application::{Passed, SIZE};
use crate::commands;
use crate::diagnostic::Report;
use crate::guest::contract;
use crate::problem::problem;
use crate::stop::Stop;
use crate::tree::Tree;
use crate::whole_file;

/// Reads the file of an Application, and says what Argo CD alone knows of it.
pub(crate) fn passed(path: &Path, tree: &dyn Tree) -> Result<Passed, Stop> {
    let text = text(path).map_err(|error| {
        let message = format!("the Application `{}` cannot be read: {error}", path.display());
        commands::rejected(problem("SG035", message).help("name a file that holds it, or `/dev/stdin`"))
    })?;
    let passed = Passed::of(contract::File { path: path.display().to_string(), text }, tree)?;
    commands::print_report(&Report::new(passed.files.clone(), passed.warnings.clone()));
    Ok(passed)
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(SIZE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > SIZE {
        return Err(io::Error::other(format!("it is larger than {} KiB", SIZE >> 10)));
    }
    whole_file::text(bytes).ok_or_else(|| io::Error::other("it is not UTF-8"))
}
