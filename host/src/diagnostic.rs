//! What the host shows: problems with their places looked up, so that people and editors can find them.

use std::fmt;
use std::ops::Range;

use crate::guest::contract::{File, Location, Problem, Severity, Span};
use crate::{credential, locate, printable};

/// A place in a file, as people and editors count: lines and characters from 1, the end exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's place in the report's list.
    pub file: usize,
    /// Its path from the repository's root, fit for a terminal.
    pub path: String,
    /// The bytes, between characters and within the text.
    pub span: Range<usize>,
    /// The first line.
    pub line: usize,
    /// The first character.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// One past the last character.
    pub end_column: usize,
}

impl fmt::Display for Place {
    /// As people and editors write it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// A problem, ready to be shown: every text is one line without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that explain it, and what is to be seen there.
    pub related: Vec<(Place, String)>,
    /// The environments that have it, where several were looked at.
    pub environments: Vec<String>,
}

/// Diagnostics and the files that they point into; errors come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The files, as the guest saw them.
    pub files: Vec<File>,
    /// In the guest's order, the worst severity first.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Looks every place up.
    pub fn new(files: Vec<File>, problems: Vec<Problem>) -> Report {
        let mut report =
            Report { files: files.into_iter().map(without_keys).collect(), diagnostics: Vec::new() };
        report.add_all(problems);
        report
    }

    /// Takes in what else was found.
    pub(crate) fn add_all(&mut self, mut problems: Vec<Problem>) {
        locate::keys(&self.files, &mut problems);
        let found: Vec<Diagnostic> = problems.into_iter().map(|it| self.add(it)).collect();
        self.diagnostics.extend(found);
        self.diagnostics.sort_by_key(|it| it.severity);
    }

    /// Looks a problem's place up, and hides what stands there if it is a secret: from every excerpt, not only from its own.
    fn add(&mut self, problem: Problem) -> Diagnostic {
        // A value that cannot be used may be a key that was meant for another place.
        let is_secret = problem.secret || credential::keys(&problem.message).next().is_some();
        let diagnostic = diagnostic(&self.files, problem);
        if let Some(place) = diagnostic.place.as_ref().filter(|_| is_secret) {
            printable::hide(&mut self.files[place.file].text, place.span.clone());
        }
        diagnostic
    }

    /// Whether something keeps manifests from being made.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|it| it.severity == Severity::Error)
    }

    /// Whether anything of this code was found.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.diagnostics.iter().any(|it| it.code == code)
    }

    /// Changes what to do about a code, where somebody knows more of that than whoever found it.
    pub(crate) fn advise(&mut self, code: &str, advice: impl Fn(Option<&str>) -> Option<String>) {
        for it in self.diagnostics.iter_mut().filter(|it| it.code == code) {
            it.help = advice(it.help.as_deref()).or(it.help.take());
        }
    }

    /// Takes in what was found in other specs. A file that both read is shown once, and so is what both found in it.
    pub fn append(&mut self, other: Report) {
        let files: Vec<usize> = other.files.into_iter().map(|it| self.take(it)).collect();
        for mut found in other.diagnostics {
            found.places().for_each(|it| it.file = files[it.file]);
            match self.diagnostics.iter_mut().find(|it| is_same(it, &found)) {
                Some(it) => it.take_environments(found.environments),
                None => self.diagnostics.push(found),
            }
        }
        self.diagnostics.sort_by_key(|it| it.severity);
    }

    fn take(&mut self, file: File) -> usize {
        self.files.iter().position(|it| *it == file).unwrap_or_else(|| {
            self.files.push(file);
            self.files.len() - 1
        })
    }

    /// Says of every file which revision it is of: `main:services/a/sglang.toml`.
    pub(crate) fn of_revision(mut self, name: &str) -> Report {
        let named = |path: &str| printable::line(&format!("{name}:{path}")).into_owned();
        self.files.iter_mut().for_each(|it| it.path = named(&it.path));
        self.diagnostics.iter_mut().flat_map(Diagnostic::places).for_each(|it| it.path = named(&it.path));
        self
    }

    /// Takes in what another environment of the same files found; what is there already gets its name added.
    pub fn merge(&mut self, environment: &str, mut problems: Vec<Problem>) {
        locate::keys(&self.files, &mut problems);
        for problem in problems {
            let mut found = self.add(problem);
            match self.diagnostics.iter_mut().find(|it| is_same(it, &found)) {
                Some(it) => it.environments.push(environment.to_owned()),
                None => {
                    found.environments.push(environment.to_owned());
                    self.diagnostics.push(found);
                }
            }
        }
        self.diagnostics.sort_by_key(|it| it.severity);
    }
}

