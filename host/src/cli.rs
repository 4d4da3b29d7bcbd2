//! The command line: types for clap, and nothing that acts.

mod argocd;
mod diff;
mod edit;
mod explain;
mod init;
mod later;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use argocd::{Apps, ArgocdCommand};
pub use diff::{Diff, DiffFormat, UpgradeGuest};
pub use edit::{Carried, ImageCommand, NewImage, Promote, Rollback, SetImage};
pub use explain::Explain;
pub use init::{Ci, Init};
pub use later::Later;

/// Expands a short spec into the complete Kubernetes manifests of an SGLang service
#[derive(Debug, Parser)]
#[command(name = "cmp-host", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The operator's file: limits, guests, defaults [default: $CMP_HOST_CONFIG, else none]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Say on stderr what is done; twice for details
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// How the log is written
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  something is wrong with the files or parameters
  2  wrong usage
  3  the guest failed
  4  the host itself failed
  5  `diff` found differences";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the manifests of a spec
    Generate(Later<Generate>),
    /// Serve Argo CD's plugin protocol on a unix socket, in place of argocd-cmp-server
    Serve(Later<Serve>),
    /// Look for problems in every environment of a spec, or of all specs below a folder
    Check(Later<Check>),
    /// Say what changes: against a revision, another environment, another guest, or a file
    Diff(Later<Diff>),
    /// Print the environments of a spec, one a line
    Environments(Later<Environments>),
    /// Say why a field is what it is, or what an environment costs
    Explain(Later<Explain>),
    /// Print the JSON Schema of the spec
    Schema,
    /// Print the parameters that Argo CD may set, as it wants them announced
    Parameters,
    /// Say what a guest is: name, version, imports, digest
    Inspect(Later<Inspect>),
    /// Look at guests, compile, test, list or add one, or begin one
    #[command(subcommand)]
    Guest(Later<GuestCommand>),
    /// Change the image of an environment, in the spec
    #[command(subcommand)]
    Image(Later<ImageCommand>),
    /// Give an environment the image that another one has, in the spec
    Promote(Later<Promote>),
    /// Give an environment what it had in an earlier commit, in the spec
    Rollback(Later<Rollback>),
    /// Print the limits in force, and who set them
    Limits(Later<Limits>),
    /// Write a first spec
    Init(Later<Init>),
    /// Print Argo CD's own objects for a spec, or its settings for the plugin
    #[command(subcommand)]
    Argocd(Later<ArgocdCommand>),
    /// Say whether a set-up for the server can work, and what to do
    Doctor(Later<Doctor>),
    /// Ask a server on a socket whether it is serving
    CheckSocket(Later<CheckSocket>),
    /// Print a script that completes commands in your shell
    Completions(Later<Completions>),
}

