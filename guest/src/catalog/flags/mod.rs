//! SGLang's flags, release by release, as SGLang's own parsers tell them.
//!
//! `flags.tsv` holds what was measured (`measure.py` says how), `table.in` the same as a sorted table of constants: to
//! read text at every run would cost the guest more than all its other work. A test keeps the two equal.
//!
//! Five releases were measured. Between two of them, a flag is known only if both agree; a newer release is taken for
//! the last one.

mod release;
mod value;

#[cfg(test)]
mod fresh;

use crate::contract::Severity;
use crate::problem;

pub(crate) use release::Release;
pub(crate) use value::Mismatch;

use Given::{Absent, Many, One};
use Kind::{Either, Float, Integer, Json, Size, Switch, Text};

/// The releases that were measured: 0.4.6.post5, 0.5.5.post3, and the plain others.
const MEASURED: [Release; RELEASES] = [
    Release::new(0, 4, 6),
    Release::new(0, 5, 5),
    Release::new(0, 5, 9),
    Release::new(0, 5, 15),
    Release::new(0, 5, 23),
];
const RELEASES: usize = 5;

/// One bit for each measured release, the oldest first when written in binary.
pub(crate) type Releases = u8;

/// A flag, under one of its names.
pub(crate) struct Flag {
    /// The name that was looked up.
    pub(crate) name: &'static str,
    /// The name of which the others are aliases.
    pub(crate) canonical: &'static str,
    /// How each measured release takes it.
    given: [Given; RELEASES],
    deprecated: Releases,
    /// Whether it may stand in the file that `--config` names; a few may not.
    pub(crate) in_config_file: bool,
    /// What SGLang names in its place.
    new: Option<&'static str>,
    /// The closed list of its values, if it has one; `*` stands for any.
    choices: &'static [(&'static str, Releases)],
}

/// Every name of every flag, sorted.
static FLAGS: &[Flag] = &include!("table.in");

/// What a row of the table is written with.
const fn flag(
    name: &'static str,
    canonical: &'static str,
    given: [Given; RELEASES],
    deprecated: Releases,
    in_config_file: bool,
    new: Option<&'static str>,
    choices: &'static [(&'static str, Releases)],
) -> Flag {
    Flag { name, canonical, given, deprecated, in_config_file, new, choices }
}

/// How a flag is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Not at all: there is no such flag.
    Absent,
    /// With one value, or none for a switch.
    One(Kind),
    /// With one value or more.
    Many(Kind),
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: it is there or not.
    Switch,
    /// Nothing, and it also has a `--no-` form.
    Either,
    /// A whole number.
    Integer,
    /// A whole number, perhaps with a suffix such as `k` or `Mi`.
    Size,
    /// A number.
    Float,
    /// Any text.
    Text,
    /// JSON.
    Json,
}

/// Whether a release has a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No,
    /// The release lies between two measured ones that differ.
    Unknown,
}

