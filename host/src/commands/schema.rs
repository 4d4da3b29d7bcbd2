//! `schema`: the JSON Schema of the spec, for editors.

use serde_json::Value;

use crate::commands::{self, Stop};
use crate::guest::{Budget, Failure};

pub(crate) fn run() -> Result<(), Stop> {
    let text = commands::default_guest()?.describe(&Budget::default())?.schema;
    let schema: Value =
        serde_json::from_str(&text).map_err(|error| Failure::BadOutput(format!("the schema: {error}")))?;
    Ok(commands::print(&format!("{schema:#}\n"))?)
}
