//! `argocd apps`: the objects by which Argo CD delivers a spec, made by its guest.

use super::repository;
use crate::cli::{Apps, ManifestFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::diagnostic::Report;
use crate::generate::Generated;
use crate::guest::contract::Source;
use crate::parameters::Given;
use crate::stop::Stop;
use crate::{json, yaml};

pub(crate) fn run(config: &Config, arguments: &Apps) -> Result<(), Stop> {
    let root = commands::find_root(&arguments.place)?;
    let source = Source {
        repository: repository::url(arguments.repo.as_deref(), &root)?,
        revision: arguments.revision.clone(),
        path: root.folder,
        plugin: arguments.plugin.clone(),
    };
    let given = Given { environment: arguments.env.clone(), ..Given::default() };
    let question = question::ask(config, &arguments.place, &given)?;
    let (Generated { manifests, warnings }, files) = question.delivery(source)?;
    commands::print(&match arguments.format {
        ManifestFormat::Yaml => yaml::stream(&manifests),
        ManifestFormat::Json => json::stream(&manifests),
    })?;
    commands::print_report(&Report::new(files, warnings));
    Ok(())
}
