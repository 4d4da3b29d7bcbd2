//! Version 0.1 of the contract: generated bindings, and conversions from and to the host's own types.

use crate::guest::contract as own;

/// The interface that a guest exports, as the component's type names it; a patch version may be newer.
pub(crate) const EXPORT: &str = "cmp-host:expander/expander@0.1.";
/// What people read of it.
pub(crate) const WORLD: &str = "cmp-host:expander/expander@0.1.0";

pub(crate) use generated::exports::cmp_host::expander::expander as wit;
pub(crate) use generated::{Guest as Exports, GuestPre as Linked};

mod generated {
    wasmtime::component::bindgen!({ path: "../wit", world: "guest" });
}

pub(crate) fn files(files: &[own::File]) -> Vec<wit::File> {
    files.iter().map(|it| wit::File { path: it.path.clone(), text: it.text.clone() }).collect()
}

pub(crate) fn request(request: &own::Request) -> wit::Request {
    wit::Request {
        files: files(&request.files),
        environment: request.environment.clone(),
        application: request.application.as_ref().map(|it| wit::Application {
            name: it.name.clone(),
            namespace: it.namespace.clone(),
            project: it.project.clone(),
        }),
        parameters: request
            .parameters
            .iter()
            .map(|(name, value)| (name.clone(), parameter_value(value)))
            .collect(),
        output: match &request.output {
            own::Output::Manifests => wit::Output::Manifests,
            own::Output::Delivery(source) => wit::Output::Delivery(wit::Source {
                repository: source.repository.clone(),
                revision: source.revision.clone(),
                path: source.path.clone(),
                plugin: source.plugin.clone(),
            }),
        },
        with_origins: request.with_origins,
    }
}

fn parameter_value(value: &own::ParameterValue) -> wit::ParameterValue {
    match value {
        own::ParameterValue::Text(text) => wit::ParameterValue::Text(text.clone()),
        own::ParameterValue::Items(items) => wit::ParameterValue::Items(items.clone()),
        own::ParameterValue::Pairs(pairs) => wit::ParameterValue::Pairs(pairs.clone()),
    }
}

/// Converts an answer whose problems, too, come from the guest.
pub(crate) fn answer<T, U: From<T>>(answer: Result<T, Vec<wit::Problem>>) -> own::Answer<U> {
    answer.map(U::from).map_err(each)
}

/// The same for a list.
pub(crate) fn answer_each<T, U: From<T>>(answer: Result<Vec<T>, Vec<wit::Problem>>) -> own::Answer<Vec<U>> {
    answer.map(each).map_err(each)
}

fn each<T, U: From<T>>(list: Vec<T>) -> Vec<U> {
    list.into_iter().map(U::from).collect()
}

impl From<wit::Location> for own::Location {
    fn from(it: wit::Location) -> Self {
        match it {
            wit::Location::Span(wit::Span { file, start, end }) => {
                own::Location::Span(own::Span { file, start, end })
            }
            wit::Location::Key(wit::Key { file, path }) => own::Location::Key { file, path },
        }
    }
}

impl From<wit::Problem> for own::Problem {
    fn from(it: wit::Problem) -> Self {
        own::Problem {
            severity: match it.severity {
                wit::Severity::Error => own::Severity::Error,
                wit::Severity::Warning => own::Severity::Warning,
                wit::Severity::Note => own::Severity::Note,
            },
            code: it.code,
            message: it.message,
            at: it.at.map(Into::into),
            secret: it.secret,
            help: it.help,
            related: each(it.related),
        }
    }
}

impl From<wit::Related> for own::Related {
    fn from(it: wit::Related) -> Self {
        own::Related { at: it.at.into(), message: it.message }
    }
}

impl From<wit::ParameterValue> for own::ParameterValue {
    fn from(it: wit::ParameterValue) -> Self {
        match it {
            wit::ParameterValue::Text(text) => own::ParameterValue::Text(text),
            wit::ParameterValue::Items(items) => own::ParameterValue::Items(items),
            wit::ParameterValue::Pairs(pairs) => own::ParameterValue::Pairs(pairs),
        }
    }
}

impl From<wit::Parameter> for own::Parameter {
    fn from(it: wit::Parameter) -> Self {
        own::Parameter {
            name: it.name,
            title: it.title,
            tooltip: it.tooltip,
            required: it.required,
            default: it.default.into(),
        }
    }
}

impl From<wit::SettingValue> for own::SettingValue {
    fn from(it: wit::SettingValue) -> Self {
        let setting = match it.setting {
            wit::Setting::ImageRepository => own::Setting::ImageRepository,
            wit::Setting::ImageTag => own::Setting::ImageTag,
            wit::Setting::ImageDigest => own::Setting::ImageDigest,
            wit::Setting::ImageVersion => own::Setting::ImageVersion,
            wit::Setting::Replicas => own::Setting::Replicas,
        };
        own::SettingValue { setting, value: it.value, key: it.key }
    }
}

impl From<wit::GuestInfo> for own::GuestInfo {
    fn from(it: wit::GuestInfo) -> Self {
        own::GuestInfo {
            name: it.name,
            version: it.version,
            schema: it.schema,
            parameters: each(it.parameters),
        }
    }
}

impl From<wit::Input> for own::Input {
    fn from(it: wit::Input) -> Self {
        own::Input { path: it.path, asked_by: it.asked_by.map(Into::into) }
    }
}

impl From<wit::Cause> for own::Cause {
    fn from(it: wit::Cause) -> Self {
        match it {
            wit::Cause::Written(location) => own::Cause::Written(location.into()),
            wit::Cause::Defaulted(reason) => own::Cause::Defaulted(reason),
            wit::Cause::Derived(it) => own::Cause::Derived { reason: it.reason, inputs: each(it.inputs) },
        }
    }
}

impl From<wit::Origin> for own::Origin {
    fn from(it: wit::Origin) -> Self {
        own::Origin { pointer: it.pointer, cause: it.cause.into() }
    }
}

impl From<wit::Manifest> for own::Manifest {
    fn from(it: wit::Manifest) -> Self {
        own::Manifest { json: it.json, origins: each(it.origins) }
    }
}

impl From<wit::Expansion> for own::Expansion {
    fn from(it: wit::Expansion) -> Self {
        own::Expansion {
            manifests: each(it.manifests),
            allow_empty: it.allow_empty,
            warnings: each(it.warnings),
        }
    }
}
