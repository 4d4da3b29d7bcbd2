//! Gathers the files of a request: the spec, then whatever the guest asks for, within the repository and within limits.

use crate::config;
use crate::guest::contract::{Answer, File, Input, Location, Problem, Span};
use crate::guest::{Budget, Failure, Guest};
use crate::limits::{Limit, Limits};
use crate::problem::{Rejection, problem};
use crate::tree::{ReadError, Tree};

/// How often the guest may ask for more.
pub const ROUNDS: usize = 8;

/// Reads the spec of a folder, whatever its name is among those that it may have.
pub fn read_spec(tree: &dyn Tree, folder: &str, names: &[&str], limits: &Limits) -> Result<File, Rejection> {
    let mut found = Vec::new();
    for name in names {
        let path = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
        match tree.read(&path, limits.size(Limit::Spec)) {
            Err(ReadError::Missing) => {}
            other => found.push((path, other)),
        }
    }
    let (path, read) = match found.len() {
        0 => return Err(Rejection::of(no_spec(tree, folder, names))),
        1 => found.remove(0),
        _ => return Err(Rejection::of(several_specs(found.into_iter().map(|(path, _)| path)))),
    };
    let bytes = read.map_err(|error| Rejection::of(unread(&path, &error, None)))?;
    let (file, problem) = decode(path, bytes, 0);
    match problem {
        None => Ok(file),
        Some(problem) => Err(Rejection { files: vec![file], problems: vec![problem] }),
    }
}

/// Asks the guest for further files until it wants nothing new. The operator's defaults stay the last of the files.
pub fn read_files(
    guest: &Guest,
    tree: &dyn Tree,
    spec: File,
    defaults: Option<&File>,
    limits: &Limits,
    budget: &Budget,
) -> Result<Result<Vec<File>, Rejection>, Failure> {
    gather(|files| guest.inputs(files, budget), tree, spec, defaults, limits)
}

/// The same, whatever it is that asks: a guest may ask for anything.
pub fn gather(
    asks: impl Fn(&[File]) -> Result<Answer<Vec<Input>>, Failure>,
    tree: &dyn Tree,
    spec: File,
    defaults: Option<&File>,
    limits: &Limits,
) -> Result<Result<Vec<File>, Rejection>, Failure> {
    let mut reading = Reading { tree, limits, defaults, files: Vec::new(), problems: Vec::new() };
    reading.take_spec(spec);
    for round in 0.. {
        if !reading.problems.is_empty() {
            break;
        }
        match asks(&reading.all())? {
            Ok(inputs) => {
                let new = new_inputs(inputs, &reading.files, limits.size(Limit::Files));
                if new.is_empty() {
                    return Ok(Ok(reading.all()));
                }
                reading.read_inputs(new, round);
            }
            Err(problems) => return Ok(Err(Rejection { files: reading.all(), problems })),
        }
    }
    Ok(Err(Rejection { files: reading.all(), problems: reading.problems }))
}

