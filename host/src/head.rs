//! The two keys of a spec that belong to the host: `guest`, and the table `[limits]`.
//!
//! They are read before a guest is asked anything, so nothing else of the text is looked at: what is wrong with the rest
//! is for the guest to say.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::guest::contract::{File, Location, Problem, Span};
use crate::limits::{Limits, Refused, Source, Written};
use crate::request::problem;

/// The guest that the spec names, and where.
pub(crate) fn guest(spec: &File) -> Result<Option<(String, Location)>, Box<Problem>> {
    let (document, _) = DeTable::parse_recoverable(&spec.text);
    let Some(value) = entry(document.get_ref(), "guest") else { return Ok(None) };
    let at = location(value.span());
    if let Some(name) = value.get_ref().as_str() {
        return Ok(Some((name.to_owned(), at)));
    }
    let message = format!("`guest` is of the type {}; expected a name", value.get_ref().type_str());
    let problem = problem("SG032", message).at(Some(at));
    Err(Box::new(problem.help("write `guest = \"…\"`, a name of the operator's file")))
}

/// Lowers limits as the spec asks; says what it must not ask.
pub(crate) fn lower(spec: &File, limits: &mut Limits) -> Vec<Problem> {
    let (document, _) = DeTable::parse_recoverable(&spec.text);
    let Some(value) = entry(document.get_ref(), "limits") else { return Vec::new() };
    let Some(table) = value.get_ref().as_table() else {
        let message = format!("`limits` is of the type {}; expected a table", value.get_ref().type_str());
        let problem = problem("SG031", message).at(Some(location(value.span())));
        return vec![problem.help("write a header `[limits]`, and the limits below it")];
    };
    let refused = table.iter().filter_map(|(key, value)| {
        let lowered = limits.lower(key.get_ref(), Written::Toml(value.get_ref()), Source::Spec);
        Some(refused(lowered.err()?).at(Some(location(key.span()))))
    });
    refused.collect()
}

fn entry<'a>(root: &'a DeTable<'a>, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
    root.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
}

/// Says why a limit stays as it is.
pub(crate) fn refused(Refused { message, help }: Refused) -> Problem {
    problem("SG031", message).help(help)
}

fn location(at: Range<usize>) -> Location {
    let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
    Location::Span(Span { file: 0, start: offset(at.start), end: offset(at.end) })
}
