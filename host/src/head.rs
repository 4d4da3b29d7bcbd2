//! The two keys of a spec that belong to the host: `guest`, and the table `[limits]`.
//!
//! They are read before a guest is asked anything, so nothing else of the text is looked at: what is wrong with the rest
//! is for the guest to say.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::guest::contract::{File, Location, Problem, Span};
use crate::limits::{Limits, Refused, Source, Written};
use crate::problem::problem;

/// The host's part of a spec.
pub(crate) struct Head<'a> {
    spec: &'a File,
    document: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Head<'a> {
    /// Parses the spec once, and not at all where neither key can be, as in most specs.
    pub(crate) fn of(spec: &'a File) -> Head<'a> {
        let document = may_concern_host(&spec.text).then(|| DeTable::parse_recoverable(&spec.text).0);
        Head { spec, document }
    }

    /// The guest that the spec names, and where.
    pub(crate) fn guest(&self) -> Result<Option<(String, Location)>, Box<Problem>> {
        let Some(value) = self.entry("guest") else { return Ok(None) };
        let at = location(value.span());
        if let Some(name) = value.get_ref().as_str() {
            return Ok(Some((name.to_owned(), at)));
        }
        let message = format!("`guest` is of the type {}; expected a name", value.get_ref().type_str());
        let problem = problem("SG032", message).at(Some(at));
        Err(Box::new(problem.help("write `guest = \"…\"`, a name of the operator's file")))
    }

    /// Lowers limits as the spec asks; says what it must not ask.
    pub(crate) fn lower(&self, limits: &mut Limits) -> Vec<Problem> {
        let Some(value) = self.entry("limits") else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("`limits` is of the type {}; expected a table", value.get_ref().type_str());
            let problem = problem("SG031", message).at(Some(location(value.span())));
            return vec![problem.help("write a header `[limits]`, and the limits below it")];
        };
        let refused = table.iter().filter_map(|(key, value)| {
            let source = Source::Spec { path: self.spec.path.clone(), line: self.line(key.span().start) };
            let lowered = limits.lower(key.get_ref(), Written::Toml(value.get_ref()), source);
            Some(refused(lowered.err()?).at(Some(location(key.span()))))
        });
        refused.collect()
    }

    fn line(&self, offset: usize) -> usize {
        self.spec.text[..offset].matches('\n').count() + 1
    }

    fn entry(&self, name: &str) -> Option<&Spanned<DeValue<'a>>> {
        let root = self.document.as_ref()?.get_ref();
        root.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
    }
}

/// A key of the root begins its line, but for what a header and quotes put before it. It may also be spelt with escapes.
fn may_concern_host(text: &str) -> bool {
    let before_keys = |it: char| it.is_whitespace() || matches!(it, '[' | '"' | '\'');
    let names_one = |line: &str| {
        let key = line.trim_start_matches(before_keys);
        key.starts_with("guest") || key.starts_with("limits")
    };
    text.contains('\\') || text.lines().any(names_one)
}

/// Says why a limit stays as it is.
pub(crate) fn refused(Refused { message, help }: Refused) -> Problem {
    problem("SG031", message).help(help)
}

fn location(at: Range<usize>) -> Location {
    let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
    Location::Span(Span { file: 0, start: offset(at.start), end: offset(at.end) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limit;

    fn guest(text: &str) -> Option<String> {
        let spec = File { path: String::from("sglang.toml"), text: text.to_owned() };
        Head::of(&spec).guest().unwrap().map(|it| it.0)
    }

    fn lowers(text: &str) -> bool {
        let spec = File { path: String::from("sglang.toml"), text: text.to_owned() };
        let mut limits = Limits::default();
        assert!(Head::of(&spec).lower(&mut limits).is_empty(), "{text}");
        limits.size(Limit::Manifests) == 7
    }

    /// Each is a way in which TOML lets a key be written.
    #[test]
    fn a_key_is_found_however_it_is_spelt() {
        for key in ["guest", "\t guest ", "\"guest\"", " 'guest'\t", r#""gu\u0065st""#, r#""\U00000067uest""#]
        {
            assert_eq!(guest(&format!("name = 1\r\n{key}=\"a\"")).as_deref(), Some("a"), "{key}");
        }
        for entry in [
            "[limits]\nmanifests=7",
            " [ limits ] \n manifests = 7",
            "[\"limits\"]\nmanifests=7",
            "[\t'limits' ]\nmanifests=7",
            "limits.manifests = 7",
            "limits . manifests = 7",
            "limits = { manifests = 7 }",
            r#"["\u006cimits"]
manifests = 7"#,
        ] {
            assert!(lowers(&format!("name = 'a'\n{entry}\n")), "{entry}");
        }
    }

    #[test]
    fn a_text_without_the_keys_is_not_parsed() {
        assert!(!may_concern_host(
            "#:schema ../guest/schema.json\nname = \"guest\"\n[env.guest]\nmax-limits = 1"
        ));
        assert_eq!(guest("[env.a]\nguest = \"a\""), None);
    }
}
