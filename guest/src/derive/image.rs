//! The image: its reference, and the SGLang release inside of it.

use crate::catalog::flags::Release;
use crate::catalog::gpus::{self, Vendor};
use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::spec::{self, Spec};

/// The image that runs SGLang.
pub(crate) struct Image {
    /// The whole reference.
    pub(crate) reference: String,
    /// The release inside; none if nothing tells, which is a problem.
    pub(crate) release: Option<Release>,
    /// What the version label says: a tag, if there is one.
    pub(crate) label: Option<String>,
}

impl Image {
    /// The release by which flags and variables are checked: the last that was measured, if nothing tells.
    pub(crate) fn flags_as_of(&self) -> Release {
        self.release.unwrap_or_else(Release::newest_known)
    }
}

const REPOSITORY: &str = "lmsysorg/sglang";

/// Derives the image.
pub(crate) fn image(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Image {
    let image = &spec.image;
    let repository = image.repo.as_ref().map_or(REPOSITORY, |it| it.as_str());
    let (separator, version) = match (&image.tag, &image.digest) {
        (Some(tag), _) => (":", tag.as_str()),
        (None, Some(digest)) => ("@", digest.as_str()),
        (None, None) => {
            // What is there but faulty has its own problem already.
            let is_faulty = keys.0.find("image").is_some_and(|it| it.table().is_none());
            if !is_faulty && !keys.has("image.tag") && !keys.has("image.digest") {
                let product = spec.gpu.product.as_ref().map_or("", |it| it.as_str());
                problems.push(
                    Problem::error("SG015", "`image` names neither a tag nor a digest")
                        .at(keys.at("image").or(keys.0.at))
                        .help(format!("add `tag = \"{}\"` to `[image]`", newest_tag(product))),
                );
            }
            (":", "")
        }
    };
    Image {
        reference: format!("{repository}{separator}{version}"),
        release: release(spec, keys, problems),
        label: image.tag.as_ref().map(|it| label(it.as_str())),
    }
}

/// The tag of SGLang's own newest image for a product; most products are NVIDIA's.
pub(crate) fn newest_tag(product: &str) -> String {
    let vendor = gpus::find(product).map_or(Vendor::Nvidia, |it| it.vendor);
    vendor.image_tag(Release::newest_known())
}

fn release(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Option<Release> {
    let told = match &spec.image.version {
        Some(version) => {
            let parsed = version.as_str().trim_start_matches('v').parse().ok();
            if parsed.is_none() {
                let message = format!("`image.version` is no release of SGLang: `{version}`");
                let help = format!("write it as `{}`", Release::newest_known());
                problems.push(Problem::error("SG013", message).at(keys.at("image.version")).help(help));
            }
            return parsed;
        }
        None => spec.image.tag.as_ref().and_then(|it| Release::parse_tag(it.as_str())),
    };
    let is_named = spec.image.tag.is_some() || spec.image.digest.is_some();
    if told.is_none() && is_named {
        problems.push(
            Problem::error(
                "SG207",
                "nothing tells the SGLang version inside of the image, so nobody knows its flags",
            )
            .at(keys.at("image.tag").or_else(|| keys.near("image.digest")))
            .help(telling(&spec.image)),
        );
    }
    told
}

/// How to tell the release.
fn telling(image: &spec::Image) -> String {
    let with_v = image.tag.as_ref().map(|it| format!("v{it}"));
    let meant = with_v.as_deref().and_then(Release::parse_tag);
    // Other registries may have the tag as it is written; SGLang's own has it with the letter alone.
    if let (Some(tag), Some(_), None) = (&with_v, meant, &image.repo) {
        return format!("did you mean `{tag}`?");
    }
    let release = meant.filter(|it| !it.is_newer_than_table()).unwrap_or(Release::newest_known());
    let help = format!("add `version = \"{release}\"` to `[image]`");
    // At the top of the file, it would change in every environment that has a digest.
    if image.digest.is_some() { help + "; `cmp-host image set` adds it with `--version`" } else { help }
}

/// A tag as a label's value: at most 63 characters, the last of them a letter or a digit.
fn label(tag: &str) -> String {
    let cut: String = tag.chars().take(63).collect();
    cut.trim_matches(|it: char| !it.is_ascii_alphanumeric()).to_owned()
}
