//! Explanations for machines: the same as for people, with nothing cut.

use serde_json::{Value, json};

use crate::diagnostic::Place;
use crate::explain::cause::{Cause, Leaf, Sources};
use crate::explain::cost::Cost;
use crate::explain::pods::{Count, is_device};
use crate::manifest::{Manifest, Manifests};

/// Fields of one object.
pub(crate) fn fields(manifest: &Manifest, leaves: &[Leaf]) -> Value {
    let fields = leaves
        .iter()
        .map(|it| json!({ "pointer": it.pointer, "value": it.value, "cause": cause(&it.cause) }));
    json!({ "kind": manifest.id().kind, "name": manifest.id().name, "fields": fields.collect::<Vec<_>>() })
}

fn cause(it: &Cause) -> Value {
    match it {
        Cause::Written(at) => json!({ "is": "written", "at": place(at) }),
        Cause::Defaulted(reason) => json!({ "is": "defaulted", "reason": reason }),
        Cause::Derived { reason, inputs } => {
            json!({ "is": "derived", "reason": reason, "inputs": inputs.iter().map(place).collect::<Vec<_>>() })
        }
        Cause::Unknown => json!({ "is": "unknown" }),
    }
}

/// As `check --format json` writes a place.
fn place(it: &Place) -> Value {
    json!({
        "file": it.path, "line": it.line, "column": it.column, "end_line": it.end_line, "end_column": it.end_column,
    })
}

/// What the environment costs, and its objects.
pub(crate) fn summary(manifests: &Manifests, sources: &Sources) -> Value {
    let cost = Cost::of(manifests);
    let total = cost.total.iter().map(|((resource, product), sum)| {
        let product = Some(product).filter(|_| is_device(resource));
        json!({ "resource": resource, "product": product, "quantity": sum.0.map(|it| it.to_string()) })
    });
    let pods = cost.pods.iter().map(|it| {
        let (count, until_done) = match it.count {
            Count::Standing(count) => (Some(count), false),
            Count::UntilDone(count) => (Some(count), true),
            Count::Open => (None, false),
        };
        let requests =
            it.requests.iter().map(|(name, sum)| (name.clone(), sum.0.map(|it| it.to_string()).into()));
        json!({
            "object": it.object, "count": count, "until_done": until_done,
            "requests": requests.collect::<serde_json::Map<String, Value>>(), "products": it.products,
        })
    });
    let volumes = cost.volumes.iter().map(|it| {
        let size = it.size.0.map(|it| it.to_string());
        json!({ "object": it.object, "class": it.class, "size": size, "count": it.count })
    });
    let objects = manifests.iter().map(
        |it| json!({ "kind": it.id().kind, "name": it.id().name, "cause": cause(&sources.of_object(it)) }),
    );
    json!({
        "total": total.collect::<Vec<_>>(),
        "pods": pods.collect::<Vec<_>>(),
        "volumes": volumes.collect::<Vec<_>>(),
        "objects": objects.collect::<Vec<_>>(),
    })
}