/// What a name could be short for; argparse takes any beginning that only one flag has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Abbreviation {
    /// The flag's canonical name.
    Unique(&'static str),
    Ambiguous(Vec<&'static str>),
    None,
}

impl Release {
    /// The oldest release that is known to read a `--config` file.
    pub(crate) const fn oldest_supported() -> Release {
        MEASURED[1]
    }

    /// The last measured release.
    pub(crate) const fn newest_known() -> Release {
        MEASURED[RELEASES - 1]
    }

    /// Whether the table ends before it.
    pub(crate) fn is_newer_than_table(self) -> bool {
        self.base() > Release::newest_known()
    }

    /// How bad it is that it does not take something: it may, if it is newer than the table.
    pub(crate) fn severity(self) -> Severity {
        if self.is_newer_than_table() { Severity::Warning } else { Severity::Error }
    }

    /// Whether the measured release before or after it is in a set.
    pub(crate) fn is_near(self, releases: Releases) -> bool {
        self.neighbours().iter().any(|it| releases & bit(*it) != 0)
    }

    /// Whether the measured releases before and after it are both in a set.
    pub(crate) fn is_among(self, releases: Releases) -> bool {
        self.neighbours().iter().all(|it| releases & bit(*it) != 0)
    }

    /// The measured releases before and after it, which are one and the same for a measured release.
    fn neighbours(self) -> [usize; 2] {
        let at_or_after = MEASURED.partition_point(|it| *it < self.base()).min(RELEASES - 1);
        let is_between = at_or_after > 0 && MEASURED[at_or_after] > self.base();
        [at_or_after - usize::from(is_between), at_or_after]
    }
}

impl Flag {
    /// Whether a release has it.
    pub(crate) fn known_in(&self, release: Release) -> Known {
        match release.neighbours().map(|it| self.given[it] != Absent) {
            [true, true] => Known::Yes,
            [false, false] => Known::No,
            _ => Known::Unknown,
        }
    }

    /// How a release takes it; a release that does not have it answers as the nearest that does.
    pub(crate) fn given_in(&self, release: Release) -> Given {
        let [before, after] = release.neighbours();
        let mut near = [after, before].into_iter().chain((0..before).rev()).chain(after + 1..RELEASES);
        near.find(|it| self.given[*it] != Absent).map_or(Absent, |it| self.given[it])
    }

    /// Whether a release also has it as `--no-…`, so that `false` is something to say.
    pub(crate) fn is_negatable(&self, release: Release) -> bool {
        self.given_in(release) == One(Either)
    }

    /// What to write instead of a flag that a release does not have, if SGLang itself says so.
    pub(crate) fn replacement(&self, release: Release) -> Option<&'static str> {
        let is_there = |it: &str| lookup(it).is_some_and(|it| it.known_in(release) == Known::Yes);
        let newer = self.new.filter(|it| is_there(bare(it)));
        newer.or_else(|| {
            FLAGS.iter().find(|it| it.new == Some(self.name) && is_there(it.name)).map(|it| it.name)
        })
    }

    /// What to write instead of a flag that a release still has, and calls deprecated.
    pub(crate) fn deprecation(&self, release: Release) -> Option<&'static str> {
        self.new.filter(|it| {
            release.is_among(self.deprecated)
                && lookup(bare(it)).is_some_and(|it| it.known_in(release) == Known::Yes)
        })
    }

    /// Which releases have it, for a message.
    pub(crate) fn history(&self) -> String {
        history((0..RELEASES).filter(|it| self.given[*it] != Absent).fold(0, |all, it| all | bit(it)))
    }
}

/// The measured releases of a set, the oldest first.
pub(crate) fn measured(releases: Releases) -> impl DoubleEndedIterator<Item = Release> {
    (0..RELEASES).filter(move |it| releases & bit(*it) != 0).map(|it| MEASURED[it])
}

/// Which releases have something, for a message.
pub(crate) fn history(releases: Releases) -> String {
    let mut present = measured(releases);
    let Some(first) = present.next() else { return "no release has it".into() };
    match present.next_back().unwrap_or(first) {
        last if first == last => format!("of the releases that were measured, {first} alone has it"),
        last if last == Release::newest_known() => format!("it came with {first}, or shortly before"),
        last => format!("it was last seen in {last}"),
    }
}

/// The name in a replacement such as `cuda-graph-backend-prefill = "disabled"`.
fn bare(replacement: &str) -> &str {
    replacement.split(' ').next().unwrap_or(replacement)
}

const fn bit(release: usize) -> Releases {
    1 << (RELEASES - 1 - release)
}

/// The flag of a name without dashes in front; aliases are names too.
pub(crate) fn lookup(name: &str) -> Option<&'static Flag> {
    FLAGS.binary_search_by_key(&name, |it| it.name).ok().map(|it| &FLAGS[it])
}

/// What a name is short for in a release.
pub(crate) fn abbreviated(name: &str, release: Release) -> Abbreviation {
    let first = FLAGS.partition_point(|it| it.name < name);
    let meant = FLAGS[first..].iter().take_while(|it| it.name.starts_with(name));
    let mut meant: Vec<&str> =
        meant.filter(|it| it.known_in(release) != Known::No).map(|it| it.canonical).collect();
    meant.sort_unstable();
    meant.dedup();
    match meant[..] {
        [] => Abbreviation::None,
        [only] => Abbreviation::Unique(only),
        _ => Abbreviation::Ambiguous(meant),
    }
}

