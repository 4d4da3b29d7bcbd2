//! Compares two sides, spec by spec and environment by environment, on all cores.

use std::collections::BTreeMap;

use super::expanded::{Broken, Expanded, Namespaces, in_environment, section};
use super::side::Side;
use crate::commands::guests::Guests;
use crate::config::Config;
use crate::diff::Section;
use crate::parallel;
use crate::problem::Rejection;
use crate::question::Question;
use crate::stop::Stop;
use crate::tree::Tree;

/// Two sides, and what of them is compared.
pub(crate) struct Comparison<'a> {
    pub(crate) config: &'a Config,
    pub(crate) guests: &'a Guests<'a>,
    pub(crate) before: Side<'a>,
    pub(crate) after: Side<'a>,
    pub(crate) environments: Environments<'a>,
}

/// Which environments are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Environments<'a> {
    /// Each with itself.
    All,
    /// One with itself.
    One(&'a str),
    /// One with another.
    Pair { before: &'a str, after: &'a str },
}

/// A spec on one side.
enum Spec {
    Absent,
    Broken(Broken),
    There { question: Box<Question<'static>>, environments: Vec<Option<String>> },
}

type Environment = Option<String>;

impl Comparison<'_> {
    /// What differs, sorted by folder, in the order of the spec's environments.
    pub(crate) fn sections(&self) -> Result<Vec<Section>, Stop> {
        let folders = self.folders();
        let compared = parallel::work(folders.len(), |numbers| {
            self.before.files.with(|before| {
                self.after.files.with(|after| {
                    numbers.map(|it| self.spec(folders[it], before, after)).collect::<Result<Vec<_>, _>>()
                })
            })
        })?;
        self.require_environments(&compared)?;
        Ok(compared.into_iter().flat_map(|it| it.sections).collect())
    }

    fn folders(&self) -> Vec<&str> {
        let both = self.before.folders.iter().chain(&self.after.folders);
        let sorted: BTreeMap<Vec<&str>, &str> =
            both.map(|it| (it.split('/').collect(), it.as_str())).collect();
        sorted.into_values().collect()
    }

    fn spec(&self, folder: &str, before: &dyn Tree, after: &dyn Tree) -> Result<Compared, Stop> {
        let old = self.ask(&self.before, before, folder)?;
        let new = self.ask(&self.after, after, folder)?;
        let mut compared = Compared { knows: self.known(&old, &new), sections: Vec::new() };
        if self.is_same(&old, &new) {
            return Ok(compared);
        }
        let path = new.path().or_else(|| old.path()).unwrap_or(folder);
        let (revision, namespaces) = (self.before.files.revision(), self.namespaces());
        for (one, other, shown) in self.expanded(&old, &new)? {
            compared.sections.extend(section(path, shown.as_deref(), one, other, revision, namespaces));
        }
        Ok(compared)
    }

    fn namespaces(&self) -> Namespaces {
        match self.environments {
            Environments::Pair { .. } => Namespaces::Aside,
            _ => Namespaces::Matter,
        }
    }

    fn ask(&self, side: &Side<'_>, tree: &dyn Tree, folder: &str) -> Result<Spec, Stop> {
        if !side.folders.iter().any(|it| it == folder) {
            return Ok(Spec::Absent);
        }
        let asked = side.question(self.guests, self.config, tree, folder).and_then(|question| match question
            .environments(
        )? {
            Ok(environments) => Ok(Spec::There { question: Box::new(question), environments }),
            Err(problems) => Err(Rejection { files: question.files, problems }.into()),
        });
        asked.or_else(|stop| Broken::of(stop).map(Spec::Broken))
    }

    /// The same files, expanded by the same guest, come to the same.
    fn is_same(&self, old: &Spec, new: &Spec) -> bool {
        let (Spec::There { question: old, .. }, Spec::There { question: new, .. }) = (old, new) else {
            return false;
        };
        let is_pair = matches!(self.environments, Environments::Pair { .. });
        !is_pair && std::ptr::eq(old.guest, new.guest) && old.files == new.files
    }

    /// Both sides of each environment, and as it is shown.
    fn expanded(&self, old: &Spec, new: &Spec) -> Result<Vec<(Expanded, Expanded, Environment)>, Stop> {
        // A spec that is broken as a whole has no environments that could be named, and leaves nothing to compare others with.
        if matches!(new, Spec::Broken(_)) || matches!((old, new), (Spec::Broken(_), Spec::Absent)) {
            return Ok(vec![(old.as_a_whole(), new.as_a_whole(), None)]);
        }
        let pairs = self.pairs(old, new).into_iter();
        pairs.map(|(one, other, shown)| Ok((expand(old, one)?, expand(new, other)?, shown))).collect()
    }

