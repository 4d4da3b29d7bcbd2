//! Patterns of names, in which `*` stands for any text.

/// A pattern: `team-*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) String);

impl Pattern {
    /// Whether a name is meant.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        // The first place that fits leaves the most to those that follow.
        let rest = parts.try_fold(rest, |rest, part| rest.split_once(part).map(|(_, after)| after));
        rest.is_some_and(|it| it.ends_with(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("vision", "vision", true),
            ("vision", "vision-2", false),
            ("vision-*", "vision-2", true),
            ("vision-*", "vision", false),
            ("*", "", true),
            ("*-prod", "a-prod", true),
            ("*-prod", "a-prod-b", false),
            ("a*b*c", "axxbxxc", true),
            ("a*b*c", "ac", false),
            ("a*a", "a", false),
            ("", "a", false),
        ] {
            assert_eq!(Pattern(pattern.to_owned()).matches(name), expected, "{pattern} {name}");
        }
    }
}
