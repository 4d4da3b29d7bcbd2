//! Ways to say what is wrong: short constructors for `Problem`.

use std::collections::BTreeSet;

use crate::contract::{Problem, Related, Severity, Span};

impl Problem {
    /// Starts a problem that leaves no manifests.
    pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Problem {
        Problem::new(Severity::Error, code, message.into())
    }

    /// Starts a problem that leaves manifests.
    pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Problem {
        Problem::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Problem {
        Problem { severity, code, message, at: None, secret: false, help: None, related: Vec::new() }
    }

    /// Says where; a value that came from a parameter has no place in a file.
    pub(crate) fn at(mut self, at: Option<Span>) -> Problem {
        self.at = at;
        self
    }

    /// Says that what stands there must not be shown: diagnostics end in logs and in Argo CD's UI.
    pub(crate) fn secret(mut self) -> Problem {
        self.secret = true;
        self
    }

    /// Says what to write instead.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// Points at a second place that explains the first.
    pub(crate) fn related(mut self, at: Option<Span>, message: impl Into<String>) -> Problem {
        self.related.extend(at.map(|at| Related { at, message: message.into() }));
        self
    }
}

/// The most problems that are told at once: nobody mends more before looking again.
pub(crate) const AT_ONCE: usize = 100;

/// Puts problems into the order of the files, drops those that were found twice, and those that are too many.
pub(crate) fn sort(problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    problems.retain(|it| seen.insert((it.code, it.at, it.message.clone())));
    problems.sort_by_key(|it| (it.severity, it.at.is_none(), it.at, it.code));
    if problems.len() > AT_ONCE {
        problems.truncate(AT_ONCE);
        let severity = problems[AT_ONCE - 1].severity;
        let rest = Problem::new(severity, "SG029", format!("there are more problems than these {AT_ONCE}"));
        problems.push(rest.help("mend these first, then look again"));
    }
}

/// Lists words to choose from: "`a`, `b` or `c`".
pub(crate) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    listed(words, "or")
}

/// Lists words that there are: "`a`, `b` and `c`".
pub(crate) fn all_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    listed(words, "and")
}

fn listed<'a>(words: impl IntoIterator<Item = &'a str>, last_but_one: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|it| format!("`{it}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {last_but_one} {last}", rest.join(", ")),
        None => "nothing".into(),
    }
}

/// The candidate that is nearest to what was written, if any is near enough to have been meant.
pub(crate) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let n_written = written.chars().count();
    let allowed = (n_written / 3).max(1);
    // The distance costs much. Lengths that differ tell that it is too large, and so do letters that a candidate lacks.
    let alike = candidates.into_iter().filter(|it| it.chars().count().abs_diff(n_written) <= allowed);
    let alike = alike.filter(|it| written.chars().filter(|letter| !it.contains(*letter)).count() <= allowed);
    let scored = alike.map(|it| (strsim::damerau_levenshtein(written, it), it));
    scored.filter(|(distance, _)| *distance <= allowed).min().map(|(_, it)| it)
}

/// A path of keys as TOML writes it: `labels."example.com/team"`.
pub(crate) fn dotted<S: AsRef<str>>(path: &[S]) -> String {
    let is_bare = |it: &str| {
        !it.is_empty() && it.chars().all(|it| it == '-' || it == '_' || it.is_ascii_alphanumeric())
    };
    let quoted = |it: &str| if is_bare(it) { it.to_owned() } else { format!("\"{}\"", it.escape_debug()) };
    path.iter().map(|it| quoted(it.as_ref())).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(["a", "b"]), "`a` and `b`");
    }

    #[test]
    fn only_a_near_word_is_proposed() {
        assert_eq!(nearest("replica", ["replicas", "port"]), Some("replicas"));
        assert_eq!(nearest("wholly-other", ["replicas", "port"]), None);
    }

    #[test]
    fn no_near_word_is_passed_over() {
        let words =
            ["replicas", "replica", "erplicas", "inherits", "without", "contexts", "contetx", "context"];
        let short = ["", "a", "ab", "ba", "abc", "ééé", "eee", "aab", "abb"];
        for written in words.iter().chain(&short) {
            for candidate in words.iter().chain(&short) {
                let allowed = (written.chars().count() / 3).max(1);
                let is_near = strsim::damerau_levenshtein(written, candidate) <= allowed;
                assert_eq!(nearest(written, [*candidate]).is_some(), is_near, "{written} {candidate}");
            }
        }
    }

    #[test]
    fn keys_are_quoted_where_toml_asks_for_it() {
        assert_eq!(dotted(&["labels", "example.com/team"]), "labels.\"example.com/team\"");
    }

    #[test]
    fn nobody_reads_a_thousand_problems() {
        let mut problems: Vec<Problem> =
            (0..1000).map(|it| Problem::error("SG011", format!("{it}"))).collect();
        sort(&mut problems);
        assert_eq!((problems.len(), problems[AT_ONCE].code), (AT_ONCE + 1, "SG029"));
    }
}