impl Diagnostic {
    fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        self.place.iter_mut().chain(self.related.iter_mut().map(|it| &mut it.0))
    }

    fn take_environments(&mut self, environments: Vec<String>) {
        let new = environments.into_iter().filter(|it| !self.environments.contains(it)).collect::<Vec<_>>();
        self.environments.extend(new);
    }
}

fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    fn parts(it: &Diagnostic) -> (Severity, &str, &str, Option<&str>) {
        (it.severity, &it.code, &it.message, it.help.as_deref())
    }
    one.place == other.place && one.related == other.related && parts(one) == parts(other)
}

fn diagnostic(files: &[File], problem: Problem) -> Diagnostic {
    let related = problem.related.iter();
    Diagnostic {
        severity: problem.severity,
        code: told(&problem.code),
        message: told(&problem.message),
        place: problem.at.as_ref().and_then(|it| place(files, it)),
        help: problem.help.map(|it| told(&it)),
        related: related.filter_map(|it| Some((place(files, &it.at)?, told(&it.message)))).collect(),
        environments: Vec::new(),
    }
}

/// A file of which excerpts may be shown, whatever stands in the lines around a problem: keys that were committed would go
/// on to logs and to Argo CD's user interface.
fn without_keys(mut file: File) -> File {
    let keys: Vec<Range<usize>> = credential::keys(&file.text).collect();
    keys.into_iter().for_each(|it| printable::hide(&mut file.text, it));
    file
}

/// A guest's text as people are told it: one line, with stars in the place of keys.
fn told(text: &str) -> String {
    let (mut told, mut from) = (String::new(), 0);
    for key in credential::keys(text) {
        told.push_str(&text[from..key.start]);
        told.push_str("*****");
        from = key.end;
    }
    told.push_str(&text[from..]);
    printable::line(&told).into_owned()
}

/// A place that is not there is left out: what a wrong guest found may still be of use.
pub(crate) fn place(files: &[File], location: &Location) -> Option<Place> {
    // `locate` has turned all other keys into spans.
    let Location::Span(Span { file, start, end }) = *location else { return None };
    let (index, span) = (file as usize, start as usize..end as usize);
    let file = files.get(index)?;
    let start = file.text.floor_char_boundary(span.start);
    let end = file.text.ceil_char_boundary(span.end.max(start));
    let (line, column) = position(&file.text, start);
    let (end_line, end_column) = position(&file.text, end);
    let path = printable::line(&file.path).into_owned();
    Some(Place { file: index, path, span: start..end, line, column, end_line, end_column })
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<File> {
        vec![File { path: String::from("a.toml"), text: String::from("ä = 1\nböse = 2\n") }]
    }

    fn at(start: u32, end: u32) -> Option<Place> {
        place(&file(), &Location::Span(Span { file: 0, start, end }))
    }

    #[test]
    fn columns_count_characters() {
        let place = at(7, 12).unwrap();
        assert_eq!((place.line, place.column, place.end_line, place.end_column), (2, 1, 2, 5));
    }

    #[test]
    fn a_wrong_span_is_moved_into_the_text() {
        assert_eq!(at(1, 1).unwrap().span, 0..2);
        assert_eq!(at(900, 4).unwrap().span, 17..17);
        assert_eq!(place(&file(), &Location::Span(Span { file: 7, start: 0, end: 0 })), None);
    }
}
