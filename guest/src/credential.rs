//! What looks like a credential, by the letters that it begins with: people put one where it does not belong, and what is told
//! of it ends in logs and in Argo CD's user interface.
//!
//! The host has this file for its own, too: it hides what the guest looks for, whichever guest was asked.

use std::ops::Range;

/// What the Hub's tokens begin with.
const HUB: &str = "hf_";
/// What keys of OpenAI's begin with, and of many servers that speak as it does.
const API: &str = "sk-";
/// Where a name belongs, this many letters and digits in a row behind either beginning are no name.
const LEAST_KEY: usize = 20;

/// Where keys stand in a text. It is looked at once from end to end: a guest's text may have mebibytes.
pub(crate) fn keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let words = offsets(text.split_inclusive(move |it: char| !is_part(it)));
    words.filter_map(move |(start, word)| {
        let word = word.trim_end_matches(|it: char| !is_part(it));
        key_in(word).map(|at| start + at..start + word.len())
    })
}

/// Where a key begins in a word, of which it takes all the rest. Another word may stand behind a key's beginning:
/// `sk-proj-…`.
fn key_in(word: &str) -> Option<usize> {
    let parts = || offsets(word.split_inclusive(['-', '_']));
    let (last_long, _) = parts().filter(|(_, part)| letters(part) >= LEAST_KEY).last()?;
    let begins = |(at, part): &(usize, &str)| match *part {
        API => last_long > *at,
        HUB => letters(&word[at + HUB.len()..]) >= LEAST_KEY,
        _ => false,
    };
    parts().find(begins).map(|(at, _)| at)
}

/// Pieces that follow each other, each with its place.
fn offsets<'a>(pieces: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (usize, &'a str)> {
    pieces.scan(0, |next, piece| {
        let at = *next;
        *next += piece.len();
        Some((at, piece))
    })
}

fn letters(text: &str) -> usize {
    text.chars().take_while(char::is_ascii_alphanumeric).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_from_its_name() {
        let rest = "aB3dE".repeat(4);
        for key in ["hf_", "sk-", "sk-proj-x_"].map(|it| format!("{it}{rest}")) {
            assert_eq!(key_in(&key), Some(0), "{key}");
        }
        for name in ["hf-token", "hf_token", "prod/sglang#api-key", "sk-of-the-callers-in-production", &rest]
        {
            assert_eq!(keys(name).count(), 0, "{name}");
        }
        assert_eq!(key_in(&format!("sk-hf-sk-sk_hf_{rest}")), Some(0));
        assert_eq!(key_in(&format!("{rest}-sk-short-hf_{rest}")), Some(rest.len() + 1));
    }

    #[test]
    fn a_text_that_nearly_is_nothing_but_keys_is_read_in_one_go() {
        let text = "sk-".repeat(3 << 20);
        assert_eq!(keys(&text).count(), 0);
        let last = format!("{text}{}", "a".repeat(LEAST_KEY));
        assert_eq!(keys(&last).map(|it| it.len()).collect::<Vec<_>>(), [last.len()]);
    }

    #[test]
    fn every_key_is_found_and_nothing_else() {
        let rest = "aB3dE".repeat(4);
        let text = format!("`a` cannot be `hf_{rest}`, sk-proj-{rest}-x or task-{rest}");
        let found: Vec<&str> = keys(&text).map(|it| &text[it]).collect();
        assert_eq!(found, [format!("hf_{rest}"), format!("sk-proj-{rest}-x")]);
        for key in [format!("hf_{rest}"), format!("prod/hf_{rest}")] {
            assert_eq!(keys(&key).map(|it| it.end).collect::<Vec<_>>(), [key.len()]);
        }
        assert_eq!(keys("`name` cannot be `hf_Home`").count(), 0);
    }
}
