//! The word that was meant.

/// The candidate that is nearest to what was written, if any is near enough to have been meant.
pub(crate) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let n_written = written.chars().count();
    let allowed = (n_written / 3).max(1);
    // The distance costs much for long words, and lengths that differ alone tell that it is too large.
    let alike = candidates.into_iter().filter(|it| it.chars().count().abs_diff(n_written) <= allowed);
    let scored = alike.map(|it| (strsim::damerau_levenshtein(written, it), it));
    scored.filter(|(distance, _)| *distance <= allowed).min().map(|(_, it)| it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_word_is_proposed() {
        assert_eq!(nearest("feul", ["fuel", "time"]), Some("fuel"));
        assert_eq!(nearest("wholly-other", ["fuel", "time"]), None);
    }
}
