//! What an Application or a person sets beside the spec: parameters, the environment, and who asks.
//!
//! A value on the command line comes before Argo CD's parameters, and these before `ARGOCD_ENV_…`, where Argo CD Image
//! Updater writes; of maps, too, the whole one counts. An empty value counts as not set: Argo CD passes those on.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::guest::contract::{Application, Parameter, ParameterValue, Problem};
use crate::problem::problem;

/// The parameter that chooses the guest; it and `limits` belong to the host, whatever a guest announces.
const GUEST: &str = "guest";
/// The map parameter that lowers limits.
const LIMITS: &str = "limits";
/// The parameter that chooses the environment. It belongs to the host, which passes the choice on and not the parameter.
const ENVIRONMENT: &str = "environment";
/// The map parameter that `--set` fills.
const SET: &str = "set";
/// A JSON array, or literally `null`.
const ARGO_PARAMETERS: &str = "ARGOCD_APP_PARAMETERS";

/// What stands on the command line.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `--env`.
    pub environment: Option<String>,
    /// `--param name=value`.
    pub parameters: Vec<(String, String)>,
    /// `--set path=value`.
    pub set: Vec<(String, String)>,
}

/// What a request takes from outside of its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The environment, if somebody chose.
    pub environment: Option<String>,
    /// Who asks, under Argo CD.
    pub application: Option<Application>,
    /// The guest, if somebody chose.
    pub guest: Option<String>,
    /// The limits that are to be lowered, sorted by name.
    pub limits: Vec<(String, String)>,
    /// Sorted by name, each name once; without those that belong to the host.
    pub parameters: Vec<(String, ParameterValue)>,
}

/// Why the choices cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The command line is wrong.
    Usage(String),
    /// What Argo CD passed is.
    Problem(Box<Problem>),
}

/// Argo CD's form of a parameter. It may have several forms at once, and each may be empty.
#[derive(Deserialize)]
struct ArgoParameter {
    name: String,
    string: Option<String>,
    array: Option<Vec<String>>,
    map: Option<BTreeMap<String, String>>,
}

type Values = BTreeMap<String, ParameterValue>;
type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The parameters of the host itself.
pub fn own() -> [Parameter; 2] {
    let parameter = |name: &str, title: &str, tooltip: &str, default| Parameter {
        name: name.to_owned(),
        title: title.to_owned(),
        tooltip: tooltip.to_owned(),
        required: false,
        default,
    };
    [
        parameter(
            GUEST,
            "Guest",
            "The guest that expands the spec: a name of the operator's file, or `default`.",
            ParameterValue::Text(String::new()),
        ),
        parameter(
            LIMITS,
            "Limits",
            "Lowers limits of this request, such as `fuel: 1000000`; `cmp-host limits` names them.",
            ParameterValue::Pairs(Vec::new()),
        ),
    ]
}

impl Choices {
    /// Puts together what the command line and Argo CD's environment say. Only the variables that are needed are read.
    /// Before the guest is known, nothing of it is announced; the host's own choices are the same then.
    pub fn of(given: &Given, announced: &[Parameter], variable: Variable<'_>) -> Result<Choices, Refusal> {
        let theirs = announced.iter().filter(|it| it.name != GUEST && it.name != LIMITS).cloned();
        let announced: &[Parameter] = &own().into_iter().chain(theirs).collect::<Vec<_>>();
        let mut parameters = from_variables(announced, variable)?;
        parameters.extend(from_argo(announced, variable)?);
        parameters.extend(from_command_line(given, announced).map_err(Refusal::Usage)?);
        let by_parameter = match parameters.remove(ENVIRONMENT) {
            None => None,
            Some(ParameterValue::Text(name)) => Some(name),
            Some(_) => return Err(misshapen(ENVIRONMENT, "a string")),
        };
        let environment = given.environment.clone().filter(|it| !it.is_empty()).or(by_parameter);
        let environment = match environment {
            Some(name) => Some(name),
            None => text(variable, "ARGOCD_ENV_ENVIRONMENT")?,
        };
        let guest = match parameters.remove(GUEST) {
            None => None,
            Some(ParameterValue::Text(name)) => Some(name),
            Some(_) => return Err(misshapen(GUEST, "a string")),
        };
        let limits = match parameters.remove(LIMITS) {
            None => Vec::new(),
            Some(ParameterValue::Pairs(pairs)) => pairs,
            Some(_) => return Err(misshapen(LIMITS, "a map")),
        };
        Ok(Choices {
            environment,
            application: application(variable)?,
            guest,
            limits,
            parameters: parameters.into_iter().collect(),
        })
    }
}

/// `image-tag` is `ARGOCD_ENV_IMAGE_TAG`. Only names that are announced are looked for.
fn from_variables(announced: &[Parameter], variable: Variable<'_>) -> Result<Values, Refusal> {
    let mut values = Values::new();
    for parameter in announced {
        let name = format!("ARGOCD_ENV_{}", parameter.name.to_uppercase().replace('-', "_"));
        if let Some(value) = text(variable, &name)? {
            values.extend(in_form(&parameter.default, &name, value)?.map(|it| (parameter.name.clone(), it)));
        }
    }
    Ok(values)
}

