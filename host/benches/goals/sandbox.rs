//! The guest in its sandbox, with its limits on, against the same guest called natively.

use anyhow::anyhow;
use cmp_host::guest::contract::{File, Output, Request};
use cmp_host::guest::{Binary, Budget, Cache, Engine, Guest};
use cmp_host::limits::Limits;

use crate::{Goal, limits, native, process, turns};

const ROUNDS: usize = 400;

/// Measures a whole expansion: a new store, the spec handed in, the manifests handed out. The first engine of a process runs the
/// guest's code where it lies, as `serve` does, and the second one a copy.
pub(crate) fn goals() -> anyhow::Result<Vec<Goal>> {
    let (cache, binary) = (Cache::none(), Binary::default_guest());
    let engine = Engine::for_many_calls(&binary, &Limits::default(), 1)?;
    let guest = Guest::load(&engine, &binary, &cache)?;
    let request = request()?;
    let (in_wasm, natively) = against_native(&guest, &request)?;
    println!("guest: {:.0} µs in its sandbox, {:.0} µs natively", in_wasm * 1e6, natively * 1e6);
    let (once, natively_then) = against_native(&Guest::load(&Engine::new()?, &binary, &cache)?, &request)?;
    println!(
        "each time in memory that is fresh from the kernel: {:.0} µs, {:.2} of {:.0} µs natively",
        once * 1e6,
        once / natively_then,
        natively_then * 1e6
    );
    limits::print(&request)?;
    let what = "an expansion in the sandbox, as a part of the native one";
    Ok(vec![Goal { what, measured: in_wasm / natively, unit: "", at_most: 2.0 }])
}

fn against_native(guest: &Guest, request: &Request) -> anyhow::Result<(f64, f64)> {
    let budget = Budget::default();
    guest.expand(request, &budget)?.map_err(|problems| anyhow!("{problems:?}"))?;
    let native = native::request(request);
    Ok(turns::medians(
        ROUNDS,
        || drop(std::hint::black_box(guest.expand(request, &budget))),
        || drop(std::hint::black_box(cmp_guest::expand(&native))),
    ))
}

fn request() -> anyhow::Result<Request> {
    let text = std::fs::read_to_string(process::example().join("sglang.toml"))?;
    Ok(Request {
        files: vec![File { path: "sglang.toml".into(), text }],
        environment: Some("prod".into()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    })
}