/// The flag of a release that is nearest to a misspelt one.
pub(crate) fn nearest(name: &str, release: Release) -> Option<&'static str> {
    let spelt = name.replace('_', "-");
    problem::nearest(&spelt, FLAGS.iter().filter(|it| it.known_in(release) != Known::No).map(|it| it.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().unwrap()
    }

    fn known(flag: &str, text: &str) -> Known {
        lookup(flag).unwrap().known_in(release(text))
    }

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(FLAGS.iter().map(|it| it.name).is_sorted_by(|a, b| a < b));
        assert!(FLAGS.iter().all(|it| lookup(it.canonical).is_some()));
    }

    #[test]
    fn between_two_measured_releases_only_what_both_say_is_known() {
        assert_eq!(known("cuda-graph-max-bs", "0.5.15"), Known::Yes);
        assert_eq!(known("cuda-graph-max-bs", "0.5.18"), Known::Unknown);
        assert_eq!(known("cuda-graph-max-bs", "0.5.23"), Known::No);
        assert_eq!(known("tp-size", "0.5.18"), Known::Yes);
        assert_eq!(known("attn-dp-size", "0.5.7"), Known::No);
        assert_eq!(known("attn-dp-size", "0.6.0"), Known::Yes, "newer than the table is as its last release");
        assert_eq!(known("config", "0.5.5.post3"), Known::Yes);
        assert_eq!(known("config", "0.4.6"), Known::No);
    }

    #[test]
    fn a_replacement_goes_both_ways_and_is_one_that_the_release_has() {
        let replaced = |flag: &str, text| lookup(flag).unwrap().replacement(release(text));
        assert_eq!(replaced("cuda-graph-max-bs", "0.5.23"), Some("cuda-graph-max-bs-decode"));
        assert_eq!(replaced("cuda-graph-max-bs-decode", "0.5.9"), Some("cuda-graph-max-bs"));
        assert_eq!(
            replaced("disable-piecewise-cuda-graph", "0.5.23"),
            Some("cuda-graph-backend-prefill = \"disabled\"")
        );
        assert_eq!(replaced("piecewise-cuda-graph-compiler", "0.5.23"), None, "its replacement is gone too");
        assert_eq!(replaced("torchao-config", "0.5.23"), None);
    }

    #[test]
    fn deprecation_is_told_of_releases_that_have_both() {
        let told = |flag: &str, text| lookup(flag).unwrap().deprecation(release(text));
        assert_eq!(told("enable-dp-attention", "0.5.23"), Some("attn-dp-size"));
        assert_eq!(told("enable-dp-attention", "0.5.15"), None);
    }

    #[test]
    fn the_same_flag_may_be_given_differently() {
        let norm = lookup("mm-enable-dp-encoder").unwrap();
        assert!(!norm.is_negatable(release("0.5.15")) && norm.is_negatable(release("0.5.23")));
        assert!(!lookup("lora-paths").unwrap().in_config_file);
        assert!(lookup("max-running-requests").unwrap().in_config_file);
    }

    #[test]
    fn abbreviations_are_those_of_argparse() {
        let newest = Release::newest_known();
        assert_eq!(abbreviated("tp", newest), Abbreviation::Unique("tp-size"));
        assert_eq!(abbreviated("dp", newest), Abbreviation::Unique("dp-size"));
        assert!(matches!(abbreviated("pp", newest), Abbreviation::Ambiguous(all) if all.len() == 3));
        assert_eq!(abbreviated("serving-port", newest), Abbreviation::None);
    }

    #[test]
    fn a_misspelt_flag_has_a_neighbour() {
        assert_eq!(nearest("max_running_requests", Release::newest_known()), Some("max-running-requests"));
        assert_eq!(nearest("serving-port", Release::newest_known()), None);
    }
}
