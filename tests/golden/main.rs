//! Golden cases: what stands in a folder goes through four doors, and whole outputs are compared.
//!
//! - *native*: the default guest's crate, called directly;
//! - *component*: the same guest as WebAssembly, through the host's library;
//! - *process*: `cmp-host generate`, as people run it;
//! - *socket*: `cmp-host serve`, as Argo CD asks it.
//!
//! The first two must agree in every manifest, problem and origin; the third must give the golden bytes, and the fourth the
//! same manifests or the same words. `BLESS=1`
//! rewrites what is expected. `tests/README.md` describes the folders.

mod component;
mod expected;
mod files;
mod laid;
mod native;
mod origins;
mod outcome;
mod process;
mod settings;
mod socket;
#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod cases;
    #[expect(dead_code, reason = "other tests send more than whole requests")]
    pub(crate) mod client;
    pub(crate) mod packed;
    pub(crate) mod project;
    #[expect(dead_code, reason = "other tests look at more of a server")]
    pub(crate) mod served;
    pub(crate) mod toml;
}

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, bail, ensure};
use cmp_host::guest::Budget;
use cmp_host::guest::contract::Expansion;
use cmp_host::json;
use cmp_host::manifest::Manifests;
use libtest_mimic::{Arguments, Trial};

use component::Component;
use laid::Laid;
use outcome::Outcome;
use settings::Settings;
use socket::Socket;
use support::cases::{self, Case};

const N_DOORS: usize = 4;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let doors = Arc::new(Doors {
        component: Component::load()?,
        socket: Socket::default(),
        n_passed: AtomicUsize::new(0),
    });
    let mut trials = Vec::new();
    let mut n_runs = 0;
    for case in cases::all()? {
        let prepared = Prepared::new(case)?;
        n_runs += prepared.environments.len();
        trials.push(trial(prepared, Arc::clone(&doors)));
    }
    let all_run =
        arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list && !arguments.ignored;
    let conclusion = libtest_mimic::run(&arguments, trials);
    let n_passed = doors.n_passed.load(Ordering::Relaxed);
    // A door that is left out would go unnoticed.
    let complete = n_passed == N_DOORS * n_runs || !all_run || conclusion.has_failed();
    ensure!(complete, "{n_runs} runs through {N_DOORS} doors, and {n_passed} were counted");
    Ok(conclusion.exit_code())
}

/// What every trial needs.
struct Doors {
    component: Component,
    socket: Socket,
    n_passed: AtomicUsize,
}

impl Doors {
    fn count<T>(&self, outcome: T) -> T {
        self.n_passed.fetch_add(1, Ordering::Relaxed);
        outcome
    }
}

fn trial(prepared: Prepared, doors: Arc<Doors>) -> Trial {
    Trial::test(prepared.case.name.clone(), move || {
        Ok(run(&prepared, &doors).map_err(|it| format!("{it:#}"))?)
    })
}

/// A case, laid on disk, and the environments that it is run for.
struct Prepared {
    case: Case,
    settings: Settings,
    laid: Laid,
    environments: Vec<Option<String>>,
}

impl Prepared {
    fn new(case: Case) -> anyhow::Result<Prepared> {
        let settings = Settings::read(&case).with_context(|| format!("{}: case.toml", case.name))?;
        let laid = Laid::new(&case, &settings).with_context(|| case.name.clone())?;
        let environments = environments(&case, &settings, &laid);
        Ok(Prepared { case, settings, laid, environments })
    }
}

/// As the host writes them for machines.
fn json_texts(expansion: &Expansion) -> anyhow::Result<Vec<String>> {
    let Expansion { manifests, allow_empty, .. } = expansion.clone();
    let manifests = Manifests::check(manifests, allow_empty, &Budget::default())?;
    Ok(manifests.iter().map(json::document).collect())
}

/// Those that `case.toml` names, or all of an example's; else one run for which nobody chose.
fn environments(case: &Case, settings: &Settings, laid: &Laid) -> Vec<Option<String>> {
    let mut names = settings.env.clone();
    if names.is_empty() && case.is_example() {
        names = native::environments(laid);
    }
    if names.is_empty() { vec![None] } else { names.into_iter().map(Some).collect() }
}

fn run(prepared: &Prepared, doors: &Doors) -> anyhow::Result<()> {
    let mut outputs = BTreeMap::new();
    for environment in &prepared.environments {
        let suffix = match environment {
            Some(name) if prepared.environments.len() > 1 => format!(".{name}"),
            _ => String::new(),
        };
        let run = run_once(prepared, environment.as_deref(), doors);
        let run =
            run.with_context(|| format!("environment {}", environment.as_deref().unwrap_or("not chosen")))?;
        let files = [
            (format!("manifests{suffix}.yaml"), run.stdout),
            (format!("diagnostics{suffix}.txt"), run.stderr),
            (format!("origins{suffix}.txt"), run.origins),
        ];
        outputs.extend(files.into_iter().filter(|(_, text)| !text.is_empty()));
    }
    expected::compare(&prepared.case.expected, &outputs)
}

struct Run {
    stdout: String,
    stderr: String,
    origins: String,
}

fn run_once(prepared: &Prepared, environment: Option<&str>, doors: &Doors) -> anyhow::Result<Run> {
    let Prepared { settings, laid, .. } = prepared;
    let native = doors.count(native::expand(laid, settings, environment)?);
    let component = doors.count(doors.component.expand(laid, settings, environment)?);
    ensure!(native == component, "the native guest and the component differ:\n{}", native.diff(&component));
    let printed = doors.count(process::generate(laid, settings, environment)?);
    let gives_manifests = matches!(native, Outcome::Expansion { .. });
    ensure!(
        printed.code == Some(if gives_manifests { 0 } else { 1 })
            && printed.stdout.is_empty() != gives_manifests,
        "`cmp-host generate` exits with {:?} and prints {} bytes; the guest's answer is {}\n{}",
        printed.code,
        printed.stdout.len(),
        native.summary(),
        printed.stderr,
    );
    let answered = doors.count(doors.socket.generate(laid, settings, environment)?);
    match (&native, answered) {
        (Outcome::Expansion { expansion, .. }, Ok(manifests)) => {
            let expected = json_texts(expansion)?;
            ensure!(manifests == expected, "the socket gives other manifests: {manifests:#?}");
        }
        (_, Err(status)) => ensure!(
            status.text == printed.stderr.trim_end(),
            "the socket says something else:\n{}",
            status.text
        ),
        (_, Ok(manifests)) => bail!("the socket gives {} manifests", manifests.len()),
    }
    let origins = if settings.origins { origins::draw(&native)? } else { String::new() };
    Ok(Run { stdout: printed.stdout, stderr: printed.stderr, origins })
}
