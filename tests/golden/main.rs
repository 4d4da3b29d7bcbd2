//! Golden cases: what stands in a folder goes through four doors, and whole outputs are compared.
//!
//! - *native*: the default guest's crate, called directly;
//! - *component*: the same guest as WebAssembly, through the host's library;
//! - *process*: `cmp-host generate`, as people run it;
//! - *socket*: `cmp-host serve`, as Argo CD asks it.
//!
//! Argo CD's own objects go through the first three, `cmp-host argocd apps` being the process: a plugin is never asked for them.
//! The first two must agree in every manifest, problem and origin; the third must give the golden bytes, and the fourth the
//! same manifests or the same words. `BLESS=1`
//! rewrites what is expected. `tests/README.md` describes the folders.

mod asked;
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

use asked::Asked;
use component::Component;
use laid::Laid;
use outcome::Outcome;
use settings::{Output, Settings};
use socket::Socket;
use support::binary::Ran;
use support::cases::{self, Case};
use support::client::Status;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let doors = Arc::new(Doors {
        component: Component::load()?,
        socket: Socket::default(),
        n_passed: AtomicUsize::new(0),
    });
    let mut trials = Vec::new();
    let mut n_expected = 0;
    for case in cases::all()? {
        let prepared = Prepared::new(case)?;
        n_expected += prepared.asked.iter().map(Asked::n_doors).sum::<usize>();
        trials.push(trial(prepared, Arc::clone(&doors)));
    }
    let all_run =
        arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list && !arguments.ignored;
    let conclusion = libtest_mimic::run(&arguments, trials);
    let n_passed = doors.n_passed.load(Ordering::Relaxed);
    // A door that is left out would go unnoticed.
    let complete = n_passed == n_expected || !all_run || conclusion.has_failed();
    ensure!(complete, "{n_expected} doors are to be passed, and {n_passed} were counted");
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

/// A case, laid on disk, and what it is asked for, once after the other.
struct Prepared {
    case: Case,
    settings: Settings,
    laid: Laid,
    asked: Vec<Asked>,
}

impl Prepared {
    fn new(case: Case) -> anyhow::Result<Prepared> {
        let settings = Settings::read(&case).with_context(|| format!("{}: case.toml", case.name))?;
        let laid = Laid::new(&case, &settings).with_context(|| case.name.clone())?;
        let asked = asked::of_case(&case, &settings, &laid);
        Ok(Prepared { case, settings, laid, asked })
    }
}

/// As the host writes them for machines.
fn json_texts(expansion: &Expansion) -> anyhow::Result<Vec<String>> {
    let Expansion { manifests, allow_empty, .. } = expansion.clone();
    let manifests = Manifests::check(manifests, allow_empty, &Budget::default())?;
    Ok(manifests.iter().map(json::document).collect())
}

fn run(prepared: &Prepared, doors: &Doors) -> anyhow::Result<()> {
    let mut outputs = BTreeMap::new();
    for asked in &prepared.asked {
        let suffix = asked.suffix(&prepared.asked);
        let run = run_once(prepared, asked, doors).with_context(|| format!("{asked:?}"))?;
        let printed = match asked.output {
            Output::Manifests => format!("manifests{suffix}.yaml"),
            Output::Delivery => String::from("delivery.yaml"),
        };
        let files = [
            (printed, run.stdout),
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

fn run_once(prepared: &Prepared, asked: &Asked, doors: &Doors) -> anyhow::Result<Run> {
    let Prepared { settings, laid, .. } = prepared;
    let native = doors.count(native::expand(laid, settings, asked)?);
    let component = doors.count(doors.component.expand(laid, settings, asked)?);
    ensure!(native == component, "the native guest and the component differ:\n{}", native.diff(&component));
    let printed = doors.count(process::print(laid, settings, asked)?);
    let gives_manifests = matches!(native, Outcome::Expansion { .. });
    ensure!(
        printed.code == Some(if gives_manifests { 0 } else { 1 })
            && printed.stdout.is_empty() != gives_manifests,
        "`cmp-host` exits with {:?} and prints {} bytes; the guest's answer is {}\n{}",
        printed.code,
        printed.stdout.len(),
        native.summary(),
        printed.stderr,
    );
    if asked.output == Output::Manifests {
        let answered = doors.count(doors.socket.generate(laid, settings, asked.environment.as_deref())?);
        agrees(&native, &printed, answered)?;
    }
    let origins = if settings.origins { origins::draw(&native)? } else { String::new() };
    Ok(Run { stdout: printed.stdout, stderr: printed.stderr, origins })
}

/// The socket says what the process says.
fn agrees(native: &Outcome, printed: &Ran, answered: Result<Vec<String>, Status>) -> anyhow::Result<()> {
    match (native, answered) {
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
    Ok(())
}
