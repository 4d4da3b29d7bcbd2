//! What looks like a credential, by the letters that it begins with: people put one where it does not belong, and what is told
//! of it ends in logs and in Argo CD's user interface.

/// What the Hub's tokens begin with.
const HUB: &str = "hf_";
/// The Hub's tokens have 34 characters behind it; other ones may have other numbers.
const LEAST_HUB: usize = 30;
/// What keys of OpenAI's begin with, and of many servers that speak as it does.
const API: &str = "sk-";
/// Where a name belongs, this many letters and digits in a row behind either beginning are no name.
const LEAST_KEY: usize = 20;

/// Whether a token of the Hub stands anywhere in a text.
pub(crate) fn holds_token(text: &str) -> bool {
    let ends = text.match_indices(HUB).map(|(at, _)| &text[at + HUB.len()..]);
    ends.map(letters).any(|it| it >= LEAST_HUB)
}

/// Whether a text begins with a key. A word may stand between the beginning and the rest: `sk-proj-…`.
fn is_key(text: &str) -> bool {
    let is_long = |it: &str| letters(it) >= LEAST_KEY;
    let api = text.strip_prefix(API).is_some_and(|it| word(it).split(['-', '_']).any(is_long));
    api || text.strip_prefix(HUB).is_some_and(is_long)
}

/// The text with stars in the place of every key; none if there is none.
pub(crate) fn hidden(text: &str) -> Option<String> {
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(at) = next_key(rest) {
        shown += &rest[..at];
        shown += "*****";
        rest = &rest[at + word(&rest[at..]).len()..];
    }
    (!shown.is_empty()).then(|| shown + rest)
}

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
    fn a_token_is_found_inside_of_a_text() {
        let token = format!("hf_{}", "aB3".repeat(11));
        assert!(holds_token(&token) && holds_token(&format!("--token={token} x")));
        assert!(!holds_token("hf_home") && !holds_token("hf_transfer_is_a_library_with_a_long_name"));
    }

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
    fn every_key_is_hidden_and_nothing_else() {
        let rest = "aB3dE".repeat(4);
        let text = format!("`a` cannot be `hf_{rest}`, sk-proj-{rest}-x or task-{rest}");
        let shown = format!("`a` cannot be `*****`, ***** or task-{rest}");
        assert_eq!(hidden(&text), Some(shown));
        assert_eq!(hidden(&format!("hf_{rest}")), Some(String::from("*****")));
        assert_eq!(hidden(&format!("prod/hf_{rest}")), Some(String::from("prod/*****")));
        assert_eq!(hidden("`name` cannot be `hf_Home`"), None);
    }
}
