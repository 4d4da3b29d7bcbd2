//! What a door gave, in one form for those that are compared.

use std::collections::BTreeMap;

use cmp_host::guest::contract::{Answer, Expansion, File, Output, ParameterValue, Problem, Request, Source};
use similar::TextDiff;

use crate::asked::Asked;
use crate::files::NoFiles;
use crate::settings::{self, Settings};

/// What the default guest makes of a case, natively or as a component.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// A file or a variable could not be read, so the guest was not asked to expand.
    Unreadable(String),
    /// Something is wrong with the spec.
    Problems(Vec<Problem>),
    /// Manifests, with their origins and warnings; and the files that these point into.
    Expansion { files: Vec<File>, expansion: Expansion },
}

impl Outcome {
    /// Expands what was read, if everything could be.
    pub(crate) fn of(
        files: Result<Vec<File>, NoFiles>,
        settings: &Settings,
        expand: impl FnOnce(Vec<File>) -> anyhow::Result<Answer<Expansion>>,
    ) -> anyhow::Result<Outcome> {
        if let Some(name) = settings.variables.iter().find_map(|(name, text)| value(name, text).err()) {
            return Ok(Outcome::Unreadable(name));
        }
        Ok(match files {
            Err(NoFiles::Unreadable(path)) => Outcome::Unreadable(path),
            Err(NoFiles::Problems(problems)) => Outcome::Problems(problems),
            Ok(files) => match expand(files.clone())? {
                Ok(expansion) => Outcome::Expansion { files, expansion },
                Err(problems) => Outcome::Problems(problems),
            },
        })
    }

    /// Where another outcome differs.
    pub(crate) fn diff(&self, other: &Outcome) -> String {
        let (left, right) = (format!("{self:#?}\n"), format!("{other:#?}\n"));
        TextDiff::from_lines(&left, &right).unified_diff().header("native", "component").to_string()
    }

    /// In a word or two.
    pub(crate) fn summary(&self) -> String {
        match self {
            Outcome::Unreadable(path) => format!("no answer, since {path} cannot be read"),
            Outcome::Problems(problems) => format!("{} problems", problems.len()),
            Outcome::Expansion { expansion, .. } => format!("{} manifests", expansion.manifests.len()),
        }
    }
}

/// What the doors are asked for.
pub(crate) fn request(files: Vec<File>, settings: &Settings, asked: &Asked) -> Request {
    let mut parameters = BTreeMap::new();
    for (name, text) in &settings.variables {
        // One that cannot be read has no request.
        parameters.extend(value(name, text).ok().map(|it| (parameter(name), it)));
    }
    for (name, value) in &settings.params {
        parameters.insert(name.clone(), ParameterValue::Text(value.clone()));
    }
    if !settings.set.is_empty() {
        parameters.insert("set".into(), ParameterValue::Pairs(settings.set.clone().into_iter().collect()));
    }
    let folder = files.first().and_then(|it| it.path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let output = output(asked, folder);
    Request {
        files,
        environment: asked.environment.clone(),
        application: settings.application.clone().map(|it| it.into()),
        parameters: parameters.into_iter().collect(),
        output,
        with_origins: true,
    }
}

/// The parameter of a variable: `IMAGE_TAG` is `image-tag`.
fn parameter(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

/// What a variable says, or its name if that is not what its parameter takes. Of the default guest's, `set` alone is a map.
fn value(variable: &str, text: &str) -> Result<ParameterValue, String> {
    if parameter(variable) != "set" {
        return Ok(ParameterValue::Text(text.to_owned()));
    }
    let pairs: BTreeMap<String, String> = serde_json::from_str(text).map_err(|_| variable.to_owned())?;
    Ok(ParameterValue::Pairs(pairs.into_iter().collect()))
}

/// Where every case is delivered from.
pub(crate) const REPOSITORY: &str = "https://git.example.com/team/models.git";

fn output(asked: &Asked, folder: &str) -> Output {
    let source = || Source {
        repository: REPOSITORY.into(),
        revision: "HEAD".into(),
        path: folder.to_owned(),
        plugin: "sglang-v1".into(),
    };
    match asked.output {
        settings::Output::Manifests => Output::Manifests,
        settings::Output::Delivery => Output::Delivery(source()),
    }
}
