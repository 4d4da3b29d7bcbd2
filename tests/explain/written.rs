//! What stands at a place, and whether it is what a field says.

use cmp_host::guest::contract::{File, Location};
use serde_json::Value;

use crate::support::toml;

/// The text at a place; none if the place is not in its file.
pub(crate) fn text<'a>(files: &'a [File], at: &Location) -> Option<&'a str> {
    // The default guest knows its places to the byte.
    let Location::Span(span) = at else { return None };
    files.get(span.file as usize)?.text.get(span.start as usize..span.end as usize)
}

/// Whether a text of TOML, a value or a key, says the value: it is equal, or the value is a part of a text, as a claim's
/// name is one of `pvc://claim/path`. A doubled dollar is how Kubernetes is told that one is meant.
pub(crate) fn says(text: &str, value: &Value) -> bool {
    let written = toml::to_json(&format!("v = {text}")).map_or_else(|_| text.into(), |it| it["v"].clone());
    let shown = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    &written == value || shown(&written).contains(&shown(value).replace("$$(", "$("))
}

#[test]
fn a_value_is_found_in_every_form_that_toml_has() {
    assert!(says("'a'", &"a".into()) && says("\"\\u0061\"", &"a".into()));
    assert!(says("1_000", &1000.into()) && says("0x10", &"16".into()) && says("true", &true.into()));
    assert!(says("\"pvc://models/a\"", &"models".into()) && says("proxy", &"proxy".into()));
    assert!(says("'a/$(B)'", &"a/$$(B)".into()) && !says("'a/$(B)'", &"a/$$$(B)".into()));
    assert!(says("[]", &serde_json::json!([])) && !says("\"a\"", &"b".into()) && !says("2", &true.into()));
}
