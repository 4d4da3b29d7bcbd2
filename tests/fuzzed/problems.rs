//! Any places and texts as the problems of a guest: drawn, wherever they point.

use cmp_host::diagnostic::Report;
use cmp_host::guest::contract::{File, Location, Problem, Related, Severity, Span};
use cmp_host::render::{self, Style};

use super::{chunks, shown};

/// Bytes that say where a problem is, and of which kind.
const PLACES: usize = 12;

/// The places, then the parts: a file, a message, a dotted key, a help line, a second file.
pub(crate) fn look(bytes: &[u8]) {
    let Some((places, rest)) = bytes.split_first_chunk::<PLACES>() else { return };
    let mut texts = chunks::texts(rest).into_iter();
    let mut text = || texts.next().unwrap_or_default();
    let (first, message, key, help, second) = (text(), text(), text(), text(), text());
    let files = vec![
        File { path: String::from("sglang.toml"), text: first },
        File { path: message.clone(), text: second },
    ];
    let number = |at: usize| u32::from(u16::from_le_bytes([places[2 * at], places[2 * at + 1]]));
    let [start, length, other, file, kind, secret] = [0, 1, 2, 3, 4, 5].map(number);
    let span = |file, start| Location::Span(Span { file, start, end: start + length });
    let at = [None, Some(span(file % 3, start)), Some(Location::Key { file: file % 3, path: key.clone() })];
    let related = [span(0, other), span(1, other), Location::Key { file: 0, path: key }];
    let problem = Problem {
        severity: [Severity::Error, Severity::Warning, Severity::Note][kind as usize % 3],
        code: message.chars().take(9).collect(),
        message: message.clone(),
        at: at[kind as usize / 3 % 3].clone(),
        secret: secret % 2 == 1,
        help: (!help.is_empty()).then_some(help),
        related: related.map(|at| Related { at, message: message.clone() })[..secret as usize % 4].to_vec(),
    };
    let mut report = Report::new(files, vec![problem.clone(), problem.clone()]);
    report.merge("prod", vec![problem]);
    shown::require_harmless(&render::report(&report, Style::Plain));
    drop(render::report(&report, Style::Coloured));
}
