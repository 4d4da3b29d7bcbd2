//! The table of parameters in `docs/argocd.md`, made from what the default guest and the host take.

use std::fs;

use anyhow::Context;
use cmp_guest::contract::ParameterValue as Theirs;
use cmp_host::guest::contract::ParameterValue as Own;

use crate::support::project;

pub(crate) const PARAMETERS_PAGE: &str = "docs/argocd.md";
const BEGIN: &str = "<!-- Made from guest/src/parameters.rs and host/src/parameters.rs by `make bless`; change it there. -->\n";
const END: &str = "\n<!-- What is made ends here. -->\n";

/// The page, with the table as it follows; whatever else stands there is written by hand.
pub(crate) fn page() -> anyhow::Result<String> {
    let text = fs::read_to_string(project::path(PARAMETERS_PAGE))?;
    let (before, rest) =
        text.split_once(BEGIN).with_context(|| format!("{PARAMETERS_PAGE} lacks {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{PARAMETERS_PAGE} lacks {END}"))?;
    Ok([before, BEGIN, &table(), END, after].concat())
}

fn table() -> String {
    let theirs = cmp_guest::parameters::TABLE.iter().map(|it| {
        let form = match it.default {
            Theirs::Text(_) => "string",
            Theirs::Items(_) => "array",
            Theirs::Pairs(_) => "map",
        };
        row(it.name, form, it.tooltip)
    });
    let own = cmp_host::parameters::own().into_iter().map(|it| {
        let form = match it.default {
            Own::Text(_) => "string",
            Own::Items(_) => "array",
            Own::Pairs(_) => "map",
        };
        row(&it.name, form, &it.tooltip)
    });
    let head = String::from("\n| Name | Form | What it does |\n|---|---|---|\n");
    [head].into_iter().chain(theirs).chain(own).collect()
}

fn row(name: &str, form: &str, tooltip: &str) -> String {
    format!("| `{name}` | {form} | {tooltip} |\n")
}
