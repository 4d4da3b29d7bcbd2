//! The platform's limits: what is in force, and who said so.
//!
//! The operator sets a limit; a guest's table, a spec and a parameter may lower it. Whoever asks for more is refused and
//! told both values: an answer that quietly used less would look like one that used what was asked for.

mod table;
mod written;

use crate::nearest::nearest;

pub use table::{Limit, Row, TABLE, Unit};
pub(crate) use written::Written;
pub(crate) use written::form;

/// Every limit's value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits([InForce; TABLE.len()]);

/// The value of one limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// In the limit's own unit.
    pub value: u64,
    /// Who said so.
    pub source: Source,
}

/// Who set a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody.
    Default,
    /// The operator, on this line of `cmp-host.toml`.
    Operator(usize),
    /// The operator for one guest, on this line.
    Guest(usize),
    /// The spec.
    Spec {
        /// Its path.
        path: String,
        /// The line of the limit.
        line: usize,
    },
    /// A parameter.
    Parameter,
}

/// Why a value is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Source {
    /// Who lowered the limit below what the operator allows, as a message names it; none if nobody did.
    pub(crate) fn lowerer(&self) -> Option<String> {
        match self {
            Source::Default | Source::Operator(_) | Source::Guest(_) => None,
            Source::Spec { path, line } => Some(format!("`{path}:{line}`")),
            Source::Parameter => Some(String::from("the parameter `limits`")),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits(TABLE.map(|it| InForce { value: it.default, source: Source::Default }))
    }
}

impl Limits {
    /// What is in force for a limit.
    pub fn get(&self, limit: Limit) -> &InForce {
        &self.0[limit as usize]
    }

    /// Its value.
    pub fn value(&self, limit: Limit) -> u64 {
        self.get(limit).value
    }

    /// Its value, for what lies in memory.
    pub fn size(&self, limit: Limit) -> usize {
        usize::try_from(self.value(limit)).unwrap_or(usize::MAX)
    }

    /// The operator sets a limit: anything that means something on this machine.
    pub(crate) fn set(&mut self, name: &str, written: Written<'_>, source: Source) -> Result<(), Refused> {
        let (limit, value) = read(name, written)?;
        self.0[limit as usize] = InForce { value, source };
        Ok(())
    }

    /// Somebody else asks for a limit: no more than what is in force.
    pub(crate) fn lower(&mut self, name: &str, written: Written<'_>, source: Source) -> Result<(), Refused> {
        let (limit, value) = read(name, written)?;
        if limit.is_for_archives() {
            return Err(too_late(name));
        }
        let in_force = self.value(limit);
        if value > in_force {
            return Err(raised(limit.row(), value, in_force));
        }
        if value < in_force {
            self.0[limit as usize] = InForce { value, source };
        }
        Ok(())
    }

    /// Those that are lower than the operator allows, and who says so.
    pub(crate) fn lowered(&self) -> Vec<(Limit, String)> {
        TABLE.iter().filter_map(|it| Some((it.limit, self.get(it.limit).source.lowerer()?))).collect()
    }

    /// What belongs to a loaded guest and not to a call: who lowers one of these gets a guest of their own.
    pub(crate) fn of_loading(&self) -> [u64; 4] {
        [Limit::Stack, Limit::Component, Limit::CompileTime, Limit::CompileMemory].map(|it| self.value(it))
    }
}

fn read(name: &str, written: Written<'_>) -> Result<(Limit, u64), Refused> {
    let limit = Limit::named(name).ok_or_else(|| unknown(name))?;
    let row = limit.row();
    let value = written.value(row.unit).filter(|it| (row.smallest..=row.largest_here()).contains(it));
    value.map(|it| (limit, it)).ok_or_else(|| Refused {
        message: format!(
            "the limit `{name}` cannot be {}; expected {} to {}",
            written.shown(),
            row.show(row.smallest),
            row.show(row.largest_here())
        ),
        help: format!("write {}", form(row.unit)),
    })
}

fn unknown(name: &str) -> Refused {
    let names = || TABLE.iter().map(|it| it.name);
    let help = match nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the limits are `{}`", names().collect::<Vec<_>>().join("`, `")),
    };
    Refused { message: format!("there is no limit `{}`", name.escape_debug()), help }
}

fn too_late(name: &str) -> Refused {
    Refused {
        message: format!("the limit `{name}` holds for all requests alike"),
        help: String::from(
            "leave it out: an archive is read before its spec is, and the operator alone says how much of it",
        ),
    }
}

fn raised(row: &Row, value: u64, in_force: u64) -> Refused {
    let (name, value, in_force) = (row.name, row.show(value), row.show(in_force));
    Refused {
        message: format!("the limit `{name}` is {in_force} and cannot be raised to {value}"),
        help: format!("ask for {in_force} at most: limits are the platform team's to raise"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_can_be_lowered_and_not_raised() {
        let mut limits = Limits::default();
        let source = Source::Spec { path: String::from("sglang.toml"), line: 3 };
        limits.lower("manifests", Written::Text("10"), source.clone()).unwrap();
        assert_eq!(limits.get(Limit::Manifests), &InForce { value: 10, source });
        limits.lower("manifests", Written::Text("10"), Source::Parameter).unwrap();
        assert_eq!(limits.get(Limit::Manifests).source.lowerer().as_deref(), Some("`sglang.toml:3`"));
        let refused = limits.lower("manifests", Written::Text("11"), Source::Parameter).unwrap_err();
        assert_eq!(refused.message, "the limit `manifests` is 10 and cannot be raised to 11");
    }

    #[test]
    fn a_misspelt_limit_is_proposed() {
        let refused = Limits::default().set("fule", Written::Text("1"), Source::Parameter).unwrap_err();
        assert_eq!(refused.help, "did you mean `fuel`?");
    }
}
