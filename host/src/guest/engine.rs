//! The engine that all guests of a process share: compiled code and the clock belong to it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::Duration;

use wasmtime::{Config, WasmBacktraceDetails};

use crate::guest::compile::CompileLimits;
use crate::guest::failure::Failure;
use crate::guest::worker;
use crate::limits::{Limit, Limits};

/// How often the clock moves on; a deadline is met to within two of these.
const TICK: Duration = Duration::from_millis(10);

/// Compiles and runs guests. A clone is the same engine.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: wasmtime::Engine,
    clock: Arc<Once>,
    compile_limits: CompileLimits,
    program: PathBuf,
}

impl Engine {
    /// Sets wasmtime up so that a guest's answer depends on its input alone.
    pub fn new() -> Result<Engine, Failure> {
        Engine::with_limits(&Limits::default())
    }

    /// The same, with the stack that these limits leave and what they say of compiling: they belong to an engine, not to a
    /// call.
    pub fn with_limits(limits: &Limits) -> Result<Engine, Failure> {
        let config = config(limits.size(Limit::Stack));
        let inner = wasmtime::Engine::new(&config).map_err(Failure::engine)?;
        Ok(Engine {
            inner,
            clock: Arc::new(Once::new()),
            compile_limits: limits.compile(),
            program: worker::this_program(),
        })
    }

    /// The same, with other limits for compiling guests that somebody brings.
    pub fn with_compile_limits(self, compile_limits: CompileLimits) -> Engine {
        Engine { compile_limits, ..self }
    }

    /// The same, for a process that is not `cmp-host` itself: this is where `cmp-host` is, which compiles for it.
    pub fn with_program(self, program: PathBuf) -> Engine {
        Engine { program, ..self }
    }

    pub(crate) fn compile_limits(&self) -> &CompileLimits {
        &self.compile_limits
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    pub(crate) fn inner(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// Tells engines apart whose compiled code does not fit the other.
    pub(crate) fn compatibility(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.inner.precompile_compatibility_hash().hash(&mut hasher);
        hasher.finish()
    }

    /// How far the clock may move on before `time` is over. One more, because the current tick is already partly spent.
    pub(crate) fn ticks(time: Duration) -> u64 {
        u64::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    /// Starts the clock, if it does not run yet.
    ///
    /// It is a thread and not a task: a guest that never yields would also hold up the task that is meant to stop it.
    /// It ends with the engine.
    pub(crate) fn start_clock(&self) -> Result<(), Failure> {
        let mut started = Ok(());
        self.clock.call_once(|| {
            let engine = self.inner.weak();
            let tick = move || {
                while let Some(engine) = engine.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    std::thread::sleep(TICK);
                }
            };
            let thread = std::thread::Builder::new().name(String::from("guest-clock")).stack_size(64 << 10);
            started = thread.spawn(tick).map(drop).map_err(|error| Failure::engine(error.into()));
        });
        started
    }
}

fn config(stack: usize) -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(stack)
        // Determinism: bit patterns of NaN differ between processors, relaxed SIMD between machines.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .concurrency_support(false)
        // Default would ask the environment; nobody reads a guest's backtrace but with its own tools.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}
