//! The release that an image's tag tells: the first `vX.Y.Z` in it, as SGLang's own tags have it.
//!
//! What a spec makes of a tag is the guest's to say. This tells a verb whether its own flags contradict each other, and whether
//! a version beside the tag could only be another image's.

/// `0.5.23` of `v0.5.23-rocm700`; with its candidate or post-release.
pub(crate) fn told_by(tag: &str) -> Option<&str> {
    let starts = tag.match_indices('v').map(|(at, _)| at);
    let mut starts = starts.filter(|at| !tag[..*at].ends_with(|it: char| it.is_ascii_alphanumeric()));
    starts.find_map(|at| release(&tag[at + 1..]))
}

/// Whether a version that somebody wrote is this release; the letter may stand before it.
pub(crate) fn is(release: &str, version: &str) -> bool {
    version.trim_start_matches('v') == release
}

/// The release that a text begins with.
fn release(text: &str) -> Option<&str> {
    let minor = after_number(text)?.strip_prefix('.')?;
    let patch = after_number(minor)?.strip_prefix('.')?;
    let rest = after_number(patch)?;
    let stage = ["rc", ".post"].iter().find_map(|it| after_number(rest.strip_prefix(it)?));
    Some(&text[..text.len() - stage.unwrap_or(rest).len()])
}

fn after_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|it: char| it.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_the_first_release_in_it() {
        for (tag, expected) in [
            ("v0.5.23", Some("0.5.23")),
            ("v0.5.23-rocm700-mi30x", Some("0.5.23")),
            ("team-v0.5.23rc1", Some("0.5.23rc1")),
            ("v0.5.23.post1-cu129", Some("0.5.23.post1")),
            ("v0.5.23.poster", Some("0.5.23")),
            ("nov-v0.5.23", Some("0.5.23")),
            ("dev0.5.23", None),
            ("0.5.23", None),
            ("v0.5", None),
            ("team-8", None),
        ] {
            assert_eq!(told_by(tag), expected, "{tag}");
        }
    }
}
