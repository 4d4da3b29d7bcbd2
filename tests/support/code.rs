//! Rust without what no compiler reads, and without unit tests. Texts stay: the codes of problems stand in them.

/// The lines of a file, each where it was: comments and unit tests are blank.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = without_comments(text).lines().map(str::to_owned).collect();
    let is_test =
        |it: &[String]| it[0] == "#[cfg(test)]" && it[1].starts_with("mod ") && it[1].ends_with('{');
    while let Some(start) = lines.windows(2).position(is_test) {
        // rustfmt puts the end of a module to the left margin, and nothing else inside of it.
        let end = lines[start..].iter().position(|it| it == "}").map_or(lines.len(), |it| start + it + 1);
        lines[start..end].iter_mut().for_each(String::clear);
    }
    lines
}

/// `//` may stand in a text, and a quote in a comment: both are found by reading from the start.
fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = comment(rest);
        let length = comment.or_else(|| literal(rest)).unwrap_or(first.len_utf8());
        let (token, after) = rest.split_at(length);
        match comment {
            Some(_) => code.extend(token.chars().filter(|it| *it == '\n')),
            None => code.push_str(token),
        }
        rest = after;
    }
    code
}

/// How long the comment is with which a text begins.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let inner = text.strip_prefix("/*")?;
    Some(inner.find("*/").map_or(text.len(), |it| it + 4))
}

/// How long the literal is with which it begins. A lifetime begins like a character, and is none.
fn literal(text: &str) -> Option<usize> {
    match text.chars().next()? {
        'r' => {
            let inner = text[1..].trim_start_matches('#');
            let end = format!("\"{}", "#".repeat(text.len() - 1 - inner.len()));
            let start = text.len() - inner.strip_prefix('"')?.len();
            Some(text[start..].find(&end).map_or(text.len(), |it| start + it + end.len()))
        }
        '"' => Some(closed(text, '"')),
        '\'' if text[1..].starts_with('\\') || text[1..].chars().nth(1) == Some('\'') => {
            Some(closed(text, '\''))
        }
        _ => None,
    }
}

/// Up to the next quote that no `\` stands before.
fn closed(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}
