//! Stars for what stands in a Secret. That it differs is shown; what it is or was is not.

use serde_json::Value;

use super::{Change, Object};
use crate::manifest::Id;

const STARS: &str = "********";
/// Where a Secret keeps what is secret.
const SECRET: [&str; 2] = ["data", "stringData"];

/// Hides the values of a Secret.
pub(super) fn hide(object: &mut Object) {
    if !is_secret(&object.id) {
        return;
    }
    match &mut object.change {
        Change::Added(value) | Change::Removed(value) => {
            SECRET.iter().for_each(|it| value.get_mut(*it).into_iter().for_each(star));
        }
        Change::Changed(fields) => {
            let is_hidden = |pointer: &str| SECRET.iter().any(|it| pointer.split('/').nth(1) == Some(it));
            for field in fields.iter_mut().filter(|it| is_hidden(&it.pointer)) {
                field.before.iter_mut().chain(&mut field.after).for_each(star);
            }
        }
    }
}

fn is_secret(id: &Id) -> bool {
    id.kind == "Secret" && id.group.is_empty()
}

/// Keys stay: they are names of files and variables.
fn star(value: &mut Value) {
    match value {
        Value::Object(entries) => entries.values_mut().for_each(star),
        other => *other = Value::from(STARS),
    }
}
