//! `parameters`: what the guest and the host take, in the JSON that Argo CD expects of a plugin's announcement.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::commands::{self, Stop};
use crate::config::Config;
use crate::guest::contract::{Parameter, ParameterValue};
use crate::parameters::own;

/// Argo CD's `ParameterAnnouncement`. It shows the default whose form `collectionType` names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement {
    name: String,
    title: String,
    tooltip: String,
    required: bool,
    item_type: &'static str,
    collection_type: &'static str,
    string: String,
    array: Vec<String>,
    map: BTreeMap<String, String>,
}

pub(crate) fn run(config: &Config) -> Result<(), Stop> {
    let theirs = commands::default_guest(config)?.describe(&config.limits.budget())?.parameters;
    let announcements: Vec<_> = theirs.into_iter().chain(own()).map(Announcement::of).collect();
    let json = serde_json::to_string_pretty(&announcements).map_err(anyhow::Error::from)?;
    Ok(commands::print(&(json + "\n"))?)
}

impl Announcement {
    fn of(it: Parameter) -> Announcement {
        let mut announcement = Announcement {
            name: it.name,
            title: it.title,
            tooltip: it.tooltip,
            required: it.required,
            item_type: "string",
            collection_type: "string",
            string: String::new(),
            array: Vec::new(),
            map: BTreeMap::new(),
        };
        match it.default {
            ParameterValue::Text(text) => announcement.string = text,
            ParameterValue::Items(items) => {
                (announcement.collection_type, announcement.array) = ("array", items)
            }
            ParameterValue::Pairs(pairs) => {
                (announcement.collection_type, announcement.map) = ("map", pairs.into_iter().collect());
            }
        }
        announcement
    }
}
