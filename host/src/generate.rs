//! The one road from a request to manifests. Both doors take it; it reads no file, no clock, no environment, no global.

use crate::guest::contract::{Answer, Output, Problem, Request};
use crate::guest::{Budget, Failure, Guest};
use crate::manifest::Manifests;

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
        Err(problems) => return Ok(Err(problems)),
    };
    let manifests = Manifests::check(expansion.manifests, expansion.allow_empty, budget)?;
    if let Output::Delivery(_) = request.output {
        manifests.require_delivery()?;
    }
    Ok(Ok(Generated { manifests, warnings: expansion.warnings }))
}
