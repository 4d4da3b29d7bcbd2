//! Runs guests: each call in a store of its own, within a budget, with no authority at all.
//!
//! Everything that knows wasmtime is below here, and converts to the contract's plain types ([`contract`]) at its edge.

mod answer;
pub mod budget;
pub mod cache;
mod code;
pub mod compile;
pub mod contract;
mod engine;
pub mod failure;
mod pool;
pub mod settings;
mod structure;
mod v0_1;
pub mod worker;

use std::borrow::Cow;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, Linker};
use wasmtime::{Store, StoreContextMut, UpdateDeadline};

pub use budget::{Budget, Cancel, Meter};
pub use cache::Cache;
pub(crate) use compile::CodeOrigin;
pub use compile::CompileLimits;
pub use engine::Engine;
pub use failure::Failure;
pub use structure::Outline;
pub(crate) use v0_1::WORLD;

use budget::Limiter;
use contract::{Answer, Expansion, File, GuestInfo, Input, Request, SettingValue};

/// The component that travels inside the host.
const DEFAULT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest.wasm"));
/// What teams call it.
pub const DEFAULT_NAME: &str = "default";
const DEFAULT_SHA256: &str = env!("CMP_GUEST_SHA256");

/// The bytes of a component, and how to tell them from others.
#[derive(Clone, Debug)]
pub struct Binary {
    bytes: Cow<'static, [u8]>,
    sha256: String,
    ours: bool,
}

impl Binary {
    /// The default guest.
    pub fn default_guest() -> Binary {
        Binary { bytes: DEFAULT.into(), sha256: DEFAULT_SHA256.to_owned(), ours: true }
    }

    /// A guest that somebody brings.
    pub fn of(bytes: Vec<u8>) -> Binary {
        let sha256 = base16ct::lower::encode_string(&Sha256::digest(&bytes));
        Binary { bytes: bytes.into(), sha256, ours: false }
    }

    /// Reads a component's file, and never more than a component may have.
    pub fn read(path: &Path) -> Result<Binary, Failure> {
        Binary::read_up_to(path, CompileLimits::default().size)
    }

    /// Reads a component's file of at most so many bytes.
    pub(crate) fn read_up_to(path: &Path, limit: u64) -> Result<Binary, Failure> {
        use std::io::Read;
        let unreadable = |error| Failure::NotFound(format!("{}: {error}", path.display()));
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Failure::NotFound(format!("{} is not a file", path.display())));
        }
        if metadata.len() > limit {
            return Err(Failure::TooLarge { size: metadata.len(), limit });
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Binary::of(bytes))
    }

    /// The component itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// In lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// In bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Refuses one that somebody brings, if its file is larger than this.
    pub(crate) fn require_size(&self, limit: u64) -> Result<(), Failure> {
        match self.size() as u64 {
            size if size > limit && !self.ours => Err(Failure::TooLarge { size, limit }),
            _ => Ok(()),
        }
    }

    /// What the component asks for and offers; it need not be a guest. It is not compiled for that.
    pub fn outline(&self, engine: &Engine) -> Result<Outline, Failure> {
        compile::outline(self, engine.compile_limits())
    }

    /// Whether it travels in this program.
    pub(crate) fn is_ours(&self) -> bool {
        self.ours
    }

    /// Whether no start of this program compiles it.
    pub(crate) fn is_compiled(&self, cache: &Cache) -> bool {
        (self.ours && code::of_default_guest_is_shipped()) || cache.holds(&self.sha256)
    }
}

impl AsRef<[u8]> for Binary {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A component that may expand specs: it imports nothing and keeps the contract.
#[derive(Clone)]
pub struct Guest {
    engine: Engine,
    linked: v0_1::Linked<Limiter>,
    origin: CodeOrigin,
}

impl Guest {
    /// Compiles the component, or finds its code in this program or in the cache, and checks it against the contract.
    pub fn load(engine: &Engine, binary: &Binary, cache: &Cache) -> Result<Guest, Failure> {
        let (component, origin) = compile::compile(engine, binary, cache)?;
        Guest::of(engine, &component, origin)
    }

    /// Where its code came from.
    pub(crate) fn code_origin(&self) -> CodeOrigin {
        self.origin
    }

    /// The same guest on another engine, and so with another stack. Its code is taken from memory: to compile it, or to read it
    /// again, would be seconds that an Application could ask for with each request.
    pub(crate) fn on(&self, engine: &Engine) -> Result<Guest, Failure> {
        let code = self.linked.instance_pre().component().serialize().map_err(Failure::engine)?;
        Guest::of(engine, &code::fresh(engine, &code)?, self.origin)
    }

    fn of(engine: &Engine, component: &Component, origin: CodeOrigin) -> Result<Guest, Failure> {
        // An empty linker: there is nothing that a guest could be given.
        let linked = Linker::new(engine.inner())
            .instantiate_pre(component)
            .and_then(v0_1::Linked::new)
            .map_err(|error| Failure::WorldMismatch(failure::cause(&error)))?;
        Ok(Guest { engine: engine.clone(), linked, origin })
    }

