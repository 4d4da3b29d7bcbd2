//! `discover.find.glob`, as Argo CD's library for it has it: `*` stays within a folder, `**/` stands for any folders, `{a,b}`
//! for one of several texts, and every other letter for itself, `?` and `[` among them.

use crate::server::discover::parts;
use crate::server::status::Refusal;
use crate::tree::archive::ArchiveTree;

/// A piece of a pattern.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    /// `*`
    Name,
    /// `**/`
    Folders,
    /// `{a,b}`
    OneOf(Vec<&'a str>),
}

pub(super) fn matches(pattern: &str, tree: &ArchiveTree) -> Result<bool, Refusal> {
    let missing = || {
        let message = format!("error finding glob match for pattern `{pattern}`: no such file or directory");
        Err(Refusal::plugin(&message))
    };
    let Some(parts) = parts(tree.folder(), pattern) else { return missing() };
    // What comes before the first wildcard is looked up, and must be there.
    let n_names = parts.iter().take_while(|it| !it.contains(['*', '{'])).count();
    let (names, rest) = parts.split_at(n_names);
    let folder = names.join("/");
    if !tree.exists(&folder) {
        return missing();
    }
    let rest = rest.join("/");
    let pieces = pieces(&rest);
    Ok(rest.is_empty() || tree.names(&folder).iter().any(|it| fits(&pieces, it)))
}

fn pieces(mut pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while !pattern.is_empty() {
        let (piece, rest) = piece(pattern);
        pieces.push(piece);
        pattern = rest;
    }
    pieces
}

fn piece(pattern: &str) -> (Piece<'_>, &str) {
    if let Some(rest) = pattern.strip_prefix("**/") {
        return (Piece::Folders, rest);
    }
    if let Some(rest) = pattern.strip_prefix('*') {
        return (Piece::Name, rest);
    }
    if let Some((texts, rest)) = pattern.strip_prefix('{').and_then(|it| it.split_once('}')) {
        return (Piece::OneOf(texts.split(',').collect()), rest);
    }
    // A brace that is not closed is a letter.
    let next = pattern.char_indices().skip(1).find(|(_, it)| matches!(it, '*' | '{'));
    let (text, rest) = pattern.split_at(next.map_or(pattern.len(), |it| it.0));
    (Piece::Text(text), rest)
}

fn fits(pieces: &[Piece<'_>], name: &str) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return name.is_empty() };
    let after = |text: &str| name.strip_prefix(text).is_some_and(|it| fits(rest, it));
    match piece {
        Piece::Text(text) => after(text),
        Piece::OneOf(texts) => texts.iter().any(|it| after(it)),
        Piece::Name => {
            let end = name.find('/').unwrap_or(name.len());
            let mut ends = name.char_indices().map(|it| it.0).chain([name.len()]).take_while(|it| *it <= end);
            ends.any(|it| fits(rest, &name[it..]))
        }
        Piece::Folders => {
            let mut starts = name.match_indices('/').map(|(at, _)| at + 1);
            fits(rest, name) || starts.any(|it| fits(rest, &name[it..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit() {
        for (pattern, name, expected) in [
            ("**/sglang.toml", "sglang.toml", true),
            ("**/sglang.toml", "a/b/sglang.toml", true),
            ("**/sglang.toml", "a/xsglang.toml", false),
            ("*/sglang.toml", "a/sglang.toml", true),
            ("*/sglang.toml", "a/b/sglang.toml", false),
            ("**/{values,sglang}.{yaml,toml}", "a/sglang.yaml", true),
            ("**/{values,sglang}.{yaml,toml}", "a/sglang.json", false),
            ("**/sglang.tom?", "sglang.toml", false),
            ("**", "a", true),
            ("**", "a/b", false),
            ("a/**/b", "a/b", true),
            ("{a/b,c}*", "a/bä", true),
            ("{a", "{a", true),
        ] {
            assert_eq!(fits(&pieces(pattern), name), expected, "{pattern} {name}");
        }
    }
}
