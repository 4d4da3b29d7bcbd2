//! Keys that the grammar reserves and this guest does not build yet: each is answered with a problem that says so.

use crate::contract::Problem;
use crate::tree::{Node, Value};

/// A reserved key, and what works until then.
struct Reserved {
    key: &'static str,
    is_reserved: fn(&Node) -> bool,
    instead: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        key: "model.draft",
        is_reserved: |_| true,
        instead: "write `flags.speculative-…`; the draft's weights are then not part of the sizing",
    },
    Reserved {
        key: "gpu.rdma",
        is_reserved: |_| true,
        instead: "a replica is one pod on one node, which needs no RDMA",
    },
    Reserved {
        key: "gpu.via",
        is_reserved: |it| it.text() == Some("dra"),
        instead: "write `via = \"plugin\"`, or `via = \"mig:…\"` for a slice",
    },
    Reserved {
        key: "topology",
        is_reserved: |it| {
            it.table()
                .is_some_and(|it| it.iter().any(|(key, it)| key != "kind" || it.text() != Some("single")))
        },
        instead: "leave `topology` out: a replica is one pod on one node",
    },
    Reserved {
        key: "router",
        is_reserved: |_| true,
        instead: "leave `router` out: the Service spreads callers over the replicas",
    },
    Reserved {
        key: "scale",
        is_reserved: |it| matches!(it.value, Value::Table(_)),
        instead: "write `scale = \"external\"` and bring an autoscaler of your own",
    },
    Reserved {
        key: "security",
        is_reserved: |it| it.text() == Some("rdma"),
        instead: "write `security = \"root-min\"` or `\"nonroot\"`",
    },
];

/// Takes the reserved keys out of the tree, so that they are reported once and as what they are.
pub(crate) fn take_reserved(tree: &mut Node) -> Vec<Problem> {
    RESERVED.iter().filter_map(|it| take(tree, it)).collect()
}

fn take(tree: &mut Node, reserved: &Reserved) -> Option<Problem> {
    let Reserved { key, is_reserved, instead } = reserved;
    let at = tree.find(key).filter(|it| is_reserved(it))?.place();
    tree.remove(&key.split('.').collect::<Vec<_>>());
    Some(
        Problem::error(
            "SG017",
            format!("`{key}` is a part of the grammar that this guest does not build yet"),
        )
        .at(at)
        .help(*instead),
    )
}
