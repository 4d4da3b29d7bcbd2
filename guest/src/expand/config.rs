//! The ConfigMap: SGLang's configuration file, and the chat template.

use sha2::{Digest, Sha256};

use crate::derive::Plan;
use crate::derive::flags::{CHAT_TEMPLATE_FILE, CONFIG_FILE};
use crate::expand::object::{Object, Part, Wave};
use crate::manifest::{ConfigMap, Pairs};

/// The name of the ConfigMap.
pub(crate) fn name(plan: &Plan<'_>) -> String {
    format!("{}-config", plan.name)
}

/// What the ConfigMap holds.
pub(crate) fn data(plan: &Plan<'_>) -> Pairs {
    let config = (CONFIG_FILE.to_owned(), plan.flags.config_text());
    let template = plan.chat_template.map(|text| (CHAT_TEMPLATE_FILE.to_owned(), text.to_owned()));
    std::iter::once(config).chain(template).collect()
}

/// Builds the ConfigMap.
pub(crate) fn config_map(plan: &Plan<'_>) -> Object {
    let cause = plan.keys.rule("SGLang reads its flags from a file", &["model", "flags", "parallel"]);
    let template = plan.keys.cause("model.chat-template", "the template that the model brings");
    Object::new(plan, Part::server(name(plan), Wave::Ground), ConfigMap { data: data(plan) }, cause)
        .because(&format!("/data/{CHAT_TEMPLATE_FILE}"), template)
}

/// A hash of all that the ConfigMap holds.
pub(crate) fn checksum(plan: &Plan<'_>) -> String {
    digest(&serde_json::to_string(&data(plan)).expect("texts have nothing that JSON cannot say"))
}

/// The sha256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}
