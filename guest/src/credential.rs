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

/// Whether a text begins with a key. A word may stand between the beginning and the rest: `sk-proj-…`.
fn is_key(text: &str) -> bool {
    let is_long = |it: &str| letters(it) >= LEAST_KEY;
    let api = text.strip_prefix(API).is_some_and(|it| word(it).split(['-', '_']).any(is_long));
    api || text.strip_prefix(HUB).is_some_and(is_long)
}

/// Where keys stand in a text.
pub(crate) fn keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + next_key(&text[from..])?;
        from = start + word(&text[start..]).len();
        Some(start..from)
    })
}

/// What stands before the rest of a text is looked at no more: a key that ended there cannot go on.
fn next_key(text: &str) -> Option<usize> {
    let begins = |at: &usize| !text[..*at].ends_with(|it: char| it.is_ascii_alphanumeric());
    let starts = |begin| text.match_indices(begin).map(|(at, _)| at).filter(begins);
    starts(HUB).chain(starts(API)).filter(|at| is_key(&text[*at..])).min()
}

/// What a text begins with that a key may consist of.
fn word(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, '-' | '_'));
    &text[..end.unwrap_or(text.len())]
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
            assert!(is_key(&key), "{key}");
        }
        for name in ["hf-token", "hf_token", "prod/sglang#api-key", "sk-of-the-callers-in-production", &rest]
        {
            assert!(!is_key(name), "{name}");
        }
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
