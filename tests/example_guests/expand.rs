//! One spec, three languages, one answer.

use std::fs;
use std::path::Path;

use anyhow::{anyhow, ensure};
use cmp_host::generate::generate;
use cmp_host::guest::contract::{File, Output, Request};
use cmp_host::guest::{Binary, Budget, Cache, Engine, Guest};
use cmp_host::yaml;

use crate::example::{self, LANGUAGES};
use crate::support::{binary, project};

#[test]
fn every_language_gives_the_same_manifests() -> anyhow::Result<()> {
    for language in LANGUAGES {
        let guest = load(language)?;
        for environment in ["dev", "prod"] {
            let path = project::path(format!("examples/guests/expected.{environment}.yaml"));
            let found = expand(&guest, environment)?;
            // All three must give the bytes of the first.
            if std::env::var_os("BLESS").is_some() && language == LANGUAGES[0] {
                fs::write(&path, &found)?;
            }
            let expected = fs::read_to_string(&path)?;
            ensure!(found == expected, "{language}, {environment}:\n{found}");
        }
    }
    Ok(())
}

#[test]
fn every_language_names_the_same_settings() -> anyhow::Result<()> {
    let expected =
        |environment: &str, replicas: &str| format!("Replicas env.\"{environment}\".replicas = {replicas}");
    for language in LANGUAGES {
        let guest = load(language)?;
        for (environment, replicas) in [("dev", "1"), ("prod", "3")] {
            let answer = guest.settings(&[spec()?], Some(environment), &Budget::default())?;
            let found = answer.map_err(|it| anyhow!("{language}: {it:?}"))?;
            let [it] = found.as_slice() else { anyhow::bail!("{language}: {found:?}") };
            let found = format!("{:?} {} = {}", it.setting, it.key, it.value.clone().unwrap_or_default());
            ensure!(found == expected(environment, replicas), "{language}: {found}");
        }
    }
    Ok(())
}

#[test]
fn the_same_spec_gives_the_same_bytes_every_time() -> anyhow::Result<()> {
    for language in LANGUAGES {
        let guest = load(language)?;
        let first = expand(&guest, "prod")?;
        for run in 2..=20 {
            ensure!(expand(&guest, "prod")? == first, "{language}: run {run} differs");
        }
    }
    Ok(())
}

/// What the host would have refused to load, said about each by name.
#[test]
fn they_import_nothing() -> anyhow::Result<()> {
    for language in LANGUAGES {
        let outline = Binary::read(&example::build(language)?)?.outline(&Engine::new()?)?;
        ensure!(outline.imports.is_empty(), "{language} imports {:?}", outline.imports);
    }
    Ok(())
}

fn load(language: &str) -> anyhow::Result<Guest> {
    let engine = Engine::new()?.with_program(env!("CARGO_BIN_EXE_cmp-host").into());
    Ok(Guest::load(&engine, &Binary::read(&example::build(language)?)?, &cache())?)
}

/// Compiling Python takes half a minute; all tests and processes share the code.
fn cache() -> Cache {
    Cache::in_folder(Path::new(binary::CACHE))
}

fn spec() -> anyhow::Result<File> {
    Ok(File { path: String::from("app.toml"), text: fs::read_to_string(example::spec())? })
}

fn expand(guest: &Guest, environment: &str) -> anyhow::Result<String> {
    let request = Request {
        files: vec![spec()?],
        environment: Some(environment.to_owned()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    };
    let generated =
        generate(guest, &request, &Budget::default())?.map_err(|problems| anyhow!("{problems:?}"))?;
    Ok(yaml::stream(&generated.manifests))
}