    /// What the guest says of itself.
    pub fn describe(&self, budget: &Budget) -> Result<GuestInfo, Failure> {
        self.call(budget, |guest, store| guest.call_describe(store)).map(GuestInfo::from)
    }

    /// The further files that these files ask for.
    pub fn inputs(&self, files: &[File], budget: &Budget) -> Result<Answer<Vec<Input>>, Failure> {
        let files = v0_1::files(files);
        let answer = self.call(budget, |guest, store| guest.call_inputs(store, &files))?;
        answer::reasoned(v0_1::answer_each(answer))
    }

    /// The spec's environments, in the order in which people should see them.
    pub fn environments(&self, files: &[File], budget: &Budget) -> Result<Answer<Vec<String>>, Failure> {
        let files = v0_1::files(files);
        let answer = self.call(budget, |guest, store| guest.call_environments(store, &files))?;
        answer::of_environments(v0_1::answer_each(answer))
    }

    /// What the settings are in one environment.
    pub fn settings(
        &self,
        files: &[File],
        environment: Option<&str>,
        budget: &Budget,
    ) -> Result<Answer<Vec<SettingValue>>, Failure> {
        let files = v0_1::files(files);
        let answer = self.call(budget, |guest, store| guest.call_settings(store, &files, environment))?;
        answer::reasoned(v0_1::answer_each(answer))
    }

    /// A first spec from a few answers, which are sorted by name.
    pub fn init(&self, answers: &[(String, String)], budget: &Budget) -> Result<Answer<String>, Failure> {
        let answer = self.call(budget, |guest, store| guest.call_init(store, answers))?;
        answer::reasoned(v0_1::answer(answer))
    }

    /// Expands the spec for one environment.
    pub fn expand(&self, request: &Request, budget: &Budget) -> Result<Answer<Expansion>, Failure> {
        let request = v0_1::request(request);
        let answer = self.call(budget, |guest, store| guest.call_expand(store, &request))?;
        answer::of_expansion(v0_1::answer(answer))
    }

    /// One call in a new store: no state survives it, and a guest that has trapped cannot be entered again anyway.
    fn call<T>(
        &self,
        budget: &Budget,
        call: impl FnOnce(&v0_1::wit::Guest, &mut Store<Limiter>) -> wasmtime::Result<T>,
    ) -> Result<T, Failure> {
        if budget.cancel.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        self.engine.start_clock()?;
        let mut store = self.store(budget).map_err(Failure::engine)?;
        let answer = self.call_in(&mut store, budget, call);
        // What was used counts whatever came of it: a guest may use all it has before anybody calls it.
        // Only what the epoch interrupts is not known: wasmtime keeps the number in a register, and does not write it back.
        let is_known = !matches!(answer, Err(Failure::Timeout { .. } | Failure::Cancelled));
        let fuel = is_known.then(|| budget.fuel - store.get_fuel().unwrap_or(0));
        budget.meter.add(fuel, store.data().memory());
        tracing::debug!(fuel, "called the guest");
        answer
    }

    fn call_in<T>(
        &self,
        store: &mut Store<Limiter>,
        budget: &Budget,
        call: impl FnOnce(&v0_1::wit::Guest, &mut Store<Limiter>) -> wasmtime::Result<T>,
    ) -> Result<T, Failure> {
        let instance = self.linked.instance_pre().instantiate(&mut *store);
        let instance = instance.map_err(|error| Failure::of_start(&error, budget, store.data().refused()))?;
        let guest = v0_1::Exports::new(&mut *store, &instance).map_err(|error| Failure::of_types(&error))?;
        let answer = call(guest.cmp_host_expander_expander(), store);
        answer.map_err(|error| Failure::of_call(&error, budget, store.data().refused()))
    }

    fn store(&self, budget: &Budget) -> wasmtime::Result<Store<Limiter>> {
        let mut store = Store::new(self.engine.inner(), Limiter::new(budget.clone()));
        store.limiter(|it| it);
        store.set_fuel(budget.fuel)?;
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(at_each_tick(budget));
        store.set_hostcall_fuel(budget.copied);
        store.set_max_component_handles(budget.handles);
        Ok(store)
    }
}

/// Ends the guest when its time is over or nobody waits for it any more. Ticks that a guest let pass without reaching a
/// place where it can be stopped do not come after, so the clock is read instead of counting.
fn at_each_tick<T>(
    budget: &Budget,
) -> impl FnMut(StoreContextMut<'_, T>) -> wasmtime::Result<UpdateDeadline> + Send + Sync + 'static {
    let (started, time, cancel) = (Instant::now(), budget.time, budget.cancel.clone());
    move |_| {
        let is_over = cancel.is_cancelled() || started.elapsed() >= time;
        Ok(if is_over { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(1) })
    }
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Guest").finish_non_exhaustive()
    }
}
