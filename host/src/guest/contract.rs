//! The contract's records as plain Rust: what the rest of the host knows of a guest.
//!
//! Each type mirrors the record of the same name in `wit/expander.wit`, where its meaning is documented. One shim per
//! version of the contract converts; so a new version is one new file and no change elsewhere.

/// A file of the repository that the host has read; the spec is the first of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the repository's root, with `/` between its parts.
    pub path: String,
    /// The whole text, without a byte order mark.
    pub text: String,
}

/// The bytes `start..end` of `files[file].text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file's place in the list.
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place in one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Known to the byte.
    Span(Span),
    /// A dotted key of `files[file]`, whose place the host looks up.
    Key {
        /// The file's place in the list.
        file: u32,
        /// As TOML writes it.
        path: String,
    },
}

/// How bad a problem is; an error leaves no manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No manifests can be made.
    Error,
    /// Manifests are made, and somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

/// A second place that explains a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub at: Location,
    /// What is to be seen there.
    pub message: String,
}

/// Something for a person to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether manifests are made all the same.
    pub severity: Severity,
    /// The stable code: `SG101`.
    pub code: String,
    /// One line: what is wrong.
    pub message: String,
    /// Where; none if no file is at fault.
    pub at: Option<Location>,
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
    /// A map, sorted by key.
    Pairs(Vec<(String, String)>),
}

/// A parameter that the guest announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// In kebab case.
    pub name: String,
    /// A form's label.
    pub title: String,
    /// A sentence that says what it does.
    pub tooltip: String,
    /// Whether an Application must set it.
    pub required: bool,
    /// Its form says which form the parameter takes; an empty value is no default.
    pub default: ParameterValue,
}

/// The scalars that verbs of the host may edit in a spec.
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

/// What a guest says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestInfo {
    /// A name for people.
    pub name: String,
    /// The guest's own version.
    pub version: String,
    /// A JSON Schema of the spec, as text.
    pub schema: String,
    /// The parameters that it takes.
    pub parameters: Vec<Parameter>,
}

/// A further file that the guest wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Relative to the repository's root.
    pub path: String,
    /// The place that asks for it.
    pub asked_by: Option<Location>,
}

/// The Argo CD Application that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The plugin that expands it, by the name that Applications say.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// All that the guest asked for; the spec first.
    pub files: Vec<File>,
    /// The environment, if somebody chose.
    pub environment: Option<String>,
    /// Who asks.
    pub application: Option<Application>,
    /// Those that were set, sorted by name, each name once.
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
    Written(Location),
    /// Nobody wrote it; the phrase says why this is a good default.
    Defaulted(String),
    /// It was computed.
    Derived {
        /// The rule, as a phrase that reads well after "because".
        reason: String,
        /// The places that it was computed from.
        inputs: Vec<Location>,
    },
}

/// Why the field at `pointer`, and all below it that no other origin names, is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// An RFC 6901 pointer into the manifest.
    pub pointer: String,
    /// Why.
    pub cause: Cause,
}

/// One Kubernetes object, as the guest gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// JSON text that nobody has checked yet.
    pub json: String,
    /// Sorted by pointer; empty unless asked for.
    pub origins: Vec<Origin>,
}

/// What a spec expands to, as the guest gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// In the order in which they are shown and applied.
    pub manifests: Vec<Manifest>,
    /// No manifests is what the spec asks for.
    pub allow_empty: bool,
    /// Problems that leave manifests.
    pub warnings: Vec<Problem>,
}

/// A guest's answer: what was asked for, or everything that a person must mend first.
pub type Answer<T> = Result<T, Vec<Problem>>;
