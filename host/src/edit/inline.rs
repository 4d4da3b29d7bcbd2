//! Items of inline tables: where one is added, and how one is taken out.
//!
//! A table may have several lines, with comments that belong to one item or to all. Which is whose nobody can know, so an item
//! takes along only the comment of a line that it has to itself.

use std::ops::Range;

use crate::edit::entries::Entry;
use crate::edit::splice::{Splice, end_of_line, line_end, line_start, without_end};

/// What separates words of a line.
const BLANK: [char; 2] = [' ', '\t'];

/// A new item behind the last, or on a line below where that has one to itself.
pub(super) fn added(text: &str, entries: &[Entry<'_>], braces: &Range<usize>, item: &str) -> Splice {
    match entries.last() {
        Some(last) => added_below(text, entries, braces, item)
            .unwrap_or_else(|| Splice::insert(last.span.end, format!(", {item}"))),
        None => {
            let inner = braces.start + 1;
            let space = if text[inner..].starts_with([' ', '\t', '\r', '\n']) { "" } else { " " };
            Splice::insert(inner, format!(" {item}{space}"))
        }
    }
}

fn added_below(text: &str, entries: &[Entry<'_>], braces: &Range<usize>, item: &str) -> Option<Splice> {
    let index = entries.len().checked_sub(1)?;
    let (start, end) = (start(text, entries, index, braces), entries[index].span.end);
    let (indent, below) = (&text[line_start(text, start)..start], line_end(text, end));
    let rest = &text[end..below];
    let has_comma = rest.trim_start().starts_with(',');
    let is_alone = indent.trim().is_empty() && is_no_item(rest.trim_start().trim_start_matches(','));
    match comma(text, end..braces.end) {
        _ if !is_alone => None,
        Some(_) if has_comma => Some(Splice::insert(below, format!("{indent}{item},{}", end_of_line(text)))),
        Some(_) => None,
        // What the line ends with stays behind its item, whose comma it now needs.
        None => {
            let lines = format!(",{rest}{indent}{item}{}", end_of_line(text));
            Some(Splice { at: end..below, text: lines })
        }
    }
}

/// Takes an item out, with one of the commas beside it. A line that it had to itself goes too, with its comment; every other
/// comment stays.
pub(super) fn without(text: &str, entries: &[Entry<'_>], index: usize, braces: &Range<usize>) -> Splice {
    let item = &entries[index];
    let before = comma_before(text, entries, index);
    let start = start(text, entries, index, braces);
    let behind = comma(text, item.span.end..braces.end);
    match (before, behind) {
        (Some(comma), _) if !text[comma..start].contains('\n') => {
            let start = text[..comma].trim_end_matches(BLANK).len();
            Splice::delete(with_line(text, start..item.span.end))
        }
        (_, Some(comma)) if text[item.span.end..comma].contains('\n') => {
            without_both(text, start..item.span.end, comma)
        }
        (_, comma) => {
            let end = comma.map_or(item.span.end, |it| it + 1);
            Splice::delete(with_line(text, start..without_blank(text, end)))
        }
    }
}

/// Takes out an item and a comma that stands on a line below it, and leaves the comments between them.
fn without_both(text: &str, item: Range<usize>, comma: usize) -> Splice {
    let item = with_line(text, item.start..without_blank(text, item.end));
    let is_last = text[comma + 1..line_end(text, comma)].trim().is_empty();
    let between = &text[item.end..comma];
    let between = if is_last { between.trim_end() } else { between };
    Splice { at: item.start..comma + 1, text: between.to_owned() }
}

/// The whole line, from the end of the one above, if nothing but a comment would be left of it.
fn with_line(text: &str, at: Range<usize>) -> Range<usize> {
    let (start, end) = (line_start(text, at.start), line_end(text, at.end));
    let is_alone = text[start..at.start].trim().is_empty() && is_no_item(&text[at.end..end]);
    if is_alone { without_end(&text[..start]).len()..without_end(&text[..end]).len() } else { at }
}

fn is_no_item(rest_of_line: &str) -> bool {
    let rest = rest_of_line.trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// Where an item begins; its entry has the place of the last part of its key.
fn start(text: &str, entries: &[Entry<'_>], index: usize, braces: &Range<usize>) -> usize {
    first_word(text, comma_before(text, entries, index).unwrap_or(braces.start) + 1)
}

fn comma_before(text: &str, entries: &[Entry<'_>], index: usize) -> Option<usize> {
    let before = entries.get(index.checked_sub(1)?)?;
    comma(text, before.span.end..entries[index].key.start)
}

fn without_blank(text: &str, byte: usize) -> usize {
    text.len() - text[byte..].trim_start_matches(BLANK).len()
}

/// The first byte of what is neither blank nor a comment.
fn first_word(text: &str, byte: usize) -> usize {
    let mut rest = text[byte..].trim_start();
    while rest.starts_with('#') {
        rest = rest.find('\n').map_or("", |it| rest[it..].trim_start());
    }
    text.len() - rest.len()
}

/// The first comma that stands in no comment.
fn comma(text: &str, within: Range<usize>) -> Option<usize> {
    let mut in_comment = false;
    let found = text[within.clone()].bytes().position(|it| {
        in_comment = (in_comment || it == b'#') && it != b'\n';
        it == b',' && !in_comment
    });
    found.map(|it| within.start + it)
}
