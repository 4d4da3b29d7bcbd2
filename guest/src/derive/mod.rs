//! From what was written to what is meant: everything that one environment implies, computed after the merge.

pub(crate) mod cache;
pub(crate) mod flags;
pub(crate) mod gpu;
pub(crate) mod hub;
pub(crate) mod image;
pub(crate) mod keys;
pub(crate) mod labels;
pub(crate) mod model;
pub(crate) mod parallel;
mod pinned;
pub(crate) mod runtime;
pub(crate) mod secrets;

use crate::catalog::sizing::Fit;
use crate::contract::{File, Problem};
use crate::sources::{CHAT_TEMPLATE, template_path};
use crate::spec::Spec;
use crate::spec::units::{ObjectName, is_label};
use keys::Keys;

/// A service in one environment, ready to be checked and built.
pub(crate) struct Plan<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) keys: Keys<'a>,
    pub(crate) environment: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) port: u16,
    pub(crate) replicas: Option<u32>,
    pub(crate) strategy: runtime::Strategy,
    pub(crate) image: image::Image,
    pub(crate) gpu: gpu::Gpu,
    pub(crate) model: model::Model,
    pub(crate) parallel: parallel::Parallel,
    /// How the model fits its accelerators; none if too little is known.
    pub(crate) fit: Option<Fit>,
    pub(crate) cache: cache::Cache,
    pub(crate) secrets: secrets::Secrets,
    pub(crate) flags: flags::Flags,
    pub(crate) resources: runtime::Resources,
    pub(crate) times: runtime::Times,
    /// The text of the chat template.
    pub(crate) chat_template: Option<&'a str>,
    /// The number of its file.
    pub(crate) chat_template_file: Option<u32>,
}

/// What a plan is made from.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) keys: Keys<'a>,
    pub(crate) environment: Option<&'a str>,
    pub(crate) files: &'a [File],
}

/// Derives the plan. It is whole even where something is wrong, so that every check can run.
pub(crate) fn plan<'a>(given: Given<'a>, problems: &mut Vec<Problem>) -> Plan<'a> {
    let Given { spec, keys, environment, files } = given;
    let name = spec.name.as_ref().map_or("", |it| it.as_str());
    let image = image::image(spec, keys, problems);
    let gpu = gpu::gpu(spec, keys, problems);
    let model = model::model(spec, keys, problems);
    let parallel = parallel::parallel(spec);
    let cache = cache::cache(spec, &model);
    let template = chat_template(spec, keys, files, problems);
    let chat_template = template.map(|it| files[it].text.as_str());
    let flags = flags::flags(
        &flags::Given { spec, keys, image: &image, model: &model, parallel, chat_template },
        problems,
    );
    let fit = gpu::fit(spec, &gpu, &model, parallel);
    let pinned_gib = pinned::gib(&flags, fit, gpu.count, image.flags_as_of());
    Plan {
        spec,
        keys,
        environment,
        name,
        namespace: namespace(spec, keys, environment, problems),
        service_account: spec
            .service_account
            .name
            .as_ref()
            .map_or_else(|| name.to_owned(), ObjectName::to_string),
        port: spec.port.map_or(30_000, |it| it.0),
        replicas: runtime::replicas(spec),
        strategy: runtime::strategy(spec, &cache),
        resources: runtime::resources(spec, &model, &cache, pinned_gib),
        times: runtime::times(spec, &model, &gpu, &cache, &flags),
        fit,
        secrets: secrets::secrets(spec),
        image,
        gpu,
        model,
        parallel,
        cache,
        flags,
        chat_template,
        chat_template_file: template.and_then(|it| u32::try_from(it).ok()),
    }
}

/// The namespace of every object.
pub(crate) fn namespace(
    spec: &Spec,
    keys: Keys<'_>,
    environment: Option<&str>,
    problems: &mut Vec<Problem>,
) -> String {
    let usual = if environment.is_some() { "{name}-{env}" } else { "{name}" };
    let template = spec.namespace.as_ref().map_or(usual, |it| it.as_str());
    let name = spec.name.as_ref().map_or("", |it| it.as_str());
    let namespace = template.replace("{name}", name).replace("{env}", environment.unwrap_or_default());
    // A name that is missing or wrong is reported as such.
    if spec.name.is_some() && !is_label(&namespace) {
        let message = format!("the namespace cannot be `{namespace}`; expected a DNS-1123 label");
        let help = "set `namespace` to at most 63 lower case letters, digits and `-`";
        problems.push(Problem::error("SG013", message).at(keys.near("namespace")).help(help));
    }
    namespace
}

/// The number of the file that the spec names.
fn chat_template(spec: &Spec, keys: Keys<'_>, files: &[File], problems: &mut Vec<Problem>) -> Option<usize> {
    spec.model.chat_template.as_ref()?;
    let node = keys.0.find(CHAT_TEMPLATE)?;
    let number = |path: String| files.iter().position(|it| it.path == path).ok_or(path);
    let problem = match template_path(files, node).map(number) {
        Ok(Ok(number)) => return Some(number),
        Ok(Err(path)) => Problem::error("SG004", format!("`{path}` was not read"))
            .help("name the template in the spec itself"),
        Err(problem) => problem,
    };
    problems.push(problem.at(node.place()));
    None
}