/// Where the spec is.
#[derive(Args, Debug)]
pub struct Place {
    /// The folder that holds sglang.toml
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The repository's root: no file outside of it is read [default: the nearest folder above DIR with a .git]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// `generate`.
#[derive(Args, Debug)]
pub struct Generate {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// Take folder, parameters and environment from an Argo CD Application; DIR is any folder of its repository
    #[arg(long, value_name = "FILE")]
    pub application: Option<PathBuf>,
    /// The environment to expand
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// What is set beside the spec.
    #[command(flatten)]
    pub values: Values,
    /// How the manifests are written
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    pub format: ManifestFormat,
    /// Write one file for each manifest into this folder
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
}

/// What is set beside the spec, as an Application may.
#[derive(Args, Debug)]
pub struct Values {
    /// Set a parameter; `cmp-host parameters` names them
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    pub parameters: Vec<(String, String)>,
    /// Set any key of the spec: `--set model.context=16384`
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
}

/// `check`.
#[derive(Args, Debug)]
pub struct Check {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
    /// How the problems are written: drawn on stderr, or as JSON on stdout
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// `environments`.
#[derive(Args, Debug)]
pub struct Environments {
    /// Where the spec is.
    #[command(flatten)]
    pub place: Place,
}

/// `inspect`.
#[derive(Args, Debug)]
pub struct Inspect {
    /// The path of a component, or `default` for the guest that travels in this program
    #[arg(value_name = "GUEST")]
    pub guest: PathBuf,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// The verbs of `guest`.
#[derive(Debug, Subcommand)]
pub enum GuestCommand {
    /// Print the guests that teams may choose
    List(ListGuests),
    /// Copy a component beside the operator's file, and pin it there under a name
    Add(AddGuest),
    /// Say what a guest is: name, version, imports, digest
    Inspect(Inspect),
    /// Compile guests into the cache, so that nobody waits for them later
    Compile(CompileGuests),
    /// Test whether a guest is fit to serve: contract, determinism, limits, problems
    Test(TestGuest),
    /// Say what another component would change in every spec of a guest
    Upgrade(UpgradeGuest),
    /// Write a first guest
    New(NewGuest),
}

/// `guest list`.
#[derive(Args, Debug)]
pub struct ListGuests {
    /// How the guests are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// `guest add`.
#[derive(Args, Debug)]
pub struct AddGuest {
    /// The component's file
    #[arg(value_name = "PATH")]
    pub component: PathBuf,
    /// What teams will call it
    #[arg(long)]
    pub name: String,
    /// The file name of its specs [default: sglang.toml]
    #[arg(long, value_name = "FILE")]
    pub spec: Option<String>,
}

/// `limits`.
#[derive(Args, Debug)]
pub struct Limits {
    /// How the limits are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// `guest compile`.
#[derive(Args, Debug)]
pub struct CompileGuests {
    /// The paths of components, or `default`
    #[arg(value_name = "GUEST", required = true)]
    pub guests: Vec<PathBuf>,
}

/// `guest test`.
#[derive(Args, Debug)]
pub struct TestGuest {
    /// The path of a component, or `default` for the guest that travels in this program
    #[arg(value_name = "GUEST")]
    pub guest: PathBuf,
    /// A good spec, or the folder that holds sglang.toml: all of its environments are expanded
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
}

/// `guest new`.
#[derive(Args, Debug)]
pub struct NewGuest {
    /// The folder to make
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The language to write it in
    #[arg(long)]
    pub language: Language,
}

/// What a guest may be written in. Others will do, if they make a component without imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// With wit-bindgen.
    Rust,
    /// With componentize-py.
    Python,
    /// With componentize-qjs.
    Javascript,
}

/// Where the plugin's file and its socket are. What argocd-cmp-server reads keeps its name and its default.
#[derive(Args, Debug)]
pub struct PluginPlace {
    /// The folder that holds plugin.yaml
    #[arg(long, value_name = "DIR", default_value = "/home/argocd/cmp-server/config")]
    pub config_dir_path: PathBuf,
    /// The folder of sockets [default: $ARGOCD_PLUGINSOCKFILEPATH, else /home/argocd/cmp-server/plugins]
    #[arg(long, value_name = "DIR")]
    pub sockets: Option<PathBuf>,
}

/// `doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Where the plugin is.
    #[command(flatten)]
    pub plugin: PluginPlace,
    /// Who may connect to a socket that is not there yet, in octal, as `serve` has it
    #[arg(long, value_name = "MODE", default_value = "0660", value_parser = octal)]
    pub socket_mode: u32,
}

/// `check-socket`.
#[derive(Args, Debug)]
pub struct CheckSocket {
    /// The socket [default: that of plugin.yaml]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Where the plugin is.
    #[command(flatten)]
    pub plugin: PluginPlace,
}

/// `serve`. What argocd-cmp-server reads keeps its name and its default.
#[derive(Args, Debug)]
pub struct Serve {
    /// Where the plugin is.
    #[command(flatten)]
    pub plugin: PluginPlace,
    /// Who may connect, in octal
    #[arg(long, value_name = "MODE", default_value = "0660", value_parser = octal)]
    pub socket_mode: u32,
    /// Serve /metrics and /healthz there [default: nowhere]
    #[arg(long, value_name = "HOST:PORT")]
    pub metrics_address: Option<SocketAddr>,
    /// Seconds that calls may go on after SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub grace_period: u64,
    /// The largest message, in MiB [default: $ARGOCD_GRPC_MAX_SIZE_MB, as the repo-server has it, else 100]
    #[arg(long, value_name = "MIB")]
    pub max_size_mb: Option<usize>,
    /// What is logged [default: $ARGOCD_CMP_SERVER_LOGLEVEL, else info]
    #[arg(long, value_name = "LEVEL", ignore_case = true)]
    pub loglevel: Option<LogLevel>,
    /// How the log is written [default: $ARGOCD_CMP_SERVER_LOGFORMAT, else json]
    #[arg(long, value_name = "FORMAT", ignore_case = true)]
    pub logformat: Option<LogFormat>,
}

/// The value of this name, in either case.
pub(crate) fn named<T: ValueEnum>(name: &str) -> Option<T> {
    T::from_str(name, true).ok()
}

/// What is logged, in the words of Argo CD, which takes them in either case and knows more of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What failed for good.
    #[value(aliases = ["fatal", "panic"])]
    Error,
    /// And what somebody should look at.
    #[value(alias = "warning")]
    Warn,
    /// And a line for each call.
    Info,
    /// And details.
    Debug,
    /// And everything that libraries say.
    Trace,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// Your shell
    pub shell: Shell,
}

/// How manifests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ManifestFormat {
    /// For people.
    Yaml,
    /// One JSON document a line, for machines.
    Json,
}

/// How anything else is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

fn octal(text: &str) -> Result<u32, String> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|it| *it <= 0o777);
    mode.ok_or_else(|| String::from("write an octal number such as 0660"))
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(String::from("write NAME=VALUE")),
    }
}
