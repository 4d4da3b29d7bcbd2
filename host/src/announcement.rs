//! Parameters in the form in which Argo CD wants them announced: those of guest and host, and those of plugin.yaml.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::guest::contract::{Parameter, ParameterValue};
use crate::parameters::own;

/// A parameter, as Argo CD shows it: its `ParameterAnnouncement`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    /// What an Application calls it.
    pub(crate) name: String,
    /// A form's label.
    pub(crate) title: String,
    /// A sentence that says what it does.
    pub(crate) tooltip: String,
    /// Whether an Application must set it.
    pub(crate) required: bool,
    /// The type of one item, in Argo CD's words.
    pub(crate) item_type: String,
    /// `string`, `array` or `map`; which default counts.
    pub(crate) collection_type: String,
    /// The default of a string.
    pub(crate) string: String,
    /// The default of an array.
    pub(crate) array: Vec<String>,
    /// The default of a map.
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
            item_type: String::from("string"),
            ..Announcement::default()
        };
        let collection = match it.default {
            ParameterValue::Text(text) => {
                announcement.string = text;
                "string"
            }
            ParameterValue::Items(items) => {
                announcement.array = items;
                "array"
            }
            ParameterValue::Pairs(pairs) => {
                announcement.map = pairs.into_iter().collect();
                "map"
            }
        };
        Announcement { collection_type: collection.to_owned(), ..announcement }
    }
}
