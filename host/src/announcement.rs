//! What guest and host take as parameters, in the form in which Argo CD wants it announced.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::guest::contract::{Parameter, ParameterValue};
use crate::parameters::own;

/// Argo CD's `ParameterAnnouncement`. It shows the default whose form `collectionType` names.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) tooltip: String,
    pub(crate) required: bool,
    pub(crate) item_type: &'static str,
    pub(crate) collection_type: &'static str,
    pub(crate) string: String,
    pub(crate) array: Vec<String>,
    pub(crate) map: BTreeMap<String, String>,
}

/// The guest's, and those of the host itself.
pub(crate) fn all(theirs: Vec<Parameter>) -> Vec<Announcement> {
    theirs.into_iter().chain(own()).map(Announcement::of).collect()
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
