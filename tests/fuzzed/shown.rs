//! What is said of bad input can be shown: it steers no terminal, whoever wrote it.

pub(crate) fn require_harmless(text: &str) {
    let is_hidden =
        |it| matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |it: char| it != '\n' && it.is_control() || is_hidden(it);
    assert!(!text.is_empty() && !text.contains(steers), "{text:?}");
}
