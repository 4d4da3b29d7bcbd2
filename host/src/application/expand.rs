//! `$NAME` and `${NAME}` in the values of `plugin.env`, as Argo CD expands them: with Go's `os.Expand`, whose corners are
//! its own. What stands in braces may be any text; a brace that nobody closes vanishes with its dollar.

/// Replaces every name by what `value` gives for it.
pub(crate) fn expand(text: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, length) = name(after);
        match name {
            // No name begins here, so the dollar stands for itself; a slip of syntax is eaten instead.
            "" if length == 0 => expanded.push('$'),
            "" => {}
            "$" => expanded.push('$'),
            name => expanded.push_str(&value(name)),
        }
        rest = &after[length..];
    }
    expanded + rest
}

/// The name at the beginning of a text, and how many bytes it takes with its braces.
fn name(text: &str) -> (&str, usize) {
    match text.bytes().next() {
        Some(b'{') => in_braces(&text[1..]),
        Some(first) if is_special(first) => (&text[..1], 1),
        _ => {
            let end = text.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(text.len());
            (&text[..end], end)
        }
    }
}

/// The opening brace is gone from the text, and counted.
fn in_braces(text: &str) -> (&str, usize) {
    match text.find('}') {
        None => ("", 1),
        Some(0) => ("", 2),
        Some(end) => (&text[..end], end + 2),
    }
}

/// The variables of a shell that have one character.
fn is_special(it: u8) -> bool {
    it.is_ascii_digit() || b"*#$@!?-".contains(&it)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go 1.26 makes of these, with `<…>` around every name that it asks for.
    const TABLE: [(&str, &str); 26] = [
        ("", ""),
        ("plain", "plain"),
        ("$A", "<A>"),
        ("${A}", "<A>"),
        ("a$A.b", "a<A>.b"),
        ("$A$B", "<A><B>"),
        ("$A_1-x", "<A_1>-x"),
        ("${A.b c}", "<A.b c>"),
        ("${A${B}}", "<A${B>}"),
        ("$$", "$"),
        ("$$$$A", "$$A"),
        ("${$}A", "$A"),
        ("$1A", "<1>A"),
        ("$*", "<*>"),
        ("${12}", "<12>"),
        ("$", "$"),
        ("a$", "a$"),
        ("a$ b", "a$ b"),
        ("$.A", "$.A"),
        ("${}", ""),
        ("a${}b", "ab"),
        ("${A", "A"),
        ("a${ $A", "a <A>"),
        ("$ä", "$ä"),
        ("${ä}", "<ä>"),
        ("$Aä$", "<A>ä$"),
    ];

    #[test]
    fn every_corner_is_gos() {
        for (text, expected) in TABLE {
            assert_eq!(expand(text, |name| format!("<{name}>")), expected, "{text}");
        }
    }
}
