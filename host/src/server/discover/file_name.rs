//! `discover.fileName`: Go's `filepath.Glob`, in which each part of a path is matched by itself.

use crate::server::discover::parts;
use crate::server::status::Refusal;
use crate::tree::archive::ArchiveTree;

pub(super) fn matches(pattern: &str, tree: &ArchiveTree) -> Result<bool, Refusal> {
    if !pattern.split('/').all(|it| is_valid(&letters(it))) {
        let message =
            format!("error finding filename match for pattern `{pattern}`: syntax error in pattern");
        return Err(Refusal::plugin(&message));
    }
    let folder = tree.folder();
    let Some(parts) = parts(folder, pattern) else { return Ok(false) };
    // The folder's own parts are names, whatever letters they have.
    let n_names = folder.split('/').filter(|it| !it.is_empty()).count().min(parts.len());
    Ok(found(tree, &parts[..n_names].join("/"), &parts[n_names..]))
}

fn found(tree: &ArchiveTree, at: &str, parts: &[&str]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return tree.exists(at) };
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
    if !part.contains(['*', '?', '[', '\\']) {
        return found(tree, &below(part), rest);
    }
    let names = tree.names(at).into_iter().filter(|it| !it.contains('/'));
    let part = letters(part);
    names.into_iter().any(|name| fits(&part, &letters(name)) && found(tree, &below(name), rest))
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// `*`, `?`, `[a-z]`, `[^a-z]`, `\c`.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return name.is_empty() };
    if *first == '*' {
        return (0..=name.len()).any(|skipped| fits(rest, &name[skipped..]));
    }
    let Some((letter, letters)) = name.split_first() else { return false };
    match first {
        '?' => fits(rest, letters),
        '[' => class(rest).is_some_and(|(class, rest)| class.has(*letter) && fits(rest, letters)),
        '\\' => rest.split_first().is_some_and(|(it, rest)| it == letter && fits(rest, letters)),
        _ => first == letter && fits(rest, letters),
    }
}

/// Whether Go takes the pattern.
fn is_valid(pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => true,
        Some(('[', rest)) => class(rest).is_some_and(|(_, rest)| is_valid(rest)),
        Some(('\\', rest)) => rest.split_first().is_some_and(|(_, rest)| is_valid(rest)),
        Some((_, rest)) => is_valid(rest),
    }
}

/// The letters between brackets.
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn has(&self, letter: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter)) != self.negated
    }
}

/// Reads a class behind its bracket, and gives what follows it.
fn class(mut pattern: &[char]) -> Option<(Class, &[char])> {
    let mut class = Class { negated: false, ranges: Vec::new() };
    if let Some(('^', rest)) = pattern.split_first() {
        (class.negated, pattern) = (true, rest);
    }
    loop {
        if let (Some((']', rest)), false) = (pattern.split_first(), class.ranges.is_empty()) {
            return Some((class, rest));
        }
        let (low, rest) = letter(pattern)?;
        let (high, rest) = match rest.split_first() {
            Some(('-', rest)) => letter(rest)?,
            _ => (low, rest),
        };
        class.ranges.push((low, high));
        pattern = rest;
    }
}

/// A letter of a class, with or without a backslash before it.
fn letter(pattern: &[char]) -> Option<(char, &[char])> {
    match pattern.split_first()? {
        ('-' | ']', _) => None,
        ('\\', rest) => rest.split_first().map(|(it, rest)| (*it, rest)),
        (it, rest) => Some((*it, rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_as_go_says() {
        for (pattern, name, expected) in [
            ("sglang.toml", "sglang.toml", true),
            ("*.toml", "sglang.toml", true),
            ("s?lang.toml", "sglang.toml", true),
            ("[r-t]*", "sglang.toml", true),
            ("[^s]*", "sglang.toml", false),
            ("[\\]a]", "]", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("a*b*c", "aXbYc", true),
            ("**", "anything", true),
        ] {
            assert_eq!(fits(&letters(pattern), &letters(name)), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for bad in ["[", "[]", "[a", "[a-", "[a-]", "[-a]", "\\", "a[^", "[]a]"] {
            assert!(!is_valid(&letters(bad)), "{bad}");
        }
        for good in ["", "a", "[a]", "[^a-z]", "*?", "\\[", "]"] {
            assert!(is_valid(&letters(good)), "{good}");
        }
    }
}
