//! One file for each verb, and what the verbs share: how they end, and how they find guest and spec.

mod application;
mod argocd;
mod change;
mod check;
mod check_socket;
mod completions;
mod diff;
mod doctor;
mod environments;
mod explain;
mod generate;
mod guest;
mod guests;
mod image;
mod init;
mod inspect;
mod limits;
mod parameters;
mod promote;
mod question;
mod rollback;
mod schema;
mod serve;
mod shell;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::{Cli, Command, ImageCommand, Later, Place, PluginPlace};
use crate::config::{self, Config};
use crate::diagnostic::Report;
use crate::guest::contract::Problem;
use crate::guest::{Binary, Cache, DEFAULT_NAME, Engine, Failure, Guest};
use crate::limits::Limit;
use crate::problem::problem;
use crate::render::{self, Style};
use crate::root::Root;
use crate::stop::Stop;
pub use serve::start_log;

/// Does what the command line asks for. Who needs the operator's file reads it, once.
pub fn run(cli: &Cli) -> Result<(), Stop> {
    let path = config::find(cli.config.as_deref(), |name| std::env::var_os(name));
    let path = path.as_deref();
    let config = || Config::of_operator(path).map_err(Stop::Configuration);
    match &cli.command {
        Command::Serve(arguments) => serve::run(path, arguments),
        Command::Generate(arguments) => generate::run(&config()?, arguments),
        Command::Check(arguments) => check::run(&config()?, arguments),
        Command::Diff(arguments) => diff::run(&config()?, arguments),
        Command::Environments(arguments) => environments::run(&config()?, arguments),
        Command::Explain(arguments) => explain::run(&config()?, arguments),
        Command::Schema => schema::run(&config()?),
        Command::Parameters => parameters::run(&config()?),
        Command::Inspect(arguments) => inspect::run(&config()?, arguments),
        Command::Guest(command) => guest::run(&config()?, path, command),
        Command::Image(Later(ImageCommand::Set(arguments))) => image::set(&config()?, arguments),
        Command::Promote(arguments) => promote::run(&config()?, arguments),
        Command::Rollback(arguments) => rollback::run(&config()?, arguments),
        Command::Limits(arguments) => limits::run(&config()?, arguments),
        Command::Init(arguments) => init::run(&config()?, arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Argocd(command) => argocd::run(config, command),
        Command::Doctor(arguments) => doctor::run(path, arguments),
        Command::CheckSocket(arguments) => check_socket::run(arguments),
    }
}

/// `--sockets`, else where Argo CD's variable says; an empty one is none.
fn sockets(place: &PluginPlace) -> PathBuf {
    let by_variable = || std::env::var_os("ARGOCD_PLUGINSOCKFILEPATH").filter(|it| !it.is_empty());
    let given = place.sockets.clone().or_else(|| by_variable().map(PathBuf::from));
    given.unwrap_or_else(|| PathBuf::from("/home/argocd/cmp-server/plugins"))
}

fn default_guest(config: &Config) -> Result<&'static Guest, Stop> {
    load(&Engine::with_limits(&config.limits)?, &Binary::default_guest())
}

/// A guest that somebody names on the command line.
fn load_guest(config: &Config, path: &Path) -> Result<&'static Guest, Stop> {
    load(&Engine::with_limits(&config.limits)?, &named_guest(config, path)?)
}

/// Never dropped: the process ends with the verb, and the kernel takes megabytes of code away faster than we could.
fn load(engine: &Engine, binary: &Binary) -> Result<&'static Guest, Stop> {
    let guest = Guest::load(engine, binary, &Cache::of_user()?)?;
    Ok(Box::leak(Box::new(guest)))
}

/// Its component.
fn named_guest(config: &Config, path: &Path) -> Result<Binary, Failure> {
    match path == Path::new(DEFAULT_NAME) {
        true => Ok(Binary::default_guest()),
        false => Binary::read_up_to(path, config.limits.value(Limit::Component)),
    }
}

fn find_root(place: &Place) -> Result<Root, Stop> {
    let folder = place.folder.canonicalize().map_err(|error| missing_folder(&place.folder, &error))?;
    if !folder.is_dir() {
        return Err(Stop::Usage(format!(
            "`{}` is no folder; name the folder that holds it",
            place.folder.display()
        )));
    }
    let given = match &place.root {
        Some(root) => Some(root.canonicalize().map_err(|error| no_root(root, &error))?),
        None => None,
    };
    let source_path = std::env::var_os("ARGOCD_APP_SOURCE_PATH").and_then(|it| it.into_string().ok());
    Root::find(&folder, given.as_deref(), source_path.as_deref())
        .map_err(|error| Stop::Usage(error.to_string()))
}

fn missing_folder(folder: &Path, error: &io::Error) -> Stop {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no folder `{}`", folder.display()),
        _ => format!("the folder `{}` cannot be opened: {error}", folder.display()),
    };
    rejected(problem("SG001", message).help(format!("name the folder that holds your {}", config::SPEC)))
}

fn no_root(root: &Path, error: &io::Error) -> Stop {
    Stop::Usage(format!("the root `{}` cannot be opened: {error}", root.display()))
}

fn rejected(problem: Problem) -> Stop {
    Stop::Rejected(Report::new(Vec::new(), vec![problem]))
}

/// What a shell says of a process that the kernel ended because nobody read on. Other tools are ended so, without a word.
///
/// It is no success: `cmp-host generate | ssh … kubectl apply -f -` may have handed on half of an environment, and under `pipefail`
/// whoever runs it is told.
const UNREAD: u8 = 141;

/// Writes all of a text, or fails: half an answer is worse than none.
fn print(text: &str) -> Result<(), Stop> {
    match write_out(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Stop::Said { code: UNREAD }),
        written => Ok(written.context("cannot write to stdout")?),
    }
}

/// Says what has been done: it stays done, whether or not somebody reads that.
fn print_done(text: &str) -> Result<(), Stop> {
    match write_out(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.context("cannot write to stdout")?),
    }
}

fn write_out(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Says why a verb stopped, on stderr.
pub fn print_stop(stop: &Stop) {
    print_error(&stop.text(stderr_style()));
}

fn print_report(report: &Report) {
    print_error(&render::report(report, stderr_style()));
}

fn print_error(text: &str) {
    // Nobody is left to be told that stderr is closed.
    drop(io::stderr().write_all(text.as_bytes()));
}

fn stderr_style() -> Style {
    style(io::stderr().is_terminal())
}

fn stdout_style() -> Style {
    style(io::stdout().is_terminal())
}

fn style(is_terminal: bool) -> Style {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    if is_terminal && !no_colour { Style::Coloured } else { Style::Plain }
}
