//! The glue between the contract and plain Rust; with `heap.rs` the only file that is built for WebAssembly alone.

#![expect(unsafe_code, reason = "wit-bindgen generates it, and a comparison is handed raw bytes")]

use std::slice;

use crate::cold::Cold;
use crate::contract;
use crate::heap::Heap;
use crate::words;

wit_bindgen::generate!({ path: "../wit", world: "guest" });

use exports::cmp_host::expander::expander as wit;

#[global_allocator]
static HEAP: Heap = Heap::new();

/// What compilers call to compare bytes; compiler-builtins' own looks at one at a time, which took a tenth of an expansion.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, size: usize) -> i32 {
    // SAFETY: the caller promises so many bytes at both.
    let (left, right) = unsafe { (slice::from_raw_parts(left, size), slice::from_raw_parts(right, size)) };
    words::compare(left, right) as i32
}

/// Among the constants it took as much as one of the windows that the kernel maps.
static SCHEMA: Cold<{ crate::SCHEMA.len() }> = Cold::new(crate::SCHEMA);

struct Component;

export!(Component);

impl wit::Guest for Component {
    fn describe() -> wit::GuestInfo {
        wit::GuestInfo {
            name: crate::NAME.into(),
            version: crate::VERSION.into(),
            schema: SCHEMA.text(),
            parameters: crate::parameters::TABLE.iter().map(parameter).collect(),
        }
    }

    fn inputs(files: Vec<wit::File>) -> Result<Vec<wit::Input>, Vec<wit::Problem>> {
        let inputs = crate::inputs(&contract_files(files)).map_err(problems)?;
        Ok(inputs.into_iter().map(input).collect())
    }

    fn environments(files: Vec<wit::File>) -> Result<Vec<String>, Vec<wit::Problem>> {
        crate::environments(&contract_files(files)).map_err(problems)
    }

    fn settings(
        files: Vec<wit::File>,
        environment: Option<String>,
    ) -> Result<Vec<wit::SettingValue>, Vec<wit::Problem>> {
        let values = crate::settings(&contract_files(files), environment.as_deref()).map_err(problems)?;
        Ok(values.into_iter().map(setting).collect())
    }

    fn init(answers: Vec<(String, String)>) -> Result<String, Vec<wit::Problem>> {
        crate::init(&answers).map_err(problems)
    }

    fn expand(request: wit::Request) -> Result<wit::Expansion, Vec<wit::Problem>> {
        crate::expand(&contract_request(request)).map(expansion).map_err(problems)
    }
}

fn contract_files(files: Vec<wit::File>) -> Vec<contract::File> {
    files.into_iter().map(|it| contract::File { path: it.path, text: it.text }).collect()
}

fn contract_request(it: wit::Request) -> contract::Request {
    contract::Request {
        files: contract_files(it.files),
        environment: it.environment,
        application: it.application.map(|it| contract::Application {
            name: it.name,
            namespace: it.namespace,
            project: it.project,
        }),
        parameters: it.parameters.into_iter().map(|(name, value)| (name, contract_value(value))).collect(),
        output: match it.output {
            wit::Output::Manifests => contract::Output::Manifests,
            wit::Output::Delivery(it) => contract::Output::Delivery(contract::Source {
                repository: it.repository,
                revision: it.revision,
                path: it.path,
                plugin: it.plugin,
            }),
        },
        with_origins: it.with_origins,
    }
}

fn contract_value(it: wit::ParameterValue) -> contract::ParameterValue {
    match it {
        wit::ParameterValue::Text(text) => contract::ParameterValue::Text(text),
        wit::ParameterValue::Items(items) => contract::ParameterValue::Items(items),
        wit::ParameterValue::Pairs(pairs) => contract::ParameterValue::Pairs(pairs),
    }
}

fn parameter(it: &contract::Parameter) -> wit::Parameter {
    wit::Parameter {
        name: it.name.into(),
        title: it.title.into(),
        tooltip: it.tooltip.into(),
        required: false,
        default: match it.default.clone() {
            contract::ParameterValue::Text(text) => wit::ParameterValue::Text(text),
            contract::ParameterValue::Items(items) => wit::ParameterValue::Items(items),
            contract::ParameterValue::Pairs(pairs) => wit::ParameterValue::Pairs(pairs),
        },
    }
}

fn setting(it: contract::SettingValue) -> wit::SettingValue {
    let setting = match it.setting {
        contract::Setting::ImageRepository => wit::Setting::ImageRepository,
        contract::Setting::ImageTag => wit::Setting::ImageTag,
        contract::Setting::ImageDigest => wit::Setting::ImageDigest,
        contract::Setting::ImageVersion => wit::Setting::ImageVersion,
        contract::Setting::Replicas => wit::Setting::Replicas,
    };
    wit::SettingValue { setting, value: it.value, key: it.key }
}

fn input(it: contract::Input) -> wit::Input {
    wit::Input { path: it.path, asked_by: it.asked_by.map(location) }
}

fn location(it: contract::Span) -> wit::Location {
    wit::Location::Span(wit::Span { file: it.file, start: it.start, end: it.end })
}

fn problems(problems: Vec<contract::Problem>) -> Vec<wit::Problem> {
    problems.into_iter().map(problem).collect()
}

fn problem(it: contract::Problem) -> wit::Problem {
    wit::Problem {
        severity: match it.severity {
            contract::Severity::Error => wit::Severity::Error,
            contract::Severity::Warning => wit::Severity::Warning,
        },
        code: it.code.into(),
        message: it.message,
        at: it.at.map(location),
        secret: it.secret,
        help: it.help,
        related: it
            .related
            .into_iter()
            .map(|it| wit::Related { at: location(it.at), message: it.message })
            .collect(),
    }
}

fn expansion(it: contract::Expansion) -> wit::Expansion {
    wit::Expansion {
        manifests: it.manifests.into_iter().map(manifest).collect(),
        allow_empty: it.allow_empty,
        warnings: problems(it.warnings),
    }
}

fn manifest(it: contract::Manifest) -> wit::Manifest {
    let origins = it
        .origins
        .into_iter()
        .map(|it| wit::Origin { pointer: it.pointer, cause: cause(it.cause) })
        .collect();
    wit::Manifest { json: it.json, origins }
}

fn cause(it: contract::Cause) -> wit::Cause {
    match it {
        contract::Cause::Written(span) => wit::Cause::Written(location(span)),
        contract::Cause::Defaulted(reason) => wit::Cause::Defaulted(reason),
        contract::Cause::Derived(reason, inputs) => wit::Cause::Derived(wit::Derivation {
            reason,
            inputs: inputs.into_iter().map(location).collect(),
        }),
    }
}
