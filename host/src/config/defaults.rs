//! The operator's `[defaults]` as a file of their own.
//!
//! The rest of the operator's file is none of a guest's business. Its lines are left empty, so that a guest that points
//! at a default points at the line that the operator wrote.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::NAME;
use crate::guest::contract::File;

const KEY: &str = "defaults";

/// The file that guests get: the lines of `[defaults]` and of nothing else.
pub(crate) fn file(text: &str, root: &DeTable<'_>) -> File {
    let (mut kept, mut other) = (Vec::new(), Vec::new());
    for (key, value) in root {
        let regions = if key.get_ref() == KEY { &mut kept } else { &mut other };
        regions.push(key.span());
        collect(value, regions);
    }
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let span = start..start + line.len();
        start = span.end;
        let is_header = is_header(line) && !other.iter().any(|it| overlap(it, &span));
        if is_header || kept.iter().any(|it| overlap(it, &span)) { line } else { end(line) }
    });
    File { path: NAME.to_owned(), text: lines.collect() }
}

/// A table's header may be written after the tables below it, and then no key of the tree points there. As a text of its own
/// it is TOML, with quotes and all.
fn is_header(line: &str) -> bool {
    let is_ours = |line| DeTable::parse(line).is_ok_and(|it| it.get_ref().contains_key(KEY));
    line.trim_start().starts_with('[') && is_ours(line)
}

/// Where the keys and the values of a tree stand.
fn collect(value: &Spanned<DeValue<'_>>, regions: &mut Vec<Range<usize>>) {
    regions.push(value.span());
    match value.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table {
                regions.push(key.span());
                collect(value, regions);
            }
        }
        DeValue::Array(items) => items.iter().for_each(|it| collect(it, regions)),
        _ => {}
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

fn end(line: &str) -> &str {
    let content = line.trim_end_matches(['\r', '\n']);
    &line[content.len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str) -> String {
        file(text, DeTable::parse(text).unwrap().get_ref()).text
    }

    /// A line that ends in ` #` is expected to stay.
    #[test]
    fn lines_keep_their_numbers() {
        let text = "\
# secret
[limits]
fuel = 1
[defaults] # stays #
labels = { #
  team = \"a\", #
} #
note = 1 #

[guest.a]
path = \"\"\"
[defaults.x]
\"\"\"
[defaults.expose] #
gateway = \"a/b\" #
[[defaults.from]] #
a = 1 #
[[defaults.from]] #
a = 2 #
";
        let expected: Vec<&str> = text.lines().map(|it| if it.ends_with(" #") { it } else { "" }).collect();
        assert_eq!(blanked(text).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_text_of_several_lines_is_kept_whole() {
        let text = "[defaults]\nnote = \"\"\"\n[limits]\n\"\"\"\n";
        assert_eq!(blanked(text), text);
    }

    #[test]
    fn a_header_may_come_after_the_tables_below_it() {
        let text = "[defaults.a]\nb = 1\n[limits]\nfuel = 1\n[defaults]\nc = 2\n";
        assert_eq!(blanked(text), "[defaults.a]\nb = 1\n\n\n[defaults]\nc = 2\n");
        for header in ["[\"defaults\"]", "[ 'defaults' ] # ours", "[\"d\\u0065faults\"]"] {
            assert_eq!(blanked(&text.replace("[defaults]", header)).lines().nth(4), Some(header));
        }
    }

    #[test]
    fn dotted_and_inline_tables_are_kept_whole() {
        assert_eq!(blanked("limits.fuel = 1\ndefaults.a.b = 1\n"), "\ndefaults.a.b = 1\n");
        assert_eq!(blanked("defaults = { a = 1 }\r\nlimits = {}\r\n"), "defaults = { a = 1 }\r\n\r\n");
    }
}
