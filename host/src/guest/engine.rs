//! The engine that all guests of a process share: compiled code and the clock belong to it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use wasmtime::Config;

use crate::guest::compile::CompileLimits;
use crate::guest::failure::Failure;
use crate::guest::{Binary, code, pool, settings, worker};
use crate::limits::{Limit, Limits};

/// How often a running guest looks at the time; a deadline is met to within two of these.
const TICK: Duration = Duration::from_millis(10);

/// Runs compiled guests. A clone is the same engine.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: wasmtime::Engine,
    has_clock: Arc<Mutex<bool>>,
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
        Engine::of(settings::config(), limits)
    }

    /// The same for a process that calls this guest again and again, on so many threads: the memory of one instance is the next
    /// one's then, if the guest is ours (`pool.rs`).
    pub fn for_many_calls(binary: &Binary, limits: &Limits, threads: usize) -> Result<Engine, Failure> {
        if !binary.is_ours() {
            return Engine::with_limits(limits);
        }
        let mut config = settings::config();
        config.allocation_strategy(pool::strategy(threads));
        // A process that may not reserve the addresses of a pool may have those of one instance.
        Engine::of(config, limits).or_else(|error| {
            tracing::info!(%error, "each instance gets memory of its own");
            Engine::with_limits(limits)
        })
    }

    fn of(mut config: Config, limits: &Limits) -> Result<Engine, Failure> {
        config.max_wasm_stack(limits.size(Limit::Stack));
        if code::of_default_guest_is_shipped() {
            config.with_custom_code_memory(Some(Arc::new(code::Publisher)));
        }
        // To set up a compiler takes as long as to read a spec, and where code is cached nobody asks it.
        let inner = wasmtime::Engine::new(config.enable_compiler(false)).map_err(Failure::engine)?;
        Ok(Engine {
            inner,
            has_clock: Arc::default(),
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

    /// Starts the clock, if it does not run yet.
    ///
    /// It is a thread and not a task: a guest that never yields would also hold up the task that is meant to stop it.
    /// It ends with the engine.
    pub(crate) fn start_clock(&self) -> Result<(), Failure> {
        once(&self.has_clock, || {
            let engine = self.inner.weak();
            let tick = move || {
                while let Some(engine) = engine.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    thread::sleep(TICK);
                }
            };
            let thread = thread::Builder::new().name(String::from("guest-clock")).stack_size(64 << 10);
            thread.spawn(tick).map(drop)
        })
        .map_err(|error| Failure::engine(error.into()))
    }
}

/// Starts something that has not started yet. Where it cannot, the next one tries again: a machine that has no thread to
/// give now may have one for the next call, and without its clock a guest would have all the time in the world.
fn once(has_started: &Mutex<bool>, start: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let mut has_started = has_started.lock().unwrap_or_else(PoisonError::into_inner);
    if !*has_started {
        start()?;
        *has_started = true;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use wasmtime::Module;

    use super::*;

    #[test]
    fn what_cannot_start_is_tried_again_and_what_has_is_not() {
        let has_started = Mutex::new(false);
        assert!(once(&has_started, || Err(io::Error::other("no thread"))).is_err());
        let mut starts = 0;
        for _ in 0..2 {
            once(&has_started, || {
                starts += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(starts, 1);
    }

    /// A core module of these sections.
    fn is_taken(sections: &[&[u8]]) -> bool {
        let module = [b"\0asm\x01\0\0\0", sections.concat().as_slice()].concat();
        Module::validate(Engine::new().unwrap().inner(), &module).is_ok()
    }

    #[test]
    fn what_guests_need_is_taken() {
        assert!(is_taken(&[&[5, 3, 1, 0, 1]]), "a memory");
        assert!(is_taken(&[&[5, 5, 2, 0, 1, 0, 1]]), "two memories");
    }

    /// Each is a module that another setting, or another feature of the crate, would take.
    #[test]
    fn what_is_young_or_differs_between_machines_is_refused() {
        assert!(!is_taken(&[&[5, 4, 1, 3, 1, 1]]), "a shared memory");
        assert!(!is_taken(&[&[5, 3, 1, 4, 1]]), "a memory of 64 bits");
        assert!(!is_taken(&[&[5, 4, 1, 8, 1, 0]]), "a memory with pages of one byte");
        assert!(!is_taken(&[&[1, 3, 1, 0x5f, 0]]), "a type of the collector");
        assert!(!is_taken(&[EMPTY_TYPE, &[13, 3, 1, 0, 0]]), "a tag of exceptions");
        assert!(!is_taken(&[&[1, 6, 2, 0x60, 0, 0, 0x5d, 0]]), "a type of continuations");
        assert!(!is_taken(&swizzling(&[0xfd, 0x80, 0x02])), "relaxed SIMD");
        assert!(is_taken(&swizzling(&[0xfd, 14])), "the same with SIMD");
    }

    const EMPTY_TYPE: &[u8] = &[1, 4, 1, 0x60, 0, 0];

    /// A function that gives two vectors of zeros to an instruction.
    fn swizzling(instruction: &[u8]) -> [&'static [u8]; 3] {
        let vector = [&[0xfd, 12][..], &[0; 16]].concat();
        let body = [&[0], vector.as_slice(), &vector, instruction, &[0x1a, 0x0b]].concat();
        let size = u8::try_from(body.len()).unwrap();
        let section = [&[10, size + 2, 1, size], body.as_slice()].concat();
        [EMPTY_TYPE, &[3, 2, 1, 0], section.leak()]
    }
}
