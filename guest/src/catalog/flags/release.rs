//! Releases of SGLang: how they are written, and how they follow each other.

use std::fmt;
use std::str::FromStr;

/// A release of SGLang.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release {
    major: u16,
    minor: u16,
    patch: u16,
    stage: Stage,
}

/// What follows the three numbers; a candidate comes before the release, and a post-release after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Candidate(u16),
    Final,
    Post(u16),
}

impl Release {
    /// A plain release.
    pub(crate) const fn new(major: u16, minor: u16, patch: u16) -> Release {
        Release { major, minor, patch, stage: Stage::Final }
    }

    /// A post-release of this one.
    pub(crate) const fn post(self, number: u16) -> Release {
        Release { stage: Stage::Post(number), ..self }
    }

    /// The release without its candidates and post-releases, which bring fixes and no flags.
    pub(crate) const fn base(self) -> Release {
        Release { stage: Stage::Final, ..self }
    }

    /// The release that a tag tells: the first `vX.Y.Z` in it.
    pub(crate) fn parse_tag(tag: &str) -> Option<Release> {
        let starts = tag.match_indices('v').map(|(at, _)| at);
        let mut starts = starts.filter(|at| !tag[..*at].ends_with(|it: char| it.is_ascii_alphanumeric()));
        starts.find_map(|at| read(&tag[at + 1..]).map(|(release, _)| release))
    }
}

impl FromStr for Release {
    type Err = ();

    fn from_str(text: &str) -> Result<Release, ()> {
        read(text).filter(|(_, rest)| rest.is_empty()).map(|(release, _)| release).ok_or(())
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        match self.stage {
            Stage::Candidate(number) => write!(f, "rc{number}"),
            Stage::Final => Ok(()),
            Stage::Post(number) => write!(f, ".post{number}"),
        }
    }
}

/// Reads a release from the start of a text, and hands back what follows it.
fn read(text: &str) -> Option<(Release, &str)> {
    let (major, rest) = number(text)?;
    let (minor, rest) = number(rest.strip_prefix('.')?)?;
    let (patch, rest) = number(rest.strip_prefix('.')?)?;
    let candidate = rest.strip_prefix("rc").and_then(number).map(|(it, rest)| (Stage::Candidate(it), rest));
    let post = || rest.strip_prefix(".post").and_then(number).map(|(it, rest)| (Stage::Post(it), rest));
    let (stage, rest) = candidate.or_else(post).unwrap_or((Stage::Final, rest));
    Some((Release { major, minor, patch, stage }, rest))
}

fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_its_release() {
        let told = |tag| Release::parse_tag(tag).map(|it| it.to_string());
        assert_eq!(told("v0.5.23").as_deref(), Some("0.5.23"));
        assert_eq!(told("v0.5.23-rocm700-mi30x").as_deref(), Some("0.5.23"));
        assert_eq!(told("v0.5.13.post1-runtime").as_deref(), Some("0.5.13.post1"));
        assert_eq!(told("nightly-v0.5.10rc0").as_deref(), Some("0.5.10rc0"));
        for silent in ["latest", "dev", "0.5", "v0.5", "rev0.5.9", "sha-4f2a"] {
            assert_eq!(told(silent), None, "{silent}");
        }
    }

    #[test]
    fn candidates_come_before_and_posts_after() {
        let order = ["0.5.9", "0.5.10rc0", "0.5.10", "0.5.10.post1", "0.5.23"]
            .map(|it| it.parse::<Release>().unwrap());
        assert!(order.is_sorted());
        assert!("0.5.23-x".parse::<Release>().is_err() && "0.5.99999".parse::<Release>().is_err());
    }
}
