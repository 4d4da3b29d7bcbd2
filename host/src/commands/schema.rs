//! `schema`: the JSON Schema of the spec, for editors.

use serde_json::Value;

use crate::commands;
use crate::config::Config;
use crate::guest::Failure;
use crate::stop::Stop;

pub(crate) fn run(config: &Config) -> Result<(), Stop> {
    let text = commands::default_guest(config)?.describe(&config.limits.budget())?.schema;
    let schema: Value =
        serde_json::from_str(&text).map_err(|error| Failure::BadOutput(format!("the schema: {error}")))?;
    commands::print(&format!("{schema:#}\n"))
}