    /// The environments to expand: before, after, and as it is shown. None where a side does not have it.
    fn pairs(&self, old: &Spec, new: &Spec) -> Vec<(Option<Environment>, Option<Environment>, Environment)> {
        match self.environments {
            Environments::Pair { before, after } => {
                vec![(old.taking(before, new), new.taking(after, old), Some(after.to_owned()))]
            }
            Environments::One(name) => {
                vec![(old.taking(name, new), new.taking(name, old), Some(name.to_owned()))]
            }
            Environments::All => {
                let (ours, theirs) = (new.environments(), old.environments());
                let gone = theirs.iter().filter(|it| !ours.contains(it));
                let all = ours.iter().chain(gone).cloned();
                all.map(|it| (old.having(it.clone()), new.having(it.clone()), it)).collect()
            }
        }
        .into_iter()
        .filter(|(before, after, _)| before.is_some() || after.is_some())
        .collect()
    }

    /// Which of the environments that somebody named are there.
    fn known(&self, old: &Spec, new: &Spec) -> [bool; 2] {
        match self.environments {
            Environments::All => [true, true],
            Environments::One(name) => [old.taking(name, new).or(new.taking(name, old)).is_some(), true],
            Environments::Pair { before, after } => {
                [old.taking(before, new).is_some(), new.taking(after, old).is_some()]
            }
        }
    }

    /// An environment that nobody has is a slip, and not something that was taken away.
    fn require_environments(&self, compared: &[Compared]) -> Result<(), Stop> {
        let names = match self.environments {
            Environments::All => return Ok(()),
            Environments::One(name) => [name, name],
            Environments::Pair { before, after } => [before, after],
        };
        let missing = (0..2).find(|side| !compared.iter().any(|it| it.knows[*side]));
        missing.map_or(Ok(()), |side| self.refuse(names[side]))
    }

    /// The guest of the first spec says it best: which environments there are, and which may have been meant.
    fn refuse(&self, name: &str) -> Result<(), Stop> {
        let folder = self.after.folders.first().map_or("", |it| it.as_str());
        let question =
            self.after.files.with(|it| self.after.question(self.guests, self.config, it, folder))?;
        match question.generate_in(Some(name))? {
            Err(problems) => Err(Rejection { files: question.files, problems }.into()),
            Ok(_) => Ok(()),
        }
    }
}

/// What became of one spec.
struct Compared {
    sections: Vec<Section>,
    /// Whether it has the environments that were named, before and after.
    knows: [bool; 2],
}

impl Spec {
    fn environments(&self) -> &[Environment] {
        match self {
            Spec::There { environments, .. } => environments,
            _ => &[],
        }
    }

    /// Where it stands, as far as that is known.
    fn path(&self) -> Option<&str> {
        let files = match self {
            Spec::Absent => return None,
            Spec::Broken(broken) => &broken.report.files,
            Spec::There { question, .. } => &question.files,
        };
        files.first().map(|it| it.path.as_str())
    }

    /// Without regard to environments.
    fn as_a_whole(&self) -> Expanded {
        match self {
            Spec::Absent => Expanded::Absent,
            Spec::Broken(broken) => Expanded::Broken(broken.clone()),
            Spec::There { .. } => Expanded::Unseen,
        }
    }

    /// An environment, if this side has it; a spec that is broken may have it.
    fn having(&self, name: Environment) -> Option<Environment> {
        let has = match self {
            Spec::Absent => false,
            Spec::Broken(_) => true,
            Spec::There { environments, .. } => environments.contains(&name),
        };
        has.then_some(name)
    }

    /// An environment that somebody named. A spec without environments may take any name, as its guest likes; not one of the
    /// other side, which this side has lost or not had yet.
    fn taking(&self, name: &str, other: &Spec) -> Option<Environment> {
        let name = Some(name.to_owned());
        let may_take = self.environments() == [None] && !other.environments().contains(&name);
        self.having(name.clone()).or_else(|| may_take.then_some(name))
    }
}

fn expand(spec: &Spec, environment: Option<Environment>) -> Result<Expanded, Stop> {
    let (question, environment) = match (spec, &environment) {
        (Spec::Broken(broken), _) => return Ok(Expanded::Broken(broken.clone())),
        (Spec::There { question, .. }, Some(environment)) => (question, environment.as_deref()),
        _ => return Ok(Expanded::Absent),
    };
    let files = || question.files.clone();
    match question.generate_in(environment) {
        Ok(Ok(generated)) => Ok(Expanded::Made { generated, files: files() }),
        Ok(Err(problems)) => {
            let report = in_environment(files(), environment, problems);
            Ok(Expanded::Broken(Broken { report, code: 1 }))
        }
        Err(failure) => Broken::of(failure.into()).map(Expanded::Broken),
    }
}