/// The files so far, and what was wrong with others.
struct Reading<'a> {
    tree: &'a dyn Tree,
    limits: &'a Limits,
    defaults: Option<&'a File>,
    files: Vec<File>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    /// As a guest sees them.
    fn all(&self) -> Vec<File> {
        self.files.iter().chain(self.defaults).cloned().collect()
    }

    /// The spec was read before it could lower the limits of its own files.
    fn take_spec(&mut self, spec: File) {
        let limit = self.limits.size(Limit::Spec);
        if spec.text.len() > limit {
            self.problems.push(unread(&spec.path, &ReadError::TooLarge { limit }, None));
        }
        self.files.push(spec);
        self.require_total();
    }

    fn read_inputs(&mut self, inputs: Vec<Input>, round: usize) {
        if round == ROUNDS {
            let message = format!("files ask for files more than {ROUNDS} times over");
            return self.problems.push(too_many(message, &inputs));
        }
        let most = self.limits.size(Limit::Files);
        if self.files.len() + inputs.len() > most {
            let message = format!("more than {most} files are asked for");
            return self.problems.push(too_many(message, &inputs));
        }
        let paths: Vec<&str> = inputs.iter().map(|it| it.path.as_str()).collect();
        self.tree.will_read(&paths, self.limits.size(Limit::Spec));
        let before = self.files.len();
        for Input { path, asked_by } in inputs {
            // The defaults, which come last, move back with each file.
            let asked_by = asked_by.filter(|it| file_of(it) < before);
            match self.read(&path) {
                Ok(bytes) => self.add(path, bytes),
                Err(error) => self.problems.push(unread(&path, &error, asked_by)),
            }
        }
        self.require_total();
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        // A contract without `..` leaves no question of whose folder a link's parent is.
        if path.starts_with('/') || path.split('/').any(|it| it == "..") {
            return Err(ReadError::Outside);
        }
        if path == config::NAME {
            return Err(ReadError::Operators);
        }
        self.tree.read(path, self.limits.size(Limit::Spec))
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        let (file, problem) = decode(path, bytes, self.files.len());
        self.files.push(file);
        self.problems.extend(problem);
    }

    fn require_total(&mut self) {
        let total: usize = self.files.iter().map(|it| it.text.len()).sum();
        let limit = self.limits.size(Limit::Read);
        if total > limit {
            let message = format!("the files of this request have {total} bytes; {limit} are allowed");
            self.problems.push(problem("SG002", message).help("extend fewer files, or smaller ones"));
        }
    }
}

fn file_of(location: &Location) -> usize {
    match location {
        Location::Span(Span { file, .. }) | Location::Key { file, .. } => *file as usize,
    }
}

/// What is readable of a file that is not UTF-8 serves as an excerpt; up to the problem it is the file itself.
fn decode(path: String, bytes: Vec<u8>, index: usize) -> (File, Option<Problem>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let problem = str::from_utf8(bytes).err().map(|it| not_utf8(&path, index, it.valid_up_to()));
    (File { path, text: String::from_utf8_lossy(bytes).into_owned() }, problem)
}

/// Those that have not been read, each once: two places may ask for one file.
fn new_inputs(inputs: Vec<Input>, files: &[File], limit: usize) -> Vec<Input> {
    let mut new: Vec<Input> = Vec::new();
    for input in inputs {
        // That is too many already; comparing thousands with each other would cost the host what no fuel pays for.
        if new.len() > limit {
            break;
        }
        if !files.iter().any(|it| it.path == input.path) && !new.iter().any(|it| it.path == input.path) {
            new.push(input);
        }
    }
    new
}

fn no_spec(tree: &dyn Tree, folder: &str, names: &[&str]) -> Problem {
    let place = if folder.is_empty() { String::from("this folder") } else { format!("`{folder}`") };
    let names = names.join(" or ");
    if tree.has_folder(folder) {
        return problem("SG001", format!("there is no {names} in {place}")).help(format!(
            "write a first one with `cmp-host init`, or name the folder that holds your {names}"
        ));
    }
    problem("SG001", format!("there is no folder {place}"))
        .help(format!("name the folder that holds your {names}"))
}

fn several_specs(paths: impl Iterator<Item = String>) -> Problem {
    let paths: Vec<String> = paths.map(|it| format!("`{it}`")).collect();
    problem("SG034", format!("{} are both specs, of different guests", paths.join(" and ")))
        .help("choose with the parameter `guest`, or give each spec a folder of its own")
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
        ReadError::Several => ("SG005", "commit one file or folder of that path"),
        ReadError::Operators => ("SG006", "give the file another name"),
        ReadError::Outside => {
            ("SG006", "keep the file in the repository: nothing outside of its root is read")
        }
    };
    problem(code, format!("`{path}` {error}")).at(asked_by).help(help)
}
