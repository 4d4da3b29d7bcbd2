//! The one road from a request to manifests. Both doors take it; it reads no file, no clock, no environment, no global.

use crate::guest::contract::{Answer, Problem, Request, Severity};
use crate::guest::{Budget, Failure, Guest};
use crate::manifest::Manifests;

/// Problems of one answer, and the places that explain them. The host looks each up in its file and draws an excerpt of it,
/// which costs the guest no fuel.
const PROBLEMS: usize = 500;

/// What a request came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// Checked and complete.
    pub manifests: Manifests,
    /// What somebody should look at all the same.
    pub warnings: Vec<Problem>,
}

/// Expands a request, and lets nothing out that has not been checked.
pub fn generate(guest: &Guest, request: &Request, budget: &Budget) -> Result<Answer<Generated>, Failure> {
    let expansion = match guest.expand(request, budget)? {
        Ok(expansion) => expansion,
        Err(problems) => return require_reason(problems).map(Err),
    };
    let warnings = require_few(expansion.warnings)?;
    if warnings.iter().any(|it| it.severity == Severity::Error) {
        return Err(Failure::BadOutput(String::from("manifests beside an error")));
    }
    let manifests = Manifests::check(expansion.manifests, expansion.allow_empty, budget)?;
    Ok(Ok(Generated { manifests, warnings }))
}

/// A guest that says no must say why.
pub(crate) fn require_reason(problems: Vec<Problem>) -> Result<Vec<Problem>, Failure> {
    if problems.is_empty() {
        return Err(Failure::BadOutput(String::from(
            "neither what was asked for, nor a problem that says why",
        )));
    }
    require_few(problems)
}

fn require_few(problems: Vec<Problem>) -> Result<Vec<Problem>, Failure> {
    let found: usize = problems.iter().map(|it| 1 + it.related.len()).sum();
    if found > PROBLEMS {
        return Err(Failure::OutputLimit(format!("{found} problems; {PROBLEMS} are allowed")));
    }
    Ok(problems)
}
