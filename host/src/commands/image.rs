//! `image set`: another image for one environment.

use crate::cli::SetImage;
use crate::commands::change;
use crate::config::Config;
use crate::edit::change::{Subject, Wanted};
use crate::edit::reference::{Reference, Version};
use crate::guest::contract::Setting;
use crate::stop::Stop;

pub(crate) fn set(config: &Config, arguments: &SetImage) -> Result<(), Stop> {
    let wanted = wanted(arguments).map_err(Stop::Usage)?;
    let env = arguments.env.as_deref();
    change::change(config, &arguments.place, env, |subject| but_old_version(subject, wanted)).map(drop)
}

/// A version that tells what a digest is goes with the digest. It stays where the spec does not do without it: beside a tag that
/// tells no release, or where another layer says it.
fn but_old_version(subject: &Subject<'_>, wanted: Wanted) -> Result<Wanted, Stop> {
    let values = subject.values()?;
    let has_digest = values.iter().any(|it| it.setting == Setting::ImageDigest && it.value.is_some());
    let names = |setting: Setting| wanted.iter().any(|(it, value)| *it == setting && value.is_some());
    if has_digest && names(Setting::ImageTag) && !names(Setting::ImageVersion) {
        let mut without = wanted.clone();
        without.push((Setting::ImageVersion, None));
        if subject.edited(&without).is_ok() {
            return Ok(without);
        }
    }
    Ok(wanted)
}

fn wanted(arguments: &SetImage) -> Result<Wanted, String> {
    let image = &arguments.image;
    let (repository, version) = match (&image.tag, &image.digest, &image.image) {
        (Some(tag), _, _) => (None, Version::Tag(tag.clone())),
        (_, Some(digest), _) => (None, Version::Digest(digest.clone())),
        (_, _, reference) => {
            let reference = Reference::parse(reference.as_deref().unwrap_or_default())?;
            (Some(reference.repository), reference.version)
        }
    };
    let mut wanted: Wanted = repository.map(|it| (Setting::ImageRepository, Some(it))).into_iter().collect();
    // One takes the other's place.
    let (tag, digest) = match version {
        Version::Tag(tag) => (Some(tag), None),
        Version::Digest(digest) => (None, Some(digest)),
    };
    wanted.extend([(Setting::ImageTag, tag), (Setting::ImageDigest, digest)]);
    // Unsaid, it stays: it may be that of every image of this repository.
    wanted.extend(arguments.version.clone().map(|it| (Setting::ImageVersion, Some(it))));
    Ok(wanted)
}
