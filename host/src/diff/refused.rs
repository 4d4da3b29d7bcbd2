//! Changes that the API server refuses, which a sync would find out: some fields of an object are made once.

use super::{Change, Field, Object, lines};
use crate::manifest::Id;
use crate::quantity::Quantity;

/// The claim's size, which may become more and never less.
const SIZE: &str = "/spec/resources/requests/storage";
/// Kinds, and where in them nothing changes any more.
const MADE_ONCE: &[(&str, &str)] = &[
    ("Deployment", "/spec/selector"),
    ("Job", "/spec/template"),
    ("PersistentVolumeClaim", "/spec/accessModes"),
    ("PersistentVolumeClaim", "/spec/storageClassName"),
];

/// What to know of an object before its sync: a line for each change that would fail.
pub(super) fn remarks(object: &Object) -> Vec<String> {
    let Change::Changed(fields) = &object.change else { return Vec::new() };
    let refused = fields.iter().filter_map(|it| Some((it, reason(&object.id, it)?)));
    let name = lines::name(object);
    refused.map(|(field, why)| format!("Kubernetes refuses this of {name}: `{}` {why}", field.path)).collect()
}

/// Why a change of a field is refused; none if it is taken.
pub(super) fn reason(id: &Id, field: &Field) -> Option<&'static str> {
    let is_below = |above: &str| {
        field.pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if MADE_ONCE.iter().any(|(kind, above)| id.kind == *kind && is_below(above)) {
        return Some("is made once; keep what it was, or delete the object first");
    }
    let is_size = id.kind == "PersistentVolumeClaim" && field.pointer == SIZE;
    let (before, after) = (field.before.as_ref()?, field.after.as_ref()?);
    (is_size && Quantity::is_less(after, before))
        .then_some("never becomes less; write what it was (`size` in `[cache]`), or delete the object first")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason_of(kind: &str, pointer: &str, before: serde_json::Value, after: serde_json::Value) -> bool {
        let id = Id { group: String::new(), kind: kind.into(), namespace: None, name: "a".into() };
        let field =
            Field { path: String::new(), pointer: pointer.into(), before: Some(before), after: Some(after) };
        reason(&id, &field).is_some()
    }

    #[test]
    fn a_claim_grows_and_keeps_the_rest() {
        let claim = "PersistentVolumeClaim";
        assert!(reason_of(claim, SIZE, json!("155Gi"), json!("85Gi")));
        assert!(!reason_of(claim, SIZE, json!("85Gi"), json!("155Gi")));
        assert!(!reason_of(claim, SIZE, json!("1Gi"), json!("1024Mi")));
        assert!(reason_of(claim, "/spec/accessModes/0", json!("ReadWriteOnce"), json!("ReadWriteMany")));
        assert!(!reason_of(claim, "/metadata/labels/a", json!("a"), json!("b")));
        assert!(!reason_of("Deployment", "/spec/replicas", json!(1), json!(2)));
        assert!(reason_of("Deployment", "/spec/selector/matchLabels/a", json!("a"), json!("b")));
    }
}
