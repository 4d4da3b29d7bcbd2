//! What is generated from the grammar, from the operator's file and from the parameters is as it is committed.

use std::fs;

use anyhow::ensure;

use crate::operator::{OPERATORS_PAGE, OPERATORS_SCHEMA};
use crate::parameters::{self, PARAMETERS_PAGE};
use crate::support::project;
use crate::verdict::SCHEMA;

const PAGE: &str = "docs/spec.md";

#[test]
fn what_the_grammar_generates_is_fresh() -> anyhow::Result<()> {
    for (path, fresh) in [
        (SCHEMA, cmp_guest::spec::schema::text()),
        (PAGE, cmp_guest::spec::reference::page()),
        (OPERATORS_SCHEMA, cmp_host::config::schema::text()),
        (OPERATORS_PAGE, cmp_host::config::schema::page()),
        (PARAMETERS_PAGE, parameters::page()?),
    ] {
        if std::env::var_os("BLESS").is_some() {
            fs::write(project::path(path), &fresh)?;
        }
        let committed = fs::read_to_string(project::path(path)).unwrap_or_default();
        ensure!(committed == fresh, "{path} is stale; `make bless` renews it");
    }
    Ok(())
}
