//! The variables that a plugin gets, in the order in which Argo CD's repo-server puts them together.
//!
//! `PARAM_…` is left out, since it says what `ARGOCD_APP_PARAMETERS` says, and nobody here reads it.

use std::ffi::OsString;

use serde_json::{Map, Value, json};

use crate::application::expand::expand;
use crate::application::source::{Parameter, Plugin, Source};
use crate::guest::contract::{Application, Problem, Severity};
use crate::nearest::nearest;
use crate::problem::problem;

/// The code of a value that cannot be told here.
const CODE: &str = "SG037";
/// What the cluster and the commit say.
const UNKNOWN: [&str; 5] = [
    "ARGOCD_APP_REVISION",
    "ARGOCD_APP_REVISION_SHORT",
    "ARGOCD_APP_REVISION_SHORT_8",
    "KUBE_VERSION",
    "KUBE_API_VERSIONS",
];

/// Names and values; of two with one name, the later one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables(Vec<(String, String)>);

impl Variables {
    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        self.0.iter().rev().find(|it| it.0 == name).map(|it| (&it.1).into())
    }

    /// A line for each.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, value)| format!("{name}={value}\n"))
    }

    /// What this source gives to the plugin, and what of it Argo CD alone knows.
    pub(crate) fn of(
        application: &Application,
        source: &Source,
        plugin: &Plugin,
    ) -> (Variables, Vec<Problem>) {
        let build = build(application, source);
        let mut warnings = Vec::new();
        let mut variables = Variables(build.clone());
        for it in plugin.variables.iter() {
            let value = expand(&it.value, |name| {
                let known = build.iter().find(|it| it.0 == name);
                if known.is_none() {
                    warnings.push(Problem { at: it.at.clone(), ..unknown(name, &build) });
                }
                known.map(|it| it.1.clone()).unwrap_or_default()
            });
            variables.0.push((format!("ARGOCD_ENV_{}", it.name), value));
        }
        variables.0.push((String::from("ARGOCD_APP_PARAMETERS"), parameters(plugin)));
        (variables, warnings)
    }
}

/// What values may refer to.
fn build(application: &Application, source: &Source) -> Vec<(String, String)> {
    let variables = [
        ("ARGOCD_APP_NAME", &application.name),
        ("ARGOCD_APP_NAMESPACE", &application.namespace),
        ("ARGOCD_APP_PROJECT_NAME", &application.project),
        ("ARGOCD_APP_SOURCE_REPO_URL", &source.repository),
        ("ARGOCD_APP_SOURCE_PATH", &source.path),
        ("ARGOCD_APP_SOURCE_TARGET_REVISION", &source.revision),
    ];
    variables.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn unknown(name: &str, build: &[(String, String)]) -> Problem {
    let (message, help) = if UNKNOWN.contains(&name) {
        let message = format!("only Argo CD knows `{name}`; here it is empty");
        (message, String::from("pass what the manifests depend on as a parameter"))
    } else {
        let names = || build.iter().map(|it| it.0.as_str()).chain(UNKNOWN);
        let help = match nearest(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => String::from("write `$$` for a dollar"),
        };
        (format!("Argo CD knows no variable `{}`, and puts nothing there", name.escape_debug()), help)
    };
    Problem { severity: Severity::Warning, ..problem(CODE, message).help(help) }
}

fn parameters(plugin: &Plugin) -> String {
    Value::Array(plugin.parameters.iter().map(parameter).collect()).to_string()
}

/// Go sorts the keys.
fn parameter(it: &Parameter) -> Value {
    let mut entries = Map::new();
    entries.extend(it.items.as_ref().map(|it| (String::from("array"), json!(it))));
    entries.extend(it.pairs.as_ref().map(|it| (String::from("map"), json!(it))));
    entries.insert(String::from("name"), json!(it.name));
    entries.extend(it.text.as_ref().map(|it| (String::from("string"), json!(it))));
    Value::Object(entries)
}
