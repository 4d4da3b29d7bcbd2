//! A word as a shell takes it: what people are to run next is copied from where it is printed.

use std::path::Path;

/// In quotes, if anything in it means something to a shell.
pub(super) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain =
        |it: char| it.is_alphanumeric() || matches!(it, '/' | '.' | '-' | '_' | '+' | ':' | '@' | '%' | ',');
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one() {
        for (path, expected) in [
            ("services/chat-2", "services/chat-2"),
            ("/é/a_b", "/é/a_b"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("~", "'~'"),
        ] {
            assert_eq!(word(Path::new(path)), expected);
        }
    }
}
