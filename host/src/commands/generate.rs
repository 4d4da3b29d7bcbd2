//! `generate`: door one, from a folder to manifests on stdout or in a folder.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::{Generate, ManifestFormat};
use crate::commands::{self, Stop};
use crate::diagnostic::Report;
use crate::generate::{Generated, generate};
use crate::guest::contract::{Output, Request};
use crate::guest::{Budget, Guest};
use crate::manifest::{Manifest, Manifests};
use crate::parameters::{Choices, Given, Refusal};
use crate::request::Rejection;
use crate::{file_names, json, yaml};

pub(crate) fn run(arguments: &Generate) -> Result<(), Stop> {
    let budget = Budget::default();
    let guest = commands::default_guest()?;
    let choices = choices(guest, arguments, &budget)?;
    let request = Request {
        files: commands::read_files(guest, &arguments.place, &budget)?,
        environment: choices.environment,
        application: choices.application,
        parameters: choices.parameters,
        output: Output::Manifests,
        with_origins: false,
    };
    match generate(guest, &request, &budget)? {
        Ok(Generated { manifests, warnings }) => {
            write(&manifests, arguments)?;
            commands::print_report(&Report::new(request.files, warnings));
            Ok(())
        }
        Err(problems) => Err(Rejection { files: request.files, problems }.into()),
    }
}

fn choices(guest: &Guest, arguments: &Generate, budget: &Budget) -> Result<Choices, Stop> {
    let given = Given {
        environment: arguments.env.clone(),
        parameters: arguments.parameters.clone(),
        set: arguments.set.clone(),
    };
    let announced =
        if may_give_parameters(arguments) { guest.describe(budget)?.parameters } else { Vec::new() };
    Choices::of(&given, &announced, &|name| std::env::var_os(name)).map_err(|refusal| match refusal {
        Refusal::Usage(text) => Stop::Usage(text),
        Refusal::Problem(problem) => commands::rejected(*problem),
    })
}

/// Only then must the guest be asked which parameters it takes. Argo CD gives them in variables.
fn may_give_parameters(arguments: &Generate) -> bool {
    let is_argo = |(name, _): (OsString, _)| name.as_encoded_bytes().starts_with(b"ARGOCD_");
    !arguments.parameters.is_empty() || !arguments.set.is_empty() || std::env::vars_os().any(is_argo)
}

fn write(manifests: &Manifests, arguments: &Generate) -> anyhow::Result<()> {
    match &arguments.output_dir {
        Some(folder) => write_files(manifests, folder, arguments.format),
        None => commands::print(&match arguments.format {
            ManifestFormat::Yaml => yaml::stream(manifests),
            ManifestFormat::Json => json::stream(manifests),
        }),
    }
}

fn write_files(manifests: &Manifests, folder: &Path, format: ManifestFormat) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let names = file_names::of(manifests);
    for (manifest, name) in manifests.iter().zip(names) {
        let (text, extension) = document(manifest, format);
        let path = folder.join(format!("{name}.{extension}"));
        write_whole(&path, &text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

fn document(manifest: &Manifest, format: ManifestFormat) -> (String, &'static str) {
    match format {
        ManifestFormat::Yaml => (yaml::document(manifest), "yaml"),
        ManifestFormat::Json => (json::document(manifest) + "\n", "json"),
    }
}

/// Written aside and renamed, so that nobody applies half a file.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let aside = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = fs::write(&aside, text).and_then(|()| fs::rename(&aside, path));
    written.inspect_err(|_| drop(fs::remove_file(&aside)))
}
