//! What a guest finds: of use to a person only with a code, one line, and a place that is there.

use crate::guest::contract::{File, Location, Problem, Severity};
use crate::suite::count;

/// How many there are, and the first one's code.
pub(super) fn told(problems: &[Problem]) -> String {
    let first = problems.first().map_or("none", |it| it.code.as_str());
    format!("{}, first {first}", count(problems.len(), "problem"))
}

/// What a guest finds must be of use to a person.
pub(super) fn require_problems(problems: &[Problem], files: &[File]) -> Result<(), String> {
    if problems.iter().all(|it| it.severity != Severity::Error) {
        return Err(String::from("neither an answer, nor an error that says why"));
    }
    for (index, problem) in problems.iter().enumerate() {
        require_useful(problem, files).map_err(|it| format!("problem {} {it}", index + 1))?;
    }
    Ok(())
}

/// A code to search for, one line, and places that are there.
pub(super) fn require_useful(problem: &Problem, files: &[File]) -> Result<(), String> {
    if problem.code.is_empty() || !problem.code.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') {
        return Err(format!("has the code `{}`, which nobody can search for", problem.code.escape_debug()));
    }
    if problem.message.is_empty() || problem.message.contains('\n') {
        return Err(format!("({}) has a message that is not one line", problem.code));
    }
    let places = problem.at.iter().chain(problem.related.iter().map(|it| &it.at));
    places
        .map(|it| require_inside(it, files))
        .find(Result::is_err)
        .unwrap_or(Ok(()))
        .map_err(|it| format!("({}) points {it}", problem.code))
}

/// A file that is there, and bytes of it that are there.
pub(super) fn require_inside(location: &Location, files: &[File]) -> Result<(), String> {
    let (file, span) = match location {
        Location::Span(span) => (span.file, span.start as usize..span.end as usize),
        // The host finds a place for any key: at worst, the file's beginning.
        Location::Key { file, .. } => (*file, 0..0),
    };
    let Some(text) = files.get(file as usize).map(|it| it.text.as_str()) else {
        return Err(format!("into file {file}, of {} (they are counted from 0)", files.len()));
    };
    if text.get(span.clone()).is_none() {
        return Err(format!("to the bytes {}..{} of a file of {}", span.start, span.end, text.len()));
    }
    Ok(())
}
