//! What a fuzzer starts from: what is kept for it, and what this repository has anyway.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use cmp_guest::contract::{File, Output, Request};
use wit_component::StringEncoding;

use crate::chunks;
use crate::support::{component, project};

/// An input, and what people call it.
#[derive(Clone)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Where a target's inputs are kept: those that somebody wrote, and those that were found and mended.
pub(crate) fn folder(target: &str) -> PathBuf {
    project::path("fuzz/seeds").join(target)
}

/// All seeds of a target.
pub(crate) fn of(target: &str) -> anyhow::Result<Vec<Seed>> {
    let mut seeds = kept(target).with_context(|| format!("fuzz/seeds/{target}"))?;
    seeds.extend(match target {
        "spec" => [called("tests/cases", "sglang.toml")?, called("examples", "sglang.toml")?].concat(),
        "operator" => called("tests/cases", "operator.toml")?,
        "output" => answers()?,
        "component" => components()?,
        _ => Vec::new(),
    });
    Ok(seeds)
}

fn kept(target: &str) -> anyhow::Result<Vec<Seed>> {
    read(list(folder(target))?)
}

/// The files of this name, at any depth.
fn called(folder: &str, name: &str) -> anyhow::Result<Vec<Seed>> {
    let mut folders = vec![project::path(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in list(folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with(name) {
                found.push(path);
            }
        }
    }
    read(found)
}

/// What the default guest makes of each example.
fn answers() -> anyhow::Result<Vec<Seed>> {
    let answers = called("examples", "sglang.toml")?.into_iter().filter_map(|Seed { name, bytes }| {
        let text = String::from_utf8(bytes).ok()?;
        let expansion = cmp_guest::expand(&request(text)).ok()?;
        let manifests: Vec<_> = expansion.manifests.into_iter().map(|it| it.json.into_bytes()).collect();
        Some(Seed { name, bytes: manifests.join(&chunks::SEPARATOR) })
    });
    Ok(answers.collect())
}

fn request(text: String) -> Request {
    Request {
        files: vec![File { path: "sglang.toml".into(), text }],
        environment: Some("prod".into()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    }
}

/// The hostile corpus. The guest that makes handles keeps another contract, which its test adds.
fn components() -> anyhow::Result<Vec<Seed>> {
    let texts = read(list(project::path("tests/guests"))?)?;
    let texts =
        texts.into_iter().filter(|it| it.name.ends_with(".wat") && !it.name.contains("handles-without"));
    let seeds = texts.map(|Seed { name, bytes }| {
        let bytes = component::of_text(str::from_utf8(&bytes)?, StringEncoding::UTF8, None);
        Ok(Seed { bytes: bytes.with_context(|| name.clone())?, name })
    });
    seeds.collect()
}

fn list(folder: PathBuf) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(paths: Vec<PathBuf>) -> anyhow::Result<Vec<Seed>> {
    let root = project::path("");
    let seeds = paths.into_iter().map(|path| {
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('/', "-");
        Ok(Seed { bytes: fs::read(&path).with_context(|| path.display().to_string())?, name })
    });
    seeds.collect()
}
