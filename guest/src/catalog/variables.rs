//! The environment variables that SGLang reads, release by release, as its own code names them.
//!
//! `variables.tsv` holds what was measured (`measure.py` says how). Few specs set one, so it stays a text that is searched.

use crate::catalog::flags::{self, Release, Releases};
use crate::cold::Cold;
use crate::problem;

const MEASURED: &str = include_str!("variables/variables.tsv");
static TABLE: Cold<{ MEASURED.len() }> = Cold::new(MEASURED);

/// What the names of SGLang's variables begin with.
const PREFIX: &str = "SGLANG_";

/// Every variable of SGLang's.
pub(crate) struct Variables(String);

/// A variable that some release reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    releases: Releases,
    kind: Kind,
}

/// What SGLang declares a variable to be; for everything else it takes the default, and says so in its log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Switch,
    Integer,
    Float,
    Text,
}

impl Variables {
    pub(crate) fn new() -> Variables {
        Variables(TABLE.text())
    }

    /// A variable by its name; none if no release reads it. A row that ends with `_` stands for all names that begin so.
    pub(crate) fn find(&self, name: &str) -> Option<Variable> {
        let own = name.strip_prefix(PREFIX)?;
        let meant = self.rows().filter(|(row, _)| *row == own || row.ends_with('_') && own.starts_with(*row));
        meant.map(|(_, it)| it).reduce(Variable::or)
    }

    /// The name of a release's variable that is nearest to another one.
    pub(crate) fn nearest(&self, name: &str, release: Release) -> Option<String> {
        let known = self.rows().filter(|(_, it)| it.is_read_by(release)).map(|(name, _)| name);
        problem::nearest(name.strip_prefix(PREFIX)?, known).map(|it| format!("{PREFIX}{it}"))
    }

    fn rows(&self) -> impl Iterator<Item = (&str, Variable)> {
        self.0.lines().filter_map(row)
    }
}

impl Variable {
    fn or(self, other: Variable) -> Variable {
        let kind = if self.kind == Kind::Text { other.kind } else { self.kind };
        Variable { releases: self.releases | other.releases, kind }
    }

    /// Whether a release may read it: between two measured ones, if either does.
    pub(crate) fn is_read_by(self, release: Release) -> bool {
        release.is_near(self.releases)
    }

    /// Which releases read it, for a message.
    pub(crate) fn history(self) -> String {
        flags::history(self.releases)
    }

    /// What it takes, if it does not take this text.
    pub(crate) fn expected(self, text: &str) -> Option<&'static str> {
        match self.kind {
            Kind::Switch => (!is_switch(text)).then_some("`1` or `0`"),
            Kind::Integer => text.trim().parse::<i128>().is_err().then_some("a whole number"),
            Kind::Float => text.trim().parse::<f64>().is_err().then_some("a number"),
            Kind::Text => None,
        }
    }
}

/// Whether a name is one of SGLang's own.
pub(crate) fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The words that `EnvBool` of `environ.py` knows, in any case.
fn is_switch(text: &str) -> bool {
    let words = ["true", "1", "yes", "y", "false", "0", "no", "n"];
    words.iter().any(|it| it.eq_ignore_ascii_case(text))
}

fn row(line: &str) -> Option<(&str, Variable)> {
    let mut columns = line.split('\t');
    let (name, releases, kind) = (columns.next()?, columns.next()?, columns.next()?);
    let kind = match kind {
        "switch" => Kind::Switch,
        "int" => Kind::Integer,
        "float" => Kind::Float,
        _ => Kind::Text,
    };
    Some((name, Variable { releases: Releases::from_str_radix(releases, 2).ok()?, kind }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_no_variable_comes_twice() {
        let variables = Variables::new();
        assert_eq!(variables.rows().count(), MEASURED.lines().count());
        assert!(variables.rows().all(|(_, it)| it.releases != 0));
        assert!(variables.rows().map(|(name, _)| name).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn names_that_are_put_together_are_known_by_their_beginning() {
        let variables = Variables::new();
        let read = |name| variables.find(name).is_some_and(|it| it.is_read_by("0.5.9".parse().unwrap()));
        assert!(read("SGLANG_DUMPER_FILTER") && read("SGLANG_DUMPER_DIR") && read("SGLANG_USE_AITER"));
        assert!(!read("SGLANG_DUMP") && !read("USE_AITER"));
    }

    #[test]
    fn values_are_those_that_are_not_replaced_by_the_default() {
        let variable = |kind| Variable { releases: 1, kind };
        for right in ["1", "TRUE", "no"] {
            assert_eq!(variable(Kind::Switch).expected(right), None, "{right}");
        }
        assert!(variable(Kind::Switch).expected("on").is_some());
        assert!(
            variable(Kind::Integer).expected("4.0").is_some()
                && variable(Kind::Integer).expected("-4").is_none()
        );
        assert!(
            variable(Kind::Float).expected("4.5").is_none() && variable(Kind::Float).expected("").is_some()
        );
        assert_eq!(variable(Kind::Text).expected(""), None);
    }
}
