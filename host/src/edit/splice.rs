//! Where a text is cut, and what goes there: lines, sections, and the ends of lines that they have.

use std::ops::Range;

use crate::edit::entries::{Entry, Section};

/// A part of a text, and what stands there instead.
pub(super) struct Splice {
    pub(super) at: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn insert(at: usize, text: String) -> Splice {
        Splice { at: at..at, text }
    }

    pub(super) fn delete(at: Range<usize>) -> Splice {
        Splice { at, text: String::new() }
    }

    pub(super) fn apply(self, text: &str) -> String {
        [&text[..self.at.start], &self.text, &text[self.at.end..]].concat()
    }
}

/// A new line of a section: below the last of those that share most of its key, with their indent.
pub(super) fn line(text: &str, section: &Section<'_>, shared: usize, path: &[String], line: &str) -> Splice {
    match section.entries.iter().rfind(|it| it.shared(path) == shared) {
        Some(entry) => {
            let start = line_start(text, entry.key.start);
            let indent = text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
            let line = format!("{}{line}", &text[start..start + indent]);
            line_below(text, entry.span.end, &line)
        }
        // Before the first header there is nothing yet.
        None if section.path.is_empty() => Splice::insert(0, format!("{line}{}", end_of_line(text))),
        None => line_below(text, section.header_end, line),
    }
}

/// A new section: below the last one that shares something of its path, else at the end.
pub(super) fn section(
    text: &str,
    path: &[String],
    sections: &[Section<'_>],
    header: &str,
    line: &str,
) -> Splice {
    let end = end_of_line(text);
    let relatives = sections.iter().filter(|it| !it.path.is_empty() && it.path[0] == path[0]);
    let shares =
        |it: &&Section<'_>| it.path.iter().zip(path).take_while(|(ours, theirs)| ours == theirs).count();
    match relatives.max_by_key(shares) {
        Some(relative) => line_below(text, relative.end(), &format!("{end}[{header}]{end}{line}")),
        None if text.trim().is_empty() => Splice::insert(text.len(), format!("[{header}]{end}{line}{end}")),
        None => {
            let last = text.trim_end().len();
            line_below(text, last, &format!("{end}[{header}]{end}{line}"))
        }
    }
}

/// Takes the line of an entry out; one without an end of line leaves the line above without one.
pub(super) fn without_line(text: &str, entry: &Entry<'_>) -> Splice {
    let (start, end) = (line_start(text, entry.key.start), line_end(text, entry.span.end));
    if text[..end].ends_with('\n') {
        return Splice::delete(start..end);
    }
    Splice::delete(without_end(&text[..start]).len()..end)
}

/// A new line below the one that holds this byte.
fn line_below(text: &str, byte: usize, line: &str) -> Splice {
    let (at, end) = (line_end(text, byte), end_of_line(text));
    match text[..at].ends_with('\n') {
        true => Splice::insert(at, format!("{line}{end}")),
        false => Splice::insert(at, format!("{end}{line}")),
    }
}

pub(super) fn line_start(text: &str, byte: usize) -> usize {
    text[..byte].rfind('\n').map_or(0, |it| it + 1)
}

pub(super) fn line_end(text: &str, byte: usize) -> usize {
    text[byte..].find('\n').map_or(text.len(), |it| byte + it + 1)
}

/// Without the end of its last line, of whichever system.
pub(super) fn without_end(text: &str) -> &str {
    text.strip_suffix('\n').map_or(text, |it| it.strip_suffix('\r').unwrap_or(it))
}

/// As the file has it.
pub(super) fn end_of_line(text: &str) -> &'static str {
    if text.find('\n').is_some_and(|it| text[..it].ends_with('\r')) { "\r\n" } else { "\n" }
}
