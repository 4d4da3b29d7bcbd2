//! `generate`: door one, from a folder to manifests on stdout or in a folder.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::{Generate, ManifestFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::diagnostic::Report;
use crate::generate::Generated;
use crate::manifest::{Manifest, Manifests};
use crate::stop::Stop;
use crate::{file_names, json, whole_file, yaml};

pub(crate) fn run(config: &Config, arguments: &Generate) -> Result<(), Stop> {
    let given = question::given(arguments.env.as_deref(), &arguments.values);
    let question = match &arguments.application {
        Some(file) => question::ask_for(config, &arguments.place, file, &given),
        None => question::ask(config, &arguments.place, &given),
    }?;
    let (Generated { manifests, warnings }, files) = question.manifests()?;
    write(&manifests, arguments)?;
    commands::print_report(&Report::new(files, warnings));
    Ok(())
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
        whole_file::write(&path, text.as_bytes())
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

fn document(manifest: &Manifest, format: ManifestFormat) -> (String, &'static str) {
    match format {
        ManifestFormat::Yaml => (yaml::document(manifest), "yaml"),
        ManifestFormat::Json => (json::document(manifest) + "\n", "json"),
    }
}
