//! `image set`: another image for one environment.

use crate::cli::SetImage;
use crate::commands::change;
use crate::config::Config;
use crate::diagnostic::Report;
use crate::edit::change::{Subject, Wanted};
use crate::edit::reference::{Reference, Version};
use crate::edit::release;
use crate::guest::contract::Setting;
use crate::stop::Stop;

pub(crate) fn set(config: &Config, arguments: &SetImage) -> Result<(), Stop> {
    let wanted = wanted(arguments).map_err(Stop::Usage)?;
    let env = arguments.env.as_deref();
    let set = change::change(config, &arguments.place, env, |subject| but_old_version(subject, wanted));
    set.map(drop).map_err(|stop| match stop {
        Stop::Rejected(report) => Stop::Rejected(with_flag(report)),
        stop => stop,
    })
}

/// The guest knows no flags but SGLang's. Where it asks whether another tag was meant, that comes first.
fn with_flag(mut report: Report) -> Report {
    report.advise("SG207", |help| {
        let help = help.filter(|it| !it.contains("--version") && !it.ends_with('?'))?;
        Some(format!("{help}, or say it beside the tag: `--version RELEASE`"))
    });
    report
}

/// A version tells what the image before was. It goes where the new one's tag tells another release: what is wrong with the spec
/// then is wrong, and the version would hide it. Beside a digest it goes as well, unless the spec does not do without it.
fn but_old_version(subject: &Subject<'_>, wanted: Wanted) -> Result<Wanted, Stop> {
    let values = subject.values()?;
    let in_force =
        |setting| values.iter().find(|it| it.setting == setting).and_then(|it| it.value.as_deref());
    let Some(tag) = named(&wanted, Setting::ImageTag) else { return Ok(wanted) };
    let repository = named(&wanted, Setting::ImageRepository).or(in_force(Setting::ImageRepository));
    let contradicted = |version| release::contradicted(repository, tag, version);
    if let Some(version) = named(&wanted, Setting::ImageVersion) {
        return match contradicted(version) {
            Some(told) => Err(Stop::Usage(two_releases(tag, told, version))),
            None => Ok(wanted),
        };
    }
    let Some(version) = in_force(Setting::ImageVersion) else { return Ok(wanted) };
    let is_contradicted = contradicted(version).is_some();
    let mut without = wanted.clone();
    without.push((Setting::ImageVersion, None));
    let goes =
        is_contradicted || in_force(Setting::ImageDigest).is_some() && subject.edited(&without).is_ok();
    Ok(if goes { without } else { wanted })
}

/// The guest would go by `--version`, and check the flags of another release than the one that runs.
fn two_releases(tag: &str, told: &str, version: &str) -> String {
    format!(
        "the tag `{tag}` tells the release {told}, and `--version` says `{version}`; leave `--version` out, or name the tag of \
         that release"
    )
}

fn named(wanted: &Wanted, setting: Setting) -> Option<&str> {
    wanted.iter().find(|(it, _)| *it == setting).and_then(|it| it.1.as_deref())
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
    require_lower_case(&version)?;
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

/// Registries and container runtimes know no other, and the guest says only that it is no digest.
fn require_lower_case(image: &Version) -> Result<(), String> {
    match image {
        Version::Digest(digest) if digest.contains(|it: char| it.is_ascii_uppercase()) => {
            Err(format!("a digest is written in lower case: `{}`", digest.to_ascii_lowercase()))
        }
        _ => Ok(()),
    }
}
