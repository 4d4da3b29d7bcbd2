//! The ConfigMap: SGLang's configuration file, and the chat template.

use sha2::{Digest, Sha256};

use crate::contract::{Cause, Span};
use crate::derive::Plan;
use crate::derive::flags::{CHAT_TEMPLATE_FILE, CONFIG_FILE};
use crate::expand::json;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
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
    let reason = plan.keys.rule("SGLang reads its flags from a file", &["name"]);
    let part = Part::server(name(plan), Wave::Ground);
    Object::new(plan, part, ConfigMap { data: data(plan) }, reason).explained(plan, |why| {
        // One text has one cause, which names every key that is a line of it.
        let lines = "each key is a line; `host` and `enable-metrics` are what probes and monitors need";
        why.say(&format!("/data/{CONFIG_FILE}"), cause(plan, lines));
        why.say(&format!("/data/{CHAT_TEMPLATE_FILE}"), template_cause(plan));
    })
}

/// The cause of what all that the ConfigMap holds decides: each key that it says.
pub(crate) fn cause(plan: &Plan<'_>, reason: &str) -> Cause {
    let keys = plan.flags.keys_of_file(plan.spec);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    plan.keys.rule(reason, &keys)
}

/// The key that names the template, and the file that it names.
fn template_cause(plan: &Plan<'_>) -> Cause {
    let file = plan.chat_template_file.map(|file| Span { file, start: 0, end: 0 });
    match plan.keys.rule("the file that the key names", &["model.chat-template"]) {
        Cause::Derived(reason, inputs) => Cause::Derived(reason, inputs.into_iter().chain(file).collect()),
        other => other,
    }
}

/// A hash of all that the ConfigMap holds.
pub(crate) fn checksum(plan: &Plan<'_>) -> String {
    digest(&json::text(&data(plan)))
}

/// The sha256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()))
}
