//! The operator's schema takes what its page shows, and refuses slips.

use std::fs;

use anyhow::ensure;

use crate::support::{project, toml};
use crate::verdict;

pub(crate) const OPERATORS_SCHEMA: &str = "docs/cmp-host.schema.json";
pub(crate) const OPERATORS_PAGE: &str = "docs/cmp-host-toml.md";

/// The example of the operator's page is the first that people copy.
#[test]
fn the_operators_schema_takes_its_page_and_refuses_slips() -> anyhow::Result<()> {
    let page = fs::read_to_string(project::path(OPERATORS_PAGE))?;
    let example = page.split("```toml\n").nth(1).and_then(|it| it.split("```").next()).unwrap_or_default();
    ensure!(example.contains("[guest."), "the page has no example");
    let slips = [
        "[limit]",
        "[limits]\nfuel = 0",
        "[limits]\nfuel = \"1\"",
        "[limits]\ntime = 10",
        "[limits]\nmemory = \"1GB\"",
        "[guest.a]",
        "[guest.default]\npath = \"a\"",
        "[guest.A]\npath = \"a\"",
        "[guest.a]\npath = \"a\"\nsha256 = \"A\"",
        "[guest.a]\npath = \"a\"\nprojects = \"a\"",
        "defaults = 1",
    ];
    let mut lines = format!("{}\n", toml::to_json(&example.replace('…', &"0".repeat(60)))?);
    for slip in slips {
        lines += &format!("{}\n", toml::to_json(slip)?);
    }
    let verdicts = verdict::of_lines(OPERATORS_SCHEMA, &lines)?;
    ensure!(verdicts.first().is_some_and(|it| it == "ok"), "the example is refused: {verdicts:?}");
    let taken: Vec<&str> =
        slips.into_iter().zip(&verdicts[1..]).filter(|(_, it)| *it == "ok").map(|(slip, _)| slip).collect();
    ensure!(verdicts.len() == slips.len() + 1 && taken.is_empty(), "the schema takes {taken:?}");
    Ok(())
}
