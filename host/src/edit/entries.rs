//! What a TOML file says, entry by entry, each with its place in the text.
//!
//! A value may stand below a header, behind a dotted key, in an inline table, or in any mixture of them. Here all of them are
//! one: an entry of a section, or of an inline table within an entry.

use std::ops::Range;

use toml_edit::{Item, Key, Table, Value};

/// What stands below one header, or before the first one.
pub(super) struct Section<'a> {
    /// What the header names; empty before the first one.
    pub(super) path: Vec<String>,
    /// The byte after the header.
    pub(super) header_end: usize,
    /// In the order of the text.
    pub(super) entries: Vec<Entry<'a>>,
}

/// `key = value`, as it is written.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    /// The parts of its key, from the section's or the inline table's on.
    pub(super) path: Vec<&'a str>,
    /// The last part of its key.
    pub(super) key: Range<usize>,
    /// Its value, without comment.
    pub(super) span: Range<usize>,
    pub(super) value: &'a Value,
}

impl Section<'_> {
    /// The most parts of this path that one of its entries shares.
    pub(super) fn shared(&self, path: &[String]) -> usize {
        self.entries.iter().map(|it| it.shared(path)).max().unwrap_or(0)
    }

    /// The byte after all that it says.
    pub(super) fn end(&self) -> usize {
        self.entries.last().map_or(self.header_end, |it| it.span.end)
    }
}

impl<'a> Entry<'a> {
    /// The inline table that it holds, with its entries.
    pub(super) fn inline(&self) -> Option<Vec<Entry<'a>>> {
        self.value.as_inline_table().map(|it| entries(it.get_values()))
    }

    /// How many parts of this path it shares.
    pub(super) fn shared(&self, path: &[String]) -> usize {
        self.path.iter().zip(path).take_while(|(ours, theirs)| *ours == theirs).count()
    }

    /// Whether it says what this path names, or something above that.
    pub(super) fn covers(&self, path: &[String]) -> bool {
        self.shared(path) == self.path.len()
    }
}

/// Every section, in the order of the text.
pub(super) fn sections(root: &Table) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    collect(root, &mut Vec::new(), &mut sections);
    sections.sort_by_key(|it| it.header_end);
    sections
}

fn collect<'a>(table: &'a Table, path: &mut Vec<String>, sections: &mut Vec<Section<'a>>) {
    if !table.is_dotted() && (path.is_empty() || !table.is_implicit()) {
        let header_end = table.span().map_or(0, |it| it.end);
        sections.push(Section { path: path.clone(), header_end, entries: entries(table.get_values()) });
    }
    for (key, item) in table {
        // Which element of an array is meant, no dotted key says.
        if let Item::Table(inner) = item {
            path.push(key.to_owned());
            collect(inner, path, sections);
            path.pop();
        }
    }
}

fn entries<'a>(values: Vec<(Vec<&'a Key>, &'a Value)>) -> Vec<Entry<'a>> {
    let mut entries: Vec<_> = values.into_iter().filter_map(entry).collect();
    entries.sort_by_key(|it| it.key.start);
    entries
}

fn entry<'a>((keys, value): (Vec<&'a Key>, &'a Value)) -> Option<Entry<'a>> {
    let (key, span) = (keys.last()?.span()?, value.span()?);
    Some(Entry { path: keys.into_iter().map(Key::get).collect(), key, span, value })
}
