//! Reads the files that a guest asks for, as the host does, whoever the guest is.

use cmp_host::guest::contract::{Answer, File, Input, Problem};
use cmp_host::tree::{DiskTree, Tree};

use crate::laid::Laid;

/// The largest file that the host reads.
const LIMIT: usize = 256 << 10;
/// The host asks for more files that often.
const N_ROUNDS: usize = 8;

/// Why there are no files to expand.
pub(crate) enum NoFiles {
    /// The host cannot read one, and has its own words for that.
    Unreadable(String),
    /// The guest found problems in those that it has seen.
    Problems(Vec<Problem>),
}

/// The spec, and what `inputs` asks for until it asks for nothing new; the operator's defaults come last.
pub(crate) fn gather(
    laid: &Laid,
    inputs: impl Fn(&[File]) -> Answer<Vec<Input>>,
) -> Result<Vec<File>, NoFiles> {
    let mut files = vec![read(laid, laid.spec())?];
    for _ in 0..N_ROUNDS {
        let all: Vec<File> = files.iter().chain(&laid.defaults).cloned().collect();
        let mut wanted = inputs(&all).map_err(NoFiles::Problems)?;
        wanted.retain(|it| files.iter().all(|file| file.path != it.path));
        if wanted.is_empty() {
            return Ok(all);
        }
        for input in wanted {
            files.push(read(laid, input.path)?);
        }
    }
    Err(NoFiles::Unreadable("one more".into()))
}

fn read(laid: &Laid, path: String) -> Result<File, NoFiles> {
    let bytes = DiskTree::open(&laid.root).ok().and_then(|it| it.read(&path, LIMIT).ok());
    match bytes.and_then(|it| String::from_utf8(it).ok()) {
        Some(text) => Ok(File { path, text: text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned() }),
        None => Err(NoFiles::Unreadable(path)),
    }
}
