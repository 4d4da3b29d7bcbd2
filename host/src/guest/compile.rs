//! From a component's bytes to code. Compiling is the dangerous moment: no fuel counts there and no epoch ends it.
//!
//! So a guest that somebody brings is looked over first, and compiled in a process of its own, with limits of its own. The
//! default guest travels in this program, compiled already; on a machine that the build script compiled nothing for, it is
//! compiled where it is.

use std::time::Duration;

use wasmtime::component::Component;

use crate::guest::cache::Cache;
use crate::guest::code;
use crate::guest::engine::Engine;
use crate::guest::failure::{Failure, cause};
use crate::guest::{Binary, settings, structure, worker};
use crate::limits::{Limit, Limits};

/// The first bytes of a component; a core module has the version 1 and the layer 0.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// What compiling one guest may take, and what the guest may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Bytes of the component's file. The largest that was seen is Python's, with 18.5 MB.
    pub size: u64,
    /// Core modules; a component that Python's tool makes has 38.
    pub modules: u64,
    /// Components inside of the component. 20,000 of them, in 238 KB, took 28 s.
    pub components: u64,
    /// Components and modules inside of each other.
    pub depth: u64,
    /// Functions of all modules.
    pub functions: u64,
    /// Bytes of one function: a compiler's time can grow with their square. 680 KB took 46 s.
    pub body: u64,
    /// Bytes of all functions. Python's guest has 17 MB in its file, of which most is data.
    pub code: u64,
    /// Types, imports, exports and all else that sections count.
    pub items: u64,
    /// Bytes that one instance of a module holds beside its memories and tables, as wasmtime lays it out: a guest may have as
    /// many instances as its limit says, and no limiter sees what lies in them.
    pub instance: u64,
    /// Time of one processor, and no more than that on the clock.
    pub time: Duration,
    /// Bytes that the process may have.
    pub memory: u64,
}

impl Limits {
    /// What compiling one guest may take.
    pub fn compile(&self) -> CompileLimits {
        CompileLimits {
            size: self.value(Limit::Component),
            time: Duration::from_millis(self.value(Limit::CompileTime)),
            memory: self.value(Limit::CompileMemory),
            ..CompileLimits::default()
        }
    }
}

impl Default for CompileLimits {
    fn default() -> Self {
        CompileLimits {
            size: Limit::Component.row().default,
            modules: 64,
            components: 100,
            depth: 50,
            functions: 50_000,
            body: 512 << 10,
            code: 16 << 20,
            items: 200_000,
            instance: 2 << 20,
            time: Duration::from_millis(Limit::CompileTime.row().default),
            memory: Limit::CompileMemory.row().default,
        }
    }
}

/// Where the code of a guest comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeOrigin {
    /// It was compiled with this program.
    Program,
    /// It was compiled before.
    Cache,
    /// It was compiled for this.
    Compiler,
}

/// Takes the code from this program or from the cache, or compiles and keeps it.
pub(crate) fn compile(
    engine: &Engine,
    binary: &Binary,
    cache: &Cache,
) -> Result<(Component, CodeOrigin), Failure> {
    if binary.is_ours()
        && let Some(component) = code::of_default_guest(engine)
    {
        return Ok((component?, CodeOrigin::Program));
    }
    if let Some(component) = cache.load(engine, binary.sha256()) {
        return Ok((component, CodeOrigin::Cache));
    }
    tracing::info!(digest = binary.sha256(), "compiling the guest");
    let code = if binary.is_ours() {
        here(binary.as_ref())?
    } else {
        outline(binary, engine.compile_limits())?.require_guest()?;
        worker::compile(engine, binary.as_ref())?
    };
    cache.store(binary.sha256(), &code);
    Ok((code::fresh(engine, &code)?, CodeOrigin::Compiler))
}

/// Compiles in this process, with an engine for that alone.
pub(crate) fn here(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let compiler = wasmtime::Engine::new(&settings::config()).map_err(Failure::engine)?;
    compiler.precompile_component(bytes).map_err(|error| Failure::Invalid(cause(&error)))
}

/// What can be seen of a component before it is compiled.
pub(crate) fn outline(binary: &Binary, limits: &CompileLimits) -> Result<structure::Outline, Failure> {
    require_component(binary.as_ref(), limits)?;
    structure::outline(binary.as_ref(), limits)
}

fn require_component(bytes: &[u8], limits: &CompileLimits) -> Result<(), Failure> {
    if bytes.len() as u64 > limits.size {
        return Err(Failure::TooLarge { size: bytes.len() as u64, limit: limits.size });
    }
    let found = match bytes {
        it if it.starts_with(COMPONENT) => return Ok(()),
        [] => "the file is empty",
        it if it.starts_with(MODULE) => "it is a core module",
        it if it.starts_with(b"\x7fELF") => "it is compiled code, which is never loaded from outside",
        it if it.starts_with(b"\x1f\x8b") => "it is compressed",
        it if it.trim_ascii_start().starts_with(b"(") => "it is WebAssembly text",
        _ => "it does not begin as one",
    };
    Err(Failure::Invalid(found.to_owned()))
}
