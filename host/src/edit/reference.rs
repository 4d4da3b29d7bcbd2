//! An image's reference, taken apart as container runtimes do it.

/// `registry:5000/team/name:tag` or `registry:5000/team/name@sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) repository: String,
    pub(crate) version: Version,
}

/// Which image of its repository it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Tag(String),
    Digest(String),
}

impl Reference {
    /// Reads a whole reference. Whether a registry would take it is for the guest to say.
    pub(crate) fn parse(text: &str) -> Result<Reference, String> {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, it)| (name, Some(it)));
        // A colon before the last slash is that of a port.
        let colon = name.rfind(':').filter(|it| !name[*it..].contains('/'));
        let (repository, tag) = colon.map_or((name, None), |it| (&name[..it], Some(&name[it + 1..])));
        let version = match (tag, digest) {
            (Some(tag), None) => Version::Tag(tag.to_owned()),
            (None, Some(digest)) => Version::Digest(digest.to_owned()),
            (None, None) => {
                return Err(format!("`{text}` names neither a tag nor a digest: write `{text}:TAG`"));
            }
            (Some(_), Some(digest)) => {
                return Err(format!(
                    "a spec takes a tag or a digest, not both: write `{repository}@{digest}`, and let `image.version` \
                     of the spec say which release that is"
                ));
            }
        };
        if repository.is_empty() {
            return Err(format!(
                "`{text}` names no repository: write `registry/name:tag`, or `--tag` for the tag alone"
            ));
        }
        Ok(Reference { repository: repository.to_owned(), version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_repository_and_a_tag_or_a_digest() {
        let parsed = |text: &str| Reference::parse(text).unwrap();
        let of = |repository: &str, version| Reference { repository: repository.to_owned(), version };
        let tag = |it: &str| Version::Tag(it.to_owned());
        assert_eq!(parsed("registry:5000/team/x:v1"), of("registry:5000/team/x", tag("v1")));
        assert_eq!(parsed("x:v1"), of("x", tag("v1")));
        let digest = Version::Digest(String::from("sha256:01"));
        assert_eq!(parsed("registry:5000/x@sha256:01"), of("registry:5000/x", digest));
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        for (text, said) in [
            ("registry:5000/x", "names neither a tag nor a digest"),
            ("x:v1@sha256:01", "not both: write `x@sha256:01`"),
            (":v1", "names no repository"),
            ("", "names neither"),
        ] {
            let error = Reference::parse(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
