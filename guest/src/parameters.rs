//! The parameters that an Application may set: one table for the announcement, plugin.yaml and the docs.

use crate::contract::{Parameter, ParameterValue};

/// Every parameter of the default guest, in the order in which a form should show them.
pub const TABLE: &[Parameter] = &[
    text("environment", "Environment", "The environment to expand: one of the spec's `[env.*]` tables."),
    text(
        "image",
        "Image",
        "A full image reference that replaces the spec's: `registry/name:tag`, `registry/name@sha256:…`.",
    ),
    text("image-tag", "Image tag", "Replaces `image.tag`, and clears a digest that the spec gives."),
    text("image-digest", "Image digest", "Replaces `image.digest`, and clears a tag that the spec gives."),
    text("replicas", "Replicas", "Replaces `replicas`."),
    Parameter {
        name: "set",
        title: "Set",
        tooltip: "Replaces any key of the spec: dotted keys and their values, such as `model.context: 16384`.",
        default: ParameterValue::Pairs(Vec::new()),
    },
];

const fn text(name: &'static str, title: &'static str, tooltip: &'static str) -> Parameter {
    Parameter { name, title, tooltip, default: ParameterValue::Text(String::new()) }
}
