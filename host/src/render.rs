//! Diagnostics and failures as text: one line that stands alone, then drawings as rustc makes them.
//!
//! Argo CD's user interface cuts an error after its first line, so that line carries place, code and message.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::guest::Failure;
use crate::guest::contract::{File, Severity};
use crate::printable;

/// Whether the text may hold colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For files, pipes and Argo CD.
    Plain,
    /// For a terminal.
    Coloured,
}

/// What a part of a text is; on a terminal each has its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Title,
    Field,
    Added,
    Removed,
    Remark,
}

impl Style {
    /// Colours a text, if there may be colours.
    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        let colour = match ink {
            _ if self == Style::Plain => return text.to_owned(),
            Ink::Title => "1",
            Ink::Field => "36",
            Ink::Added => "32",
            Ink::Removed => "31",
            Ink::Remark => "33",
        };
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    }
}

/// Draws all diagnostics of a report; nothing for an empty one.
pub fn report(report: &Report, style: Style) -> String {
    report_up_to(report, style, usize::MAX)
}

/// The same, and no further drawing once there are so many bytes: a guest may tell of 500 problems, each drawn over all of a
/// file.
pub(crate) fn report_up_to(report: &Report, style: Style, most: usize) -> String {
    let mut text = String::new();
    let Some((first, more)) = report.diagnostics.split_first() else { return text };
    text.push_str(&headline(first));
    if !more.is_empty() {
        write(&mut text, format_args!(" (+{} more)", more.len()));
    }
    text.push('\n');
    for diagnostic in &report.diagnostics {
        if text.len() > most {
            break;
        }
        write(&mut text, format_args!("\n{}\n", drawing(&report.files, diagnostic, style)));
    }
    text
}

/// Names a failure by its code, and says what to do about it.
pub fn failure(failure: &Failure) -> String {
    let message = failure.to_string();
    format!("{} {}\n\nhelp: {}\n", failure.code(), printable::line(&message), failure.help())
}

pub(crate) fn headline(it: &Diagnostic) -> String {
    match &it.place {
        Some(place) => format!("{place}: {} {}", it.code, it.message),
        None => format!("{} {}", it.code, it.message),
    }
}

fn drawing(files: &[File], it: &Diagnostic, style: Style) -> String {
    let level = match it.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(it.message.as_str()).id(it.code.as_str()));
    for file in files_of(it) {
        group = group.element(excerpt(&files[file], file, it));
    }
    if !it.environments.is_empty() {
        group = group.element(Level::NOTE.message(format!("found in {}", it.environments.join(", "))));
    }
    if let Some(help) = &it.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer(style).render(&[group])
}

fn renderer(style: Style) -> Renderer {
    match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    }
}

/// Draws a note, and an excerpt of each file that it points into.
pub(crate) fn note(title: &str, files: &[File], places: &[Place], style: Style) -> String {
    let mut group = Group::with_title(Level::NOTE.primary_title(title));
    let mut indices: Vec<usize> = places.iter().map(|it| it.file).collect();
    indices.sort_unstable();
    indices.dedup();
    for index in indices {
        let here = places.iter().filter(|it| it.file == index);
        let snippet = Snippet::source(printable::source(&files[index].text))
            .path(printable::line(&files[index].path))
            .annotations(here.map(|it| AnnotationKind::Primary.span(it.span.clone())));
        group = group.element(snippet);
    }
    renderer(style).render(&[group])
}

/// The file at fault first, then those that explain, each once.
fn files_of(it: &Diagnostic) -> Vec<usize> {
    let mut files: Vec<usize> = Vec::new();
    for place in it.place.iter().chain(it.related.iter().map(|(place, _)| place)) {
        if !files.contains(&place.file) {
            files.push(place.file);
        }
    }
    files
}

fn excerpt<'a>(
    file: &'a File,
    index: usize,
    it: &'a Diagnostic,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let here = |place: &&Place| place.file == index;
    let primary = it.place.iter().filter(here).map(|it| AnnotationKind::Primary.span(it.span.clone()));
    let related = it.related.iter().filter(|(place, _)| place.file == index);
    let related = related
        .map(|(place, message)| AnnotationKind::Context.span(place.span.clone()).label(message.as_str()));
    Snippet::source(printable::source(&file.text))
        .path(printable::line(&file.path))
        .annotations(primary)
        .annotations(related)
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes every text");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::contract::{Location, Problem, Related, Span};

    fn drawn(text: &str, start: u32, end: u32) -> String {
        report(&found(text, start, end), Style::Plain)
    }

    /// The same problem twice.
    fn found(text: &str, start: u32, end: u32) -> Report {
        let at = Location::Span(Span { file: 0, start, end });
        let related = Related { at: at.clone(), message: String::from("first written here") };
        let problem = Problem {
            severity: Severity::Error,
            code: String::from("SG101"),
            message: String::from("the model does not fit\u{1b}[31m"),
            at: Some(at),
            secret: false,
            help: Some(String::from("write less")),
            related: vec![related],
        };
        let files = vec![File { path: String::from("a/sglang.toml"), text: text.to_owned() }];
        Report::new(files, vec![problem.clone(), problem])
    }

    #[test]
    fn no_more_is_drawn_than_there_is_room_for() {
        let report = found("name = \"a\"\n", 0, 4);
        let all = report_up_to(&report, Style::Plain, 10_000);
        let some = report_up_to(&report, Style::Plain, 100);
        let drawings = |it: &str| it.matches("error[SG101]").count();
        assert_eq!((drawings(&all), drawings(&some)), (2, 1));
        assert!(all.starts_with(&some), "{some}");
    }

    #[test]
    fn the_first_line_stands_alone() {
        let text = drawn("name = \"a\"\n  model = 1\n", 13, 18);
        let expected = "\
a/sglang.toml:2:3: SG101 the model does not fit\\u{1b}[31m (+1 more)

error[SG101]: the model does not fit\\u{1b}[31m
 --> a/sglang.toml:2:3
  |
2 |   model = 1
  |   ^^^^^
  |   |
  |   first written here
  |
  = help: write less
";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn no_span_makes_it_panic_or_steer_the_terminal() {
        for text in ["", "\n", "ä\r\n\tb\u{202e}\u{85}\n\n模型\u{1b}[31m", "a\u{2028}b\u{feff}\rc\n"] {
            let end = u32::try_from(text.len()).unwrap() + 2;
            for (start, end) in (0..end).flat_map(|start| (0..end).map(move |end| (start, end))) {
                let drawn = drawn(text, start, end);
                assert!(
                    !drawn.contains(|it| printable::steers(it) && it != '\n'),
                    "{start}..{end} of {text:?}: {drawn:?}"
                );
            }
        }
    }
}
