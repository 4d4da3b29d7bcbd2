//! The contract's records as plain Rust, so that everything but `component.rs` builds and runs natively.
//!
//! Each type mirrors the record of the same name in `wit/expander.wit`, where its meaning is documented.

/// A file of the repository; the spec is the first.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the repository's root.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// The bytes `start..end` of `files[file].text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file's place in the list.
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// How bad a problem is; an error leaves no manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No manifests can be made.
    Error,
    /// Manifests are made, and somebody should look.
    Warning,
}

/// A second place that explains a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub at: Span,
    /// What is to be seen there.
    pub message: String,
}

/// Something for a person to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether manifests are made all the same.
    pub severity: Severity,
    /// The stable code.
    pub code: &'static str,
    /// One line: what is wrong.
    pub message: String,
    /// Where; none if no file is at fault.
    pub at: Option<Span>,
    /// Whether what stands there must not be shown.
    pub secret: bool,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Related>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// A string.
    Text(String),
    /// An array.
    Items(Vec<String>),
    /// A map.
    Pairs(Vec<(String, String)>),
}

/// A parameter that the guest announces.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// In kebab case.
    pub name: &'static str,
    /// A form's label.
    pub title: &'static str,
    /// A sentence that says what it does.
    pub tooltip: &'static str,
    /// Its form, and no value: nothing has a default.
    pub default: ParameterValue,
}

/// The scalars that verbs of the host may edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The image's name, without tag and digest.
    ImageRepository,
    /// The image's tag.
    ImageTag,
    /// The image's digest.
    ImageDigest,
    /// The release inside, where no tag says it.
    ImageVersion,
    /// The number of replicas.
    Replicas,
}

/// A setting as one environment has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingValue {
    /// The setting.
    pub setting: Setting,
    /// What is in force, whoever says so.
    pub value: Option<String>,
    /// The dotted key that gives this environment a value of its own.
    pub key: String,
}

/// A file that the guest wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Relative to the repository's root.
    pub path: String,
    /// The place that asks for it.
    pub asked_by: Option<Span>,
}

/// The Argo CD Application that asks.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The destination's namespace.
    pub namespace: String,
    /// The AppProject.
    pub project: String,
}

/// Where Applications find the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As Argo CD clones it.
    pub repository: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The folder of the spec.
    pub path: String,
    /// The plugin that expands it.
    pub plugin: String,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The service's own manifests.
    Manifests,
    /// The Argo CD objects that deliver them.
    Delivery(Source),
}

/// One expansion.
#[derive(Clone, Debug)]
pub struct Request {
    /// All files; the spec first.
    pub files: Vec<File>,
    /// The environment, if somebody chose.
    pub environment: Option<String>,
    /// Who asks; no byte of the manifests depends on it.
    pub application: Option<Application>,
    /// The parameters that were set.
    pub parameters: Vec<(String, ParameterValue)>,
    /// What is wanted.
    pub output: Output,
    /// Whether anybody will read the origins.
    pub with_origins: bool,
}

/// Why a field is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody wrote it there.
    Written(Span),
    /// Nobody wrote it, and this is why the default is a good one.
    Defaulted(String),
    /// It was computed by this rule from what stands at these places.
    Derived(String, Vec<Span>),
}

/// Why the field at `pointer`, and all below it that no other origin names, is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// An RFC 6901 pointer into the manifest.
    pub pointer: String,
    /// Why.
    pub cause: Cause,
}

/// One Kubernetes object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The object as JSON text.
    pub json: String,
    /// Sorted by pointer; empty unless asked for.
    pub origins: Vec<Origin>,
}

/// What a spec expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// In the order in which they are shown and applied.
    pub manifests: Vec<Manifest>,
    /// No manifests is what the spec asks for.
    pub allow_empty: bool,
    /// Problems that leave manifests.
    pub warnings: Vec<Problem>,
}
