//! What the sandbox's limits cost, each alone: the default guest under engines that differ in one setting.
//!
//! These are figures and no goals. wasmtime itself is asked here, since no engine of the product leaves a limit out.

use anyhow::{anyhow, ensure};
use cmp_host::guest::contract::Request;
use cmp_host::guest::{Binary, Budget, settings};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use crate::turns;

use generated::GuestPre;
use generated::exports::cmp_host::expander::expander as wit;

mod generated {
    wasmtime::component::bindgen!({ path: "../wit", world: "guest" });
}

const ROUNDS: usize = 200;

/// How an engine holds a guest to its limits.
#[derive(Clone, Copy)]
struct Kind {
    fuel: bool,
    epochs: bool,
    /// Each address is compared, where else a fault of the processor finds what is out of bounds.
    compared: bool,
}

const NONE: Kind = Kind { fuel: false, epochs: false, compared: false };
/// The first is what the others are measured against.
const KINDS: [Kind; 5] = [
    NONE,
    Kind { fuel: true, ..NONE },
    Kind { epochs: true, ..NONE },
    Kind { fuel: true, epochs: true, ..NONE },
    Kind { compared: true, ..NONE },
];

/// Prints what each adds to an expansion without any.
pub(crate) fn print(request: &Request) -> anyhow::Result<()> {
    let request = in_words_of_wit(request);
    let rivals = KINDS.iter().map(|it| Rival::new(*it, &request)).collect::<anyhow::Result<Vec<_>>>()?;
    let times =
        turns::each(ROUNDS, rivals.len(), |it| drop(std::hint::black_box(rivals[it].expand(&request))));
    let more: Vec<f64> = times.iter().map(|it| (it / times[0] - 1.0) * 100.0).collect();
    println!(
        "limits, on top of {:.0} µs without: fuel {:.0} %, epochs {:.0} %, both {:.0} %; \
         comparing addresses instead of guard pages {:.0} %",
        times[0] * 1e6,
        more[1],
        more[2],
        more[3],
        more[4]
    );
    Ok(())
}

/// The default guest, compiled by one kind of engine.
struct Rival {
    kind: Kind,
    engine: Engine,
    linked: GuestPre<()>,
}

impl Rival {
    fn new(kind: Kind, request: &wit::Request) -> anyhow::Result<Rival> {
        let mut config = settings::config();
        config.consume_fuel(kind.fuel).epoch_interruption(kind.epochs);
        if kind.compared {
            // As much as a guest may have, so that growing moves nothing, and no byte behind it that would fault.
            config.memory_reservation(Budget::default().memory as u64).memory_guard_size(0);
        }
        let engine = Engine::new(&config)?;
        let component = Component::from_binary(&engine, Binary::default_guest().as_ref())?;
        let linked = GuestPre::new(Linker::new(&engine).instantiate_pre(&component)?)?;
        let rival = Rival { kind, engine, linked };
        let manifests = rival.expand(request)?.map_err(|problems| anyhow!("{problems:?}"))?.manifests;
        ensure!(!manifests.is_empty(), "no manifests");
        Ok(rival)
    }

    /// A whole call, in a store of its own, as the product makes it.
    fn expand(&self, request: &wit::Request) -> anyhow::Result<Result<wit::Expansion, Vec<wit::Problem>>> {
        let mut store = Store::new(&self.engine, ());
        if self.kind.fuel {
            store.set_fuel(Budget::default().fuel)?;
        }
        if self.kind.epochs {
            store.set_epoch_deadline(1_000);
        }
        let guest = self.linked.instantiate(&mut store)?;
        Ok(guest.cmp_host_expander_expander().call_expand(&mut store, request)?)
    }
}

fn in_words_of_wit(it: &Request) -> wit::Request {
    wit::Request {
        files: it.files.iter().map(|it| wit::File { path: it.path.clone(), text: it.text.clone() }).collect(),
        environment: it.environment.clone(),
        application: None,
        parameters: Vec::new(),
        output: wit::Output::Manifests,
        with_origins: it.with_origins,
    }
}
