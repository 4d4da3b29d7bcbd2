//! Gathers the files of a request: the spec, then whatever the guest asks for, within the repository and within limits.

use crate::generate::require_reason;
use crate::guest::contract::{File, Input, Location, Problem, Severity, Span};
use crate::guest::{Budget, Failure, Guest};
use crate::tree::{ReadError, Tree};

/// The spec's file name.
pub const SPEC: &str = "sglang.toml";
/// Bytes of one file. Parsed TOML takes some 80 times the memory of its text.
pub const FILE_LIMIT: usize = 256 << 10;
/// Files of one request, the spec included.
pub const FILES_LIMIT: usize = 64;
/// How often the guest may ask for more.
pub const ROUNDS: usize = 8;

/// Why there is no request: something is wrong with the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What was read, for the excerpts.
    pub files: Vec<File>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Reads the spec of a folder, and asks the guest for further files until it wants nothing new.
pub fn read_files(
    guest: &Guest,
    tree: &dyn Tree,
    folder: &str,
    budget: &Budget,
) -> Result<Result<Vec<File>, Rejection>, Failure> {
    let mut reading = Reading { tree, files: Vec::new(), problems: Vec::new() };
    reading.read_spec(folder);
    for round in 0.. {
        if !reading.problems.is_empty() {
            break;
        }
        match guest.inputs(&reading.files, budget)? {
            Ok(inputs) => {
                let new = new_inputs(inputs, &reading.files);
                if new.is_empty() {
                    return Ok(Ok(reading.files));
                }
                reading.read_inputs(new, round);
            }
            Err(problems) => reading.problems = require_reason(problems)?,
        }
    }
    Ok(Err(Rejection { files: reading.files, problems: reading.problems }))
}

/// The files so far, and what was wrong with others.
struct Reading<'a> {
    tree: &'a dyn Tree,
    files: Vec<File>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn read_spec(&mut self, folder: &str) {
        let path = if folder.is_empty() { SPEC.to_owned() } else { format!("{folder}/{SPEC}") };
        match self.tree.read(&path, FILE_LIMIT) {
            Ok(bytes) => self.add(path, bytes),
            Err(ReadError::Missing) => self.problems.push(no_spec(self.tree, folder)),
            Err(error) => self.problems.push(unread(&path, &error, None)),
        }
    }

    fn read_inputs(&mut self, inputs: Vec<Input>, round: usize) {
        if round == ROUNDS {
            let message = format!("files ask for files more than {ROUNDS} times over");
            return self.problems.push(too_many(message, &inputs));
        }
        if self.files.len() + inputs.len() > FILES_LIMIT {
            let message = format!("more than {FILES_LIMIT} files are asked for");
            return self.problems.push(too_many(message, &inputs));
        }
        for input in inputs {
            match self.read(&input.path) {
                Ok(bytes) => self.add(input.path, bytes),
                Err(error) => self.problems.push(unread(&input.path, &error, input.asked_by)),
            }
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        // A contract without `..` leaves no question of whose folder a link's parent is.
        if path.starts_with('/') || path.split('/').any(|it| it == "..") {
            return Err(ReadError::Outside);
        }
        self.tree.read(path, FILE_LIMIT)
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if let Err(error) = str::from_utf8(bytes) {
            self.problems.push(not_utf8(&path, self.files.len(), error.valid_up_to()));
        }
        // What is readable of a file that is not UTF-8 serves as an excerpt; up to the problem it is the file itself.
        self.files.push(File { path, text: String::from_utf8_lossy(bytes).into_owned() });
    }
}

/// Those that have not been read, each once: two places may ask for one file.
fn new_inputs(inputs: Vec<Input>, files: &[File]) -> Vec<Input> {
    let mut new: Vec<Input> = Vec::new();
    for input in inputs {
        if !files.iter().any(|it| it.path == input.path) && !new.iter().any(|it| it.path == input.path) {
            new.push(input);
        }
    }
    new
}

fn no_spec(tree: &dyn Tree, folder: &str) -> Problem {
    let place = if folder.is_empty() { String::from("this folder") } else { format!("`{folder}`") };
    if tree.has_folder(folder) {
        return problem("SG001", format!("there is no {SPEC} in {place}")).help(format!(
            "write a first one with `cmp-host init`, or name the folder that holds your {SPEC}"
        ));
    }
    problem("SG001", format!("there is no folder {place}"))
        .help(format!("name the folder that holds your {SPEC}"))
}

fn not_utf8(path: &str, file: usize, offset: usize) -> Problem {
    let start = u32::try_from(offset).unwrap_or(u32::MAX);
    let at = Location::Span(Span { file: u32::try_from(file).unwrap_or(u32::MAX), start, end: start + 1 });
    problem("SG003", format!("`{path}` is not UTF-8: byte {offset} begins no character"))
        .at(Some(at))
        .help("save the file as UTF-8")
}

fn too_many(message: String, wanted: &[Input]) -> Problem {
    let at = wanted.first().and_then(|it| it.asked_by.clone());
    problem("SG002", message).at(at).help("extend fewer files")
}

fn unread(path: &str, error: &ReadError, asked_by: Option<Location>) -> Problem {
    let (code, help) = match error {
        ReadError::Missing => {
            ("SG004", "write the file, or mend the path: it is relative to the file that names it")
        }
        ReadError::TooLarge { .. } => ("SG002", "split the file, or take out what does not belong there"),
        ReadError::NotAFile | ReadError::Unreadable(_) => {
            ("SG005", "put a regular file there that everybody may read")
        }
        ReadError::Outside => {
            ("SG006", "keep the file in the repository: nothing outside of its root is read")
        }
    };
    problem(code, format!("`{path}` {error}")).at(asked_by).help(help)
}

/// A problem that the host finds, before the guest sees anything.
pub(crate) fn problem(code: &str, message: impl Into<String>) -> Problem {
    Problem {
        severity: Severity::Error,
        code: code.to_owned(),
        message: message.into(),
        at: None,
        secret: false,
        help: None,
        related: Vec::new(),
    }
}

impl Problem {
    pub(crate) fn at(self, at: Option<Location>) -> Problem {
        Problem { at, ..self }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Problem {
        Problem { help: Some(help.into()), ..self }
    }
}
