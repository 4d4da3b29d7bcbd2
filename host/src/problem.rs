//! What the host itself finds wrong with files, before or beside any guest.

use crate::guest::contract::{File, Location, Problem, Severity};

/// Why there is no request: something is wrong with the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What was read, for the excerpts.
    pub files: Vec<File>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Rejection {
    /// Nothing was read.
    pub(crate) fn of(problem: Problem) -> Rejection {
        Rejection { files: Vec::new(), problems: vec![problem] }
    }
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
