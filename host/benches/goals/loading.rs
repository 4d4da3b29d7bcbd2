//! The largest guest, loaded from the cache, against compiling it.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use cmp_host::guest::{Binary, Cache, Engine, Guest};

use crate::{Goal, turns};

const ROUNDS: usize = 20;
/// What `make bench` builds from `examples/guests/python`: 18 MB, for which wasmtime makes twice as much code.
const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.tools/guest-python.wasm");

/// Compiles once, in a child, into a cache of its own, and loads from there.
pub(crate) fn goals() -> anyhow::Result<Vec<Goal>> {
    let binary = Binary::read(Path::new(GUEST)).context("run `make bench`, which builds this guest")?;
    let folder = tempfile::tempdir()?;
    let cache = Cache::in_folder(folder.path());
    let engine = Engine::new()?.with_program(env!("CARGO_BIN_EXE_cmp-host").into());
    let start = Instant::now();
    Guest::load(&engine, &binary, &cache)?;
    let compiling = start.elapsed().as_secs_f64();
    // Compiling once more would tell the same; loading takes turns with nothing.
    let (loading, _) = turns::medians(ROUNDS, || drop(Guest::load(&engine, &binary, &cache)), || ());
    println!(
        "a guest of {} MB: {compiling:.1} s to compile, {:.1} ms to load",
        binary.size() / 1_000_000,
        loading * 1e3
    );
    let what = "loading the largest guest, as a part of compiling it";
    Ok(vec![Goal { what, measured: loading / compiling, unit: "", at_most: 0.05 }])
}
