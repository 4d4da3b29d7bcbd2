//! What a comparison of whole sides comes to: a section for each environment that is not the same.

use super::{Change, Object, refused};
use crate::diagnostic::Report;
use crate::printable;

/// All that differs.
#[derive(Debug)]
pub(crate) struct Difference {
    /// What the side before is called.
    pub(crate) before: String,
    /// What the side after is called.
    pub(crate) after: String,
    pub(crate) sections: Vec<Section>,
}

/// One environment of one spec.
#[derive(Debug)]
pub(crate) struct Section {
    /// The spec's path, or that of its folder if no spec could be read.
    pub(crate) spec: String,
    pub(crate) environment: Option<String>,
    pub(crate) presence: Presence,
    /// Whether the side after takes the place of the side before in a cluster. Two environments stand beside each other.
    pub(crate) is_update: bool,
    pub(crate) objects: Vec<Object>,
    pub(crate) problems: Vec<Problems>,
}

/// On which sides the environment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Both,
    OnlyBefore,
    OnlyAfter,
}

/// One of the two that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// What is wrong on one side: why it does not expand, or warnings that the other side does not have.
#[derive(Debug)]
pub(crate) struct Problems {
    pub(crate) side: Side,
    pub(crate) report: Report,
    /// The exit code that this comes to by itself; 0 if the side expands.
    pub(crate) code: u8,
}

/// How many objects changed, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) added: usize,
    pub(crate) removed: usize,
    pub(crate) changed: usize,
}

impl Counts {
    pub(super) fn of<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Counts {
        let mut counts = Counts::default();
        for object in objects {
            match object.change {
                Change::Added(_) => counts.added += 1,
                Change::Removed(_) => counts.removed += 1,
                Change::Changed(_) => counts.changed += 1,
            }
        }
        counts
    }
}

/// `2 objects changed, 1 added`.
impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [(self.changed, "changed"), (self.added, "added"), (self.removed, "removed")];
        let mut parts = parts.into_iter().filter(|it| it.0 > 0);
        let Some((count, how)) = parts.next() else { return formatter.write_str("no object differs") };
        let objects = if count == 1 { "object" } else { "objects" };
        write!(formatter, "{count} {objects} {how}")?;
        parts.try_for_each(|(count, how)| write!(formatter, ", {count} {how}"))
    }
}

impl Difference {
    pub(super) fn counts(&self) -> Counts {
        Counts::of(self.sections.iter().flat_map(|it| &it.objects))
    }

    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// Whether every object is as it was.
    pub(crate) fn is_same(&self) -> bool {
        self.sections.iter().all(|it| it.objects.is_empty())
    }

    /// The exit code. A side before that does not expand is what somebody has mended since, or taken away: a difference, and
    /// no error.
    pub(crate) fn code(&self) -> u8 {
        let worst = |side| {
            let problems = self.sections.iter().flat_map(|it| &it.problems).filter(|it| it.side == side);
            problems.map(|it| it.code).max().unwrap_or(0)
        };
        match worst(Side::After) {
            0 if self.is_same() && worst(Side::Before) == 0 => 0,
            0 => 5,
            code => code,
        }
    }

    /// Everything that is wrong, to be drawn.
    pub(crate) fn report(&self) -> Report {
        let mut all = Report::default();
        self.sections.iter().flat_map(|it| &it.problems).for_each(|it| all.append(it.report.clone()));
        all
    }

    pub(super) fn name(&self, side: Side) -> &str {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }
}

impl Section {
    /// `services/a/sglang.toml, prod`.
    pub(super) fn title(&self) -> String {
        match &self.environment {
            Some(environment) => printable::line(&format!("{}, {environment}", self.spec)).into_owned(),
            None => printable::line(&self.spec).into_owned(),
        }
    }

    /// What to know before reading the objects.
    pub(super) fn remarks(&self, whole: &Difference) -> Vec<String> {
        let presence = match self.presence {
            Presence::Both => None,
            Presence::OnlyBefore => Some(format!("only in {}", whole.before)),
            Presence::OnlyAfter => Some(format!("only in {}", whole.after)),
        };
        let problems = self.problems.iter().map(|it| it.remark(whole));
        let refused = self.objects.iter().filter(|_| self.is_update).flat_map(refused::remarks);
        presence.into_iter().chain(problems).chain(refused).collect()
    }
}

impl Problems {
    fn remark(&self, whole: &Difference) -> String {
        let first = self.report.diagnostics.first().map(crate::render::headline).unwrap_or_default();
        let more = match self.report.diagnostics.len() {
            0 | 1 => String::new(),
            found => format!(" (+{} more)", found - 1),
        };
        let what = if self.code == 0 { "warns as it did not before" } else { "does not expand" };
        format!("{} {what}: {first}{more}", whole.name(self.side))
    }
}
