//! Text of strangers, made fit for a terminal: no control character, no text that runs backwards.

use std::borrow::Cow;

/// The longest message that is shown, in bytes: guests may write more, people do not read more. With its code and its help
/// line, what is said of a failure stays below 4 KiB.
const LIMIT: usize = 3 << 10;

/// One line that a terminal shows as it is: what could steer the terminal stands there as `\u{1b}`.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if text.len() <= LIMIT && !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len().min(LIMIT) + 8);
    for it in text.chars() {
        let before = line.len();
        if steers(it) {
            line.extend(it.escape_default())
        } else {
            line.push(it)
        }
        if line.len() > LIMIT {
            line.truncate(before);
            line.push('…');
            break;
        }
    }
    Cow::Owned(line)
}

/// The same in full, for whoever cuts it later.
pub(crate) fn whole_line(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    for it in text.chars() {
        if steers(it) { line.extend(it.escape_default()) } else { line.push(it) }
    }
    Cow::Owned(line)
}

/// As much of a text as people read, from this byte on where it is longer than that.
pub(crate) fn cut(text: &str, from: usize) -> Cow<'_, str> {
    if text.len() <= LIMIT {
        return Cow::Borrowed(text);
    }
    let start = text.floor_char_boundary(from);
    let end = text.floor_char_boundary(start.saturating_add(LIMIT));
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    Cow::Owned(format!("{before}{}{after}", &text[start..end]))
}

/// Source text for an excerpt. Each character keeps its length in bytes, so that spans still fit; those below U+0080 are
/// left to the renderer, which has pictures for them.
pub(crate) fn source(text: &str) -> Cow<'_, str> {
    let replaced = |it: char| steers(it) && it.len_utf8() > 1;
    if !text.contains(replaced) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|it| if replaced(it) { stand_in(it) } else { it }).collect())
}

/// Hides a part of a text. Lines and the lengths of characters stay, so that other spans of the text still fit.
pub(crate) fn hide(text: &mut String, span: std::ops::Range<usize>) {
    let hidden: String =
        text[span.clone()].chars().map(|it| if it == '\n' { it } else { stand_in(it) }).collect();
    text.replace_range(span, &hidden);
}

/// A character of the same length in bytes that says nothing.
fn stand_in(it: char) -> char {
    match it.len_utf8() {
        1 => '*',
        2 => '·',
        3 => '\u{fffd}',
        _ => '\u{1fbc4}',
    }
}

/// Control characters, what separates lines, what turns the direction of writing, and what is not seen at all.
pub(crate) fn steers(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(it, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelt_out() {
        assert_eq!(line("plain, ä and 模型"), "plain, ä and 模型");
        assert_eq!(line("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb\\nc\\u{202e}d");
    }

    #[test]
    fn what_is_hidden_keeps_its_length() {
        let mut text = String::from("key = \"geheim-ä\nx\"\n");
        hide(&mut text, 6..19);
        assert_eq!(text, "key = ********·\n**\n");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        assert_eq!(line(&"ä".repeat(LIMIT)).len(), LIMIT + '…'.len_utf8());
    }

    #[test]
    fn a_long_text_is_cut_around_what_matters() {
        let text = format!("{}b{}", "ä".repeat(LIMIT), "c".repeat(LIMIT));
        let shown = cut(&text, 2 * LIMIT - 1);
        assert!(shown.starts_with("…äbcc") && shown.ends_with("cc…"), "{shown}");
        assert_eq!(shown.len(), LIMIT + 2 * '…'.len_utf8());
        assert!(cut(&text, text.len()).ends_with('…'));
        assert_eq!((cut("short", 3), whole_line("a\nb")), ("short".into(), "a\\nb".into()));
    }

    #[test]
    fn what_is_spelt_out_counts_as_it_is_shown() {
        let text = "\u{202e}".repeat(LIMIT / 3);
        assert!(line(&text).len() <= LIMIT + '…'.len_utf8());
    }

    #[test]
    fn source_keeps_its_length() {
        let text = "a\u{85}b\u{202e}c\u{e0001}d";
        assert_eq!(source(text).len(), text.len());
        assert!(!source(text).contains(steers));
    }
}
