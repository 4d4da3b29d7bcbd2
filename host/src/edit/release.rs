//! The release that an image's tag tells: the first `vX.Y.Z` in it, as SGLang's own tags have it.
//!
//! What a spec makes of a tag is the guest's to say. This tells a verb whether its own flags contradict each other, and whether
//! a version beside the tag could only be another image's.

/// SGLang's own images, wherever they are mirrored to. A spec that names no repository has these.
const OWN: &str = "lmsysorg/sglang";

/// What a tag tells, if a version beside it says another release. A team that builds its own images counts these as it likes,
/// so that its tags tell no release of SGLang's.
pub(crate) fn contradicted<'a>(repository: Option<&str>, tag: &'a str, version: &str) -> Option<&'a str> {
    let is_own = repository.is_none_or(|it| it == OWN || it.ends_with(&format!("/{OWN}")));
    told_by(tag).filter(|told| is_own && *told != version.trim_start_matches('v'))
}

/// `0.5.23` of `v0.5.23-rocm700`; with its candidate or post-release.
fn told_by(tag: &str) -> Option<&str> {
    let starts = tag.match_indices('v').map(|(at, _)| at);
    let mut starts = starts.filter(|at| !tag[..*at].ends_with(|it: char| it.is_ascii_alphanumeric()));
    starts.find_map(|at| release(&tag[at + 1..]))
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
    fn a_version_contradicts_a_tag_of_sglangs_alone() {
        for repository in [None, Some(OWN), Some("registry.example.com/lmsysorg/sglang")] {
            assert_eq!(contradicted(repository, "v0.5.23", "0.5.9"), Some("0.5.23"));
            assert_eq!(contradicted(repository, "v0.5.23", "v0.5.23"), None);
            assert_eq!(contradicted(repository, "team-8", "0.5.9"), None);
        }
        assert_eq!(contradicted(Some("registry.example.com/team/sglang"), "v0.3.1", "0.5.9"), None);
    }

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
