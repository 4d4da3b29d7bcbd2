//! Where a field stands, as people write it and as RFC 6901 does.

use serde_json::Value;

use crate::json::escaped;

/// The place of a value within its object.
#[derive(Clone, Debug, Default)]
pub(super) struct At {
    pub(super) path: String,
    pub(super) pointer: String,
    /// Whether what stands here is a quantity of Kubernetes, such as `500m` or `16Gi`.
    pub(super) is_quantity: bool,
    /// Whether the values of this map are.
    holds_quantities: bool,
}

/// Maps of quantities, by their keys.
const MAPS: [&str; 6] = ["requests", "limits", "capacity", "allocatable", "hard", "averageValues"];
/// Quantities, by their keys.
const QUANTITIES: [&str; 4] = ["sizeLimit", "divisor", "averageValue", "storage"];

impl At {
    /// A value of a map.
    pub(super) fn key(&self, key: &str) -> At {
        let path = match (is_plain(key), self.path.is_empty()) {
            (true, true) => key.to_owned(),
            (true, false) => format!("{}.{key}", self.path),
            (false, _) => format!("{}[{}]", self.path, Value::from(key)),
        };
        At {
            path,
            pointer: format!("{}/{}", self.pointer, escaped(key)),
            is_quantity: self.may_hold_quantities() && (self.holds_quantities || QUANTITIES.contains(&key)),
            holds_quantities: self.may_hold_quantities() && MAPS.contains(&key),
        }
    }

    /// Labels and texts may have such keys as well, and are what is written.
    fn may_hold_quantities(&self) -> bool {
        !["/metadata", "/data"].iter().any(|it| self.pointer.starts_with(it))
    }

    /// An item of a list, by what tells it from its neighbours.
    pub(super) fn item(&self, label: &str, index: usize) -> At {
        At {
            path: format!("{}[{label}]", self.path),
            pointer: format!("{}/{index}", self.pointer),
            ..At::default()
        }
    }

    /// The order of a list's items.
    pub(super) fn order(&self) -> At {
        At { path: format!("{} (order)", self.path), ..self.clone() }
    }
}

/// What needs no quotes in a path.
pub(super) fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
}
