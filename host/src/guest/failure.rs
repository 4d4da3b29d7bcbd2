//! Why a guest gave no manifests: the guest's fault or its limits', never the spec's.

use std::time::Duration;

use wasmtime::Trap;

use crate::guest::budget::{Budget, Refused};
use crate::guest::v0_1;
use crate::limits::Limit;

/// Why a guest gave no manifests. Each has a stable code that people can search for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It computed for too long.
    #[error("the guest used up its fuel of {limit}{}", by(lowerer.as_ref()))]
    Fuel {
        /// The budget's fuel.
        limit: u64,
        /// Who lowered it, if it was not the operator's own.
        lowerer: Option<String>,
    },
    /// It ran for too long, although it had fuel left.
    #[error("the guest ran for longer than {} ms{}", limit.as_millis(), by(lowerer.as_ref()))]
    Timeout {
        /// The budget's wall time.
        limit: Duration,
        /// Who lowered it.
        lowerer: Option<String>,
    },
    /// It wanted more memory, tables or instances than it may have.
    #[error("the guest wanted {wanted}; {limit} are allowed{}", by(lowerer.as_ref()))]
    Memory {
        /// How much of what.
        wanted: String,
        /// How much is allowed.
        limit: usize,
        /// Who lowered that.
        lowerer: Option<String>,
    },
    /// Its functions called each other too deep.
    #[error("the guest ran out of stack")]
    Stack,
    /// It crashed.
    #[error("the guest crashed: {0}")]
    Trap(String),
    /// Its answer is too large.
    #[error("the guest's answer is too large: {0}")]
    OutputLimit(String),
    /// Its answer is not what the contract asks for.
    #[error("the guest's answer is not valid: {0}")]
    BadOutput(String),
    /// It wants something of the host.
    #[error("the guest imports {}; a guest may import nothing", quoted(imports))]
    ImportDenied {
        /// All of them.
        imports: Vec<String>,
        /// What made the guest, as it says itself.
        tools: Vec<String>,
    },
    /// It does not export what the contract asks for.
    #[error("the guest does not export `{world}`: {0}", world = v0_1::WORLD)]
    WorldMismatch(String),
    /// It is not a WebAssembly component.
    #[error("the guest is not a valid component: {0}")]
    Invalid(String),
    /// Its file is too large.
    #[error("the guest has {size} bytes; {limit} are allowed")]
    TooLarge {
        /// The file's size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// It takes more to compile than it may.
    #[error("the guest cannot be compiled within its limits: {0}")]
    CompileLimit(String),
    /// Its file cannot be read.
    #[error("the guest cannot be read: {0}")]
    NotFound(String),
    /// Whoever asked has gone, or has no more time.
    #[error("nobody waits for the guest any more")]
    Cancelled,
    /// Nothing to do with the guest: the machine that should run it does not start.
    #[error("the WebAssembly engine does not start: {0}")]
    Engine(String),
}

