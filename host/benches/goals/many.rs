//! What one manifest more costs, among few and among ten thousand.

use anyhow::anyhow;
use cmp_host::generate::generate;
use cmp_host::guest::contract::{File, Output, Request};
use cmp_host::guest::{Binary, Budget, Cache, Engine, Guest};
use cmp_host::json;

use crate::support::wat_guest::WatGuest;
use crate::{Goal, turns};

const ROUNDS: usize = 60;
const FEW: usize = 10;
const MANY: usize = 1_000;
const MOST: usize = 10_000;

/// Generates, from the guest's answer to the text that leaves.
pub(crate) fn goals() -> anyhow::Result<Vec<Goal>> {
    let [few, many, most] = [time(FEW)?, time(MANY)?, time(MOST)?];
    let early = (many - few) / (MANY - FEW) as f64;
    let late = (most - many) / (MOST - MANY) as f64;
    println!("a manifest more: {:.2} µs up to {MANY}, {:.2} µs up to {MOST}", early * 1e6, late * 1e6);
    let what = "one manifest more among ten thousand, as a part of one among a thousand";
    Ok(vec![Goal { what, measured: late / early, unit: "", at_most: 1.2 }])
}

/// Seconds for this many.
fn time(count: usize) -> anyhow::Result<f64> {
    let manifests = (0..count).flat_map(|it| WatGuest::of(&format!("config-{it:05}")).manifests).collect();
    let guest = WatGuest { manifests, ..WatGuest::default() };
    let engine = Engine::new()?.with_program(env!("CARGO_BIN_EXE_cmp-host").into());
    let guest = Guest::load(&engine, &Binary::of(guest.bytes()?), &Cache::none())?;
    let budget = Budget { manifests: MOST, ..Budget::default() };
    let request = request();
    generate(&guest, &request, &budget)?.map_err(|problems| anyhow!("{problems:?}"))?;
    let run = || {
        let generated = generate(&guest, &request, &budget);
        drop(std::hint::black_box(generated.map(|it| it.map(|it| json::stream(&it.manifests)))));
    };
    Ok(turns::medians(ROUNDS, run, || ()).0)
}

fn request() -> Request {
    Request {
        files: vec![File { path: "app.toml".into(), text: String::new() }],
        environment: None,
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    }
}
