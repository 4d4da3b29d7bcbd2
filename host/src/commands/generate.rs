//! `generate`: door one, from a folder to manifests on stdout or in a folder.

mod folder;

use crate::cli::{Generate, ManifestFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::diagnostic::Report;
use crate::generate::Generated;
use crate::manifest::Manifests;
use crate::stop::Stop;
use crate::{json, yaml};

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

fn write(manifests: &Manifests, arguments: &Generate) -> Result<(), Stop> {
    match &arguments.output_dir {
        Some(folder) => Ok(folder::write(manifests, folder, arguments.format)?),
        None => commands::print(&match arguments.format {
            ManifestFormat::Yaml => yaml::stream(manifests),
            ManifestFormat::Json => json::stream(manifests),
        }),
    }
}