impl Failure {
    /// The stable code: `GUEST_FUEL`.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Fuel { .. } => "GUEST_FUEL",
            Failure::Timeout { .. } => "GUEST_TIMEOUT",
            Failure::Memory { .. } => "GUEST_MEMORY",
            Failure::Stack => "GUEST_STACK",
            Failure::Trap(_) => "GUEST_TRAP",
            Failure::OutputLimit(_) => "GUEST_OUTPUT_LIMIT",
            Failure::BadOutput(_) => "GUEST_BAD_OUTPUT",
            Failure::ImportDenied { .. } => "GUEST_IMPORT_DENIED",
            Failure::WorldMismatch(_) => "GUEST_WORLD_MISMATCH",
            Failure::Invalid(_) => "GUEST_INVALID",
            Failure::TooLarge { .. } => "GUEST_TOO_LARGE",
            Failure::CompileLimit(_) => "GUEST_COMPILE_LIMIT",
            Failure::NotFound(_) => "GUEST_NOT_FOUND",
            Failure::Cancelled => "REQUEST_CANCELLED",
            Failure::Engine(_) => "HOST_ENGINE",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Failure::Fuel { lowerer: Some(_), .. }
            | Failure::Timeout { lowerer: Some(_), .. }
            | Failure::Memory { lowerer: Some(_), .. } => {
                "raise that limit, or leave it out: then the operator's own holds"
            }
            Failure::Fuel { .. } | Failure::Timeout { .. } => {
                "a guest that never ends is a bug of the guest: tell its team which spec it was"
            }
            Failure::Memory { .. } => {
                "tell the guest's team which spec it was; limits are the platform team's to raise"
            }
            Failure::Stack => "look for a recursion without an end in the guest",
            Failure::Trap(_) | Failure::BadOutput(_) => {
                "this is a bug of the guest, not of the spec: tell its team which spec it was"
            }
            Failure::OutputLimit(_) => "split the spec, or let the guest write less",
            Failure::ImportDenied { tools, .. } => without_imports(tools),
            Failure::WorldMismatch(_) => "build the guest for the world `guest` of `wit/expander.wit`",
            Failure::Invalid(reason) if reason.contains("component model async") => {
                "build the guest without asynchronous functions; for componentize-qjs that is `--sync`"
            }
            Failure::Invalid(_) => "give a binary component, as `wasm-tools component new` writes it",
            Failure::TooLarge { .. } => "build the guest for size, and strip its debug information",
            Failure::CompileLimit(_) => {
                "build the guest from less: fewer dependencies, smaller functions; limits are the platform team's to raise"
            }
            Failure::NotFound(_) => "give `default`, or the path of a component's file",
            Failure::Cancelled => "ask again",
            Failure::Engine(_) => "look at the machine: is there memory to map, may threads start?",
        }
    }

    pub(crate) fn engine(error: wasmtime::Error) -> Failure {
        Failure::Engine(cause(&error))
    }

    /// Says why an instance is not what the contract asks for: its functions are there, and their types are others.
    pub(crate) fn of_types(error: &wasmtime::Error) -> Failure {
        Failure::WorldMismatch(cause(error))
    }

    /// Says why an instance did not start. What is neither a trap nor a limit is the machine's fault.
    pub(crate) fn of_start(error: &wasmtime::Error, budget: &Budget, refused: Option<Refused>) -> Failure {
        Failure::of(error, budget, refused, Failure::Engine)
    }

    /// Says why a call ended without an answer. What is neither a trap nor a limit is an answer that cannot be read.
    pub(crate) fn of_call(error: &wasmtime::Error, budget: &Budget, refused: Option<Refused>) -> Failure {
        Failure::of(error, budget, refused, Failure::BadOutput)
    }

    fn of(
        error: &wasmtime::Error,
        budget: &Budget,
        refused: Option<Refused>,
        otherwise: fn(String) -> Failure,
    ) -> Failure {
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => {
                Failure::Fuel { limit: budget.fuel, lowerer: budget.lowerer(Limit::Fuel) }
            }
            Some(Trap::Interrupt) if budget.cancel.is_cancelled() => Failure::Cancelled,
            Some(Trap::Interrupt) => {
                Failure::Timeout { limit: budget.time, lowerer: budget.lowerer(Limit::Time) }
            }
            Some(Trap::StackOverflow) => Failure::Stack,
            trap => match (refused, trap) {
                // A guest that is refused memory crashes in its own way, and that way tells nobody anything.
                (Some(refused), _) => Failure::refused(refused, budget),
                (None, Some(trap)) => Failure::Trap(trap.to_string()),
                (None, None) => {
                    Failure::of_limit(&cause(error), budget).unwrap_or_else(|| otherwise(cause(error)))
                }
            },
        }
    }

    fn refused(refused: Refused, budget: &Budget) -> Failure {
        let (wanted, limit, of) = match refused {
            Refused::Memory { wanted } => (format!("{wanted} bytes of memory"), budget.memory, Limit::Memory),
            Refused::Table { wanted } => {
                (format!("{wanted} table elements"), budget.table_elements, Limit::TableElements)
            }
        };
        Failure::Memory { wanted, limit, lowerer: budget.lowerer(of) }
    }

    /// These have no type in wasmtime; its words are all there is.
    fn of_limit(text: &str, budget: &Budget) -> Option<Failure> {
        if text.starts_with("too much data is being copied") {
            return Some(Failure::OutputLimit(format!("more than {} bytes are copied", budget.copied)));
        }
        if text.starts_with("cannot allocate another handle") {
            return Some(Failure::Trap(format!("more than {} handles of resources", budget.handles)));
        }
        let count = text.strip_prefix("resource limit exceeded: ")?;
        let (limit, of) = match count.starts_with("memory") {
            true => (budget.memories, Limit::Memories),
            false => (budget.instances, Limit::Instances),
        };
        Some(Failure::Memory { wanted: format!("too much: {count}"), limit, lowerer: budget.lowerer(of) })
    }
}

/// Names whoever lowered a limit, in the line that stands alone.
fn by(lowerer: Option<&String>) -> String {
    lowerer.map_or_else(String::new, |it| format!(" (a limit that {it} lowers)"))
}

/// How the tool that made a guest makes one without imports.
fn without_imports(tools: &[String]) -> &'static str {
    let made_by = |name: &str| tools.iter().any(|it| it.eq_ignore_ascii_case(name));
    if made_by("componentize-py") {
        "build the guest with `componentize-py … componentize --stub-wasi`, which leaves WASI out"
    } else if made_by("componentize-qjs") {
        "build the guest with `componentize-qjs --sync --stub-wasi …`, which leaves WASI out"
    } else if made_by("ComponentizeJS") {
        "build the guest with `disableFeatures: ['random', 'stdio', 'clocks', 'http', 'fetch-event']`"
    } else if made_by("rustc") {
        "build the guest for `wasm32-unknown-unknown`, and make it a component with `wasm-tools component new`"
    } else {
        "build the guest without WASI: for Rust, target `wasm32-unknown-unknown`; for componentize-py and componentize-qjs, `--stub-wasi`; for componentize-js, `disableFeatures`"
    }
}

/// The innermost cause, without the backtrace around it.
pub(crate) fn cause(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}
