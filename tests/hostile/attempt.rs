//! The host under attack, and the road that every attempt takes: all that the verbs ask of a guest.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use cmp_host::config;
use cmp_host::diagnostic::Report;
use cmp_host::generate::{Generated, generate};
use cmp_host::guest::contract::{File, Output, Request};
use cmp_host::guest::{Binary, Budget, Cache, CompileLimits, Engine, Failure, Guest};
use cmp_host::limits::Limits;
use cmp_host::problem::Rejection;
use cmp_host::request;
use cmp_host::tree::DiskTree;
use cmp_host::{json, yaml};
use tempfile::TempDir;
use wit_component::StringEncoding;

use crate::row::Seen;
use crate::secrets;
use crate::support::component;
/// The default guest expands it; hostile guests get it, too.
pub(crate) use crate::support::spec::SPEC;

/// The folder of compiled code that all tests share.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// A twentieth of the default fuel, so that a loop is over in a moment; time enough that a slow machine does not end it first.
pub(crate) fn budget() -> Budget {
    Budget { fuel: 100_000_000, time: Duration::from_secs(120), ..Budget::default() }
}

/// For loops that the clock must stop.
pub(crate) fn budget_by_the_clock() -> Budget {
    Budget { fuel: 1 << 50, time: Duration::from_millis(300), ..Budget::default() }
}

/// One engine for all rows, and the guest that must not notice any of them.
pub(crate) struct Host {
    engine: Engine,
    default_guest: Guest,
}

impl Host {
    pub(crate) fn start() -> anyhow::Result<Host> {
        // A bomb that no count finds is stopped by the clock, and need not take two minutes for it.
        let limits = CompileLimits { time: Duration::from_secs(4), ..CompileLimits::default() };
        let engine =
            Engine::new()?.with_program(env!("CARGO_BIN_EXE_cmp-host").into()).with_compile_limits(limits);
        let cache = Cache::in_folder(Path::new(CACHE));
        let default_guest = Guest::load(&engine, &Binary::default_guest(), &cache)?;
        let host = Host { engine, default_guest };
        host.warm_up()?;
        Ok(host)
    }

    /// Compiles and runs once, so that what is kept from then on is there before anybody looks.
    fn warm_up(&self) -> anyhow::Result<()> {
        let seen = self.bring(component::of_text("(module)", StringEncoding::UTF8, None)?, &budget())?;
        ensure!(seen.code == "ok", "a good guest is refused: {}", seen.text);
        Ok(())
    }

    /// The one place where foreign components are loaded.
    pub(crate) fn load(&self, binary: &Binary) -> Result<Guest, Failure> {
        Guest::load(&self.engine, binary, &Cache::none())
    }

    /// Brings a component, and asks it for manifests.
    pub(crate) fn bring(&self, bytes: Vec<u8>, budget: &Budget) -> anyhow::Result<Seen> {
        self.bring_binary(&Binary::of(bytes), budget)
    }

    pub(crate) fn bring_binary(&self, binary: &Binary, budget: &Budget) -> anyhow::Result<Seen> {
        self.bring_for(SPEC, binary, budget)
    }

    pub(crate) fn bring_for(&self, spec: &str, binary: &Binary, budget: &Budget) -> anyhow::Result<Seen> {
        match self.load(binary) {
            Ok(guest) => Repository::of(spec)?.expand(&guest, budget),
            Err(failure) => Ok(Seen::failed(&failure)),
        }
    }

    /// Gives the default guest a spec.
    pub(crate) fn expand(&self, spec: impl AsRef<[u8]>) -> anyhow::Result<Seen> {
        self.expand_repository(&Repository::of(spec)?)
    }

    pub(crate) fn expand_repository(&self, repository: &Repository) -> anyhow::Result<Seen> {
        repository.expand(&self.default_guest, &Budget::default())
    }

    /// A good spec must always be expanded.
    pub(crate) fn canary(&self) -> anyhow::Result<String> {
        let seen = self.expand(SPEC)?;
        ensure!(seen.code == "ok", "a good spec is refused: {}", seen.text);
        Ok(seen.output)
    }
}

/// A repository, and beside it a file that nobody may read.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn of(spec: impl AsRef<[u8]>) -> anyhow::Result<Repository> {
        let repository = Repository::empty()?;
        fs::write(repository.path("sglang.toml"), spec)?;
        Ok(repository)
    }

    pub(crate) fn empty() -> anyhow::Result<Repository> {
        let repository = Repository { folder: tempfile::tempdir()? };
        fs::create_dir(repository.path(""))?;
        fs::write(repository.path("../outside.toml"), format!("name = \"{}\"\n", secrets::IN_FILE))?;
        Ok(repository)
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join("repository").join(relative)
    }

    fn expand(&self, guest: &Guest, budget: &Budget) -> anyhow::Result<Seen> {
        let tree = DiskTree::open(&self.path(""))?;
        Ok(road(guest, &tree, budget).unwrap_or_else(|failure| Seen::failed(&failure)))
    }
}

fn road(guest: &Guest, tree: &DiskTree, budget: &Budget) -> Result<Seen, Failure> {
    guest.describe(budget)?;
    let rejected = |Rejection { files, problems }| Ok(Seen::rejected(&Report::new(files, problems)));
    let limits = Limits::default();
    let spec = match request::read_spec(tree, "", &[config::SPEC], &limits) {
        Ok(spec) => spec,
        Err(rejection) => return rejected(rejection),
    };
    let files = match request::read_files(guest, tree, spec, None, &limits, budget)? {
        Ok(files) => files,
        Err(rejection) => return rejected(rejection),
    };
    if let Err(problems) = guest.environments(&files, budget)? {
        return Ok(Seen::rejected(&Report::new(files, problems)));
    }
    let request = request(files);
    Ok(match generate(guest, &request, budget)? {
        Ok(generated) => passed(&generated),
        Err(problems) => Seen::rejected(&Report::new(request.files, problems)),
    })
}

fn request(files: Vec<File>) -> Request {
    Request {
        files,
        environment: None,
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: true,
    }
}

fn passed(Generated { manifests, .. }: &Generated) -> Seen {
    let output = yaml::stream(manifests) + &json::stream(manifests);
    Seen::passed(format!("{} manifests\n", manifests.len()), output)
}
