//! The native door: the default guest's crate, called directly, and its answers in the host's words.

use cmp_guest::contract as guest;
use cmp_host::guest::contract as host;

use crate::asked::Asked;
use crate::files::{NoFiles, gather};
use crate::laid::Laid;
use crate::outcome::{Outcome, request};
use crate::settings::Settings;

/// The environments of a spec; none if it cannot be read, which the runs will say.
pub(crate) fn environments(laid: &Laid) -> Vec<String> {
    files(laid)
        .ok()
        .and_then(|files| cmp_guest::environments(&files_to_guest(&files)).ok())
        .unwrap_or_default()
}

/// What the native guest makes of a case.
pub(crate) fn expand(laid: &Laid, settings: &Settings, asked: &Asked) -> anyhow::Result<Outcome> {
    Outcome::of(files(laid), settings, |files| {
        let answer = cmp_guest::expand(&request_to_guest(request(files, settings, asked)));
        Ok(answer.map(expansion).map_err(problems))
    })
}

fn files(laid: &Laid) -> Result<Vec<host::File>, NoFiles> {
    gather(laid, |files| match cmp_guest::inputs(&files_to_guest(files)) {
        Ok(inputs) => Ok(inputs
            .into_iter()
            .map(|it| host::Input { path: it.path, asked_by: it.asked_by.map(location) })
            .collect()),
        Err(found) => Err(problems(found)),
    })
}

fn files_to_guest(files: &[host::File]) -> Vec<guest::File> {
    files.iter().map(|it| guest::File { path: it.path.clone(), text: it.text.clone() }).collect()
}

fn request_to_guest(it: host::Request) -> guest::Request {
    guest::Request {
        files: files_to_guest(&it.files),
        environment: it.environment,
        application: it.application.map(|it| guest::Application {
            name: it.name,
            namespace: it.namespace,
            project: it.project,
        }),
        parameters: it.parameters.into_iter().map(|(name, value)| (name, value_to_guest(value))).collect(),
        output: output_to_guest(it.output),
        with_origins: it.with_origins,
    }
}

fn output_to_guest(it: host::Output) -> guest::Output {
    match it {
        host::Output::Manifests => guest::Output::Manifests,
        host::Output::Delivery(it) => guest::Output::Delivery(guest::Source {
            repository: it.repository,
            revision: it.revision,
            path: it.path,
            plugin: it.plugin,
        }),
    }
}

fn value_to_guest(it: host::ParameterValue) -> guest::ParameterValue {
    match it {
        host::ParameterValue::Text(text) => guest::ParameterValue::Text(text),
        host::ParameterValue::Items(items) => guest::ParameterValue::Items(items),
        host::ParameterValue::Pairs(pairs) => guest::ParameterValue::Pairs(pairs),
    }
}

fn expansion(it: guest::Expansion) -> host::Expansion {
    host::Expansion {
        manifests: it.manifests.into_iter().map(manifest).collect(),
        allow_empty: it.allow_empty,
        warnings: problems(it.warnings),
    }
}

fn manifest(it: guest::Manifest) -> host::Manifest {
    let origins =
        it.origins.into_iter().map(|it| host::Origin { pointer: it.pointer, cause: cause(it.cause) });
    host::Manifest { json: it.json, origins: origins.collect() }
}

fn cause(it: guest::Cause) -> host::Cause {
    match it {
        guest::Cause::Written(at) => host::Cause::Written(location(at)),
        guest::Cause::Defaulted(reason) => host::Cause::Defaulted(reason),
        guest::Cause::Derived(reason, inputs) => {
            host::Cause::Derived { reason, inputs: inputs.into_iter().map(location).collect() }
        }
    }
}

fn problems(found: Vec<guest::Problem>) -> Vec<host::Problem> {
    found.into_iter().map(problem).collect()
}

fn problem(it: guest::Problem) -> host::Problem {
    let related = it.related.into_iter().map(|it| host::Related { at: location(it.at), message: it.message });
    host::Problem {
        severity: match it.severity {
            guest::Severity::Error => host::Severity::Error,
            guest::Severity::Warning => host::Severity::Warning,
        },
        code: it.code.into(),
        message: it.message,
        at: it.at.map(location),
        secret: it.secret,
        help: it.help,
        related: related.collect(),
    }
}

fn location(it: guest::Span) -> host::Location {
    host::Location::Span(host::Span { file: it.file, start: it.start, end: it.end })
}
