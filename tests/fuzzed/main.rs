//! What `make fuzz` looks at for as long as it is told, for a moment and the same way each time: the seeds of every
//! target, and seeds with some bytes changed.
//!
//! A target is a function of bytes that panics when something does not hold; `fuzz/targets` hands it to libFuzzer. With
//! `FUZZ_CORPUS` set to a folder, the seeds are written there as well, for a fuzzer to begin with.

#![cfg(test)]

mod archive;
mod authority;
mod cache;
mod chunks;
mod component;
mod drawn;
mod operator;
mod output;
mod paths;
mod problems;
mod seeds;
mod shown;
mod spec;
#[path = "../support"]
mod support {
    pub(crate) mod component;
    pub(crate) mod project;
}

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::ensure;

use seeds::Seed;

type Look = fn(&[u8]);

/// Every target, and how many changed seeds it gets here; those of specs are drawn in `properties.rs`.
const TARGETS: [(&str, Look, u32); 9] = [
    ("archive", archive::look, 2_000),
    ("authority", authority::look, 5_000),
    ("cache", cache::look, 5_000),
    ("component", component::look, 5_000),
    ("operator", operator::look, 5_000),
    ("output", output::look, 1_000),
    ("paths", paths::look, 2_000),
    ("problems", problems::look, 5_000),
    ("spec", spec::look, 0),
];

/// Bytes that mean something to some target.
const PIECES: [&[u8]; 24] = [
    b"",
    b"\0",
    b"\xff",
    b"\xff\xff",
    b"\x80",
    b"\x01",
    b"/",
    b"../",
    b"..",
    b"a/",
    b"up/",
    b"in/",
    b"\n",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"=",
    b"1e9",
    b"-0.0",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa5",
];

#[test]
fn every_target_withstands_its_seeds() -> anyhow::Result<()> {
    for (target, look, _) in TARGETS {
        let seeds = seeds::of(target)?;
        ensure!(!seeds.is_empty(), "{target} has no seed");
        for Seed { bytes, .. } in &seeds {
            look(bytes);
        }
        if let Some(folder) = env::var_os("FUZZ_CORPUS") {
            write(PathBuf::from(folder).join(target), &seeds)?;
        }
    }
    Ok(())
}

fn write(folder: PathBuf, seeds: &[Seed]) -> anyhow::Result<()> {
    fs::create_dir_all(&folder)?;
    Ok(seeds.iter().try_for_each(|it| fs::write(folder.join(&it.name), &it.bytes))?)
}

#[test]
fn every_target_withstands_changed_seeds() {
    for (target, look, cases) in TARGETS {
        let seeds = seeds::of(target).expect("there are seeds");
        drawn::run(cases, &(0..seeds.len(), drawn::edits()), |(seed, edits)| {
            look(&drawn::edited(&seeds[seed].bytes, &edits, &PIECES));
            Ok(())
        });
    }
}

/// A target that no fuzzer runs, or that has no test, would not be missed.
#[test]
fn each_target_has_a_fuzzer_and_seeds() -> anyhow::Result<()> {
    let names: BTreeSet<String> = TARGETS.iter().map(|it| it.0.to_owned()).collect();
    let stem = |path: PathBuf| path.file_stem().map(|it| it.to_string_lossy().into_owned());
    for folder in ["fuzz/targets", "fuzz/seeds"] {
        let entries = fs::read_dir(support::project::path(folder))?;
        let found = entries.filter_map(|it| stem(it.ok()?.path())).collect::<BTreeSet<_>>();
        ensure!(found == names, "{folder} has {found:?}");
    }
    let manifest = fs::read_to_string(support::project::path("fuzz/Cargo.toml"))?;
    for name in names {
        ensure!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "no fuzzer is called {name}");
    }
    Ok(())
}