/// A variable is a text. What has several values stands in it as JSON, and without any it counts as not set.
fn in_form(announced: &ParameterValue, name: &str, text: String) -> Result<Option<ParameterValue>, Refusal> {
    Ok(match announced {
        ParameterValue::Text(_) => Some(ParameterValue::Text(text)),
        ParameterValue::Items(_) => {
            let items: Vec<String> = json(name, &text, "array of strings", r#"["a", "b"]"#)?;
            Some(items).filter(|it| !it.is_empty()).map(ParameterValue::Items)
        }
        ParameterValue::Pairs(_) => {
            let pairs: BTreeMap<String, String> =
                json(name, &text, "object of strings", r#"{"key": "value"}"#)?;
            Some(pairs).filter(|it| !it.is_empty()).map(|it| ParameterValue::Pairs(it.into_iter().collect()))
        }
    })
}

/// The parser's words would quote what stands there, and that may be a secret.
fn json<T: DeserializeOwned>(name: &str, text: &str, form: &str, example: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|_| {
        let help = format!("write `{example}`, each a string in quotes, or unset it");
        let found = problem("SG023", format!("the variable `{name}` is not a JSON {form}"));
        Refusal::Problem(Box::new(found.help(help)))
    })
}

fn from_argo(announced: &[Parameter], variable: Variable<'_>) -> Result<Values, Refusal> {
    let Some(json) = text(variable, ARGO_PARAMETERS)? else { return Ok(Values::new()) };
    let parameters: Option<Vec<ArgoParameter>> = serde_json::from_str(&json).map_err(|error| {
        let message = format!("{ARGO_PARAMETERS} is not what Argo CD sends: {error}");
        refusal(message, "pass a JSON array of objects with a `name`, or nothing")
    })?;
    let parameters = parameters.unwrap_or_default().into_iter();
    Ok(parameters.filter_map(|it| Some((it.name.clone(), it.into_value(announced)?))).collect())
}

impl ArgoParameter {
    /// The form that was announced, if it is there; else the first that is, about which the guest will have a word to say.
    fn into_value(self, announced: &[Parameter]) -> Option<ParameterValue> {
        let text = self.string.filter(|it| !it.is_empty()).map(ParameterValue::Text);
        let items = self.array.filter(|it| !it.is_empty()).map(ParameterValue::Items);
        let pairs =
            self.map.filter(|it| !it.is_empty()).map(|it| ParameterValue::Pairs(it.into_iter().collect()));
        match announced.iter().find(|it| it.name == self.name).map(|it| &it.default) {
            Some(ParameterValue::Items(_)) => items.or(text).or(pairs),
            Some(ParameterValue::Pairs(_)) => pairs.or(text).or(items),
            Some(ParameterValue::Text(_)) | None => text.or(items).or(pairs),
        }
    }
}

fn from_command_line(given: &Given, announced: &[Parameter]) -> Result<Values, String> {
    let mut values = Values::new();
    for (name, value) in given.parameters.iter().filter(|(_, value)| !value.is_empty()) {
        match announced.iter().find(|it| it.name == *name).map(|it| &it.default) {
            Some(ParameterValue::Pairs(_)) if name == LIMITS => push_limit(&mut values, value)?,
            Some(ParameterValue::Pairs(_)) if name == SET => {
                return Err(String::from("the parameter `set` is a map: write `--set path=value`"));
            }
            Some(ParameterValue::Pairs(_)) => {
                return Err(format!("the parameter `{name}` is a map, which `--param` cannot give"));
            }
            Some(ParameterValue::Items(_)) => push_item(&mut values, name, value),
            Some(ParameterValue::Text(_)) | None => {
                values.insert(name.clone(), ParameterValue::Text(value.clone()));
            }
        }
    }
    if !given.set.is_empty() {
        let pairs: BTreeMap<_, _> = given.set.iter().cloned().collect();
        values.insert(SET.to_owned(), ParameterValue::Pairs(pairs.into_iter().collect()));
    }
    Ok(values)
}

/// `--param name=a --param name=b` is the array of both.
fn push_item(values: &mut Values, name: &str, item: &str) {
    let list = values.entry(name.to_owned()).or_insert_with(|| ParameterValue::Items(Vec::new()));
    if let ParameterValue::Items(items) = list {
        items.push(item.to_owned());
    }
}

/// `--param limits=fuel=1000000`, as often as there are limits.
fn push_limit(values: &mut Values, pair: &str) -> Result<(), String> {
    let (limit, value) =
        pair.split_once('=').ok_or("the parameter `limits` is a map: write `--param limits=NAME=VALUE`")?;
    let map = values.entry(LIMITS.to_owned()).or_insert_with(|| ParameterValue::Pairs(Vec::new()));
    if let ParameterValue::Pairs(pairs) = map {
        pairs.retain(|(name, _)| name != limit);
        pairs.push((limit.to_owned(), value.to_owned()));
        pairs.sort();
    }
    Ok(())
}

fn misshapen(name: &str, form: &str) -> Refusal {
    refusal(format!("the parameter `{name}` takes {form}"), &format!("give `{name}` as {form}"))
}

fn application(variable: Variable<'_>) -> Result<Option<Application>, Refusal> {
    let Some(name) = text(variable, "ARGOCD_APP_NAME")? else { return Ok(None) };
    Ok(Some(Application {
        name,
        namespace: text(variable, "ARGOCD_APP_NAMESPACE")?.unwrap_or_default(),
        project: text(variable, "ARGOCD_APP_PROJECT_NAME")?.unwrap_or_default(),
    }))
}

fn text(variable: Variable<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let Some(value) = variable(name).filter(|it| !it.is_empty()) else { return Ok(None) };
    let not_utf8 = |_| refusal(format!("the variable {name} is not UTF-8"), "set it to a text, or unset it");
    value.into_string().map(Some).map_err(not_utf8)
}

fn refusal(message: String, help: &str) -> Refusal {
    Refusal::Problem(Box::new(problem("SG007", message).help(help)))
}

#[cfg(test)]
mod tests;
