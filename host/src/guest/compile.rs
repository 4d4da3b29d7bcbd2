//! From a component's bytes to code, and what can be seen of a component before it runs.

use wasmtime::component::Component;

use crate::guest::cache::Cache;
use crate::guest::engine::Engine;
use crate::guest::failure::{Failure, cause};
use crate::guest::v0_1;

/// The first bytes of a component; a core module has the version 1 and the layer 0.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// The largest that was seen is Python's, with 18.5 MB.
pub(crate) const SIZE_LIMIT: u64 = 32 << 20;

/// What a component asks of its host, and what it offers, whether or not it can serve as a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
}

impl Outline {
    pub(crate) fn of(engine: &Engine, component: &Component) -> Outline {
        let kind = component.component_type();
        Outline {
            imports: kind.imports(engine.inner()).map(|(name, _)| name.to_owned()).collect(),
            exports: kind.exports(engine.inner()).map(|(name, _)| name.to_owned()).collect(),
        }
    }

    /// The version of the contract that it keeps.
    pub fn world(&self) -> Option<&str> {
        self.exports.iter().map(String::as_str).find(|it| it.starts_with(v0_1::EXPORT))
    }

    /// Refuses what cannot serve as a guest.
    pub(crate) fn require_guest(&self) -> Result<(), Failure> {
        if !self.imports.is_empty() {
            return Err(Failure::ImportDenied(self.imports.clone()));
        }
        if self.world().is_none() {
            let found = match self.exports.as_slice() {
                [] => String::from("it exports nothing"),
                names => format!("it exports `{}`", names.join("`, `")),
            };
            return Err(Failure::WorldMismatch(found));
        }
        Ok(())
    }
}

/// Takes the code from the cache, or compiles and keeps it. `digest` is the sha256 of the bytes.
pub(crate) fn compile(
    engine: &Engine,
    bytes: &[u8],
    digest: &str,
    cache: &Cache,
) -> Result<Component, Failure> {
    if let Some(component) = cache.load(engine, digest) {
        return Ok(component);
    }
    require_component(bytes)?;
    tracing::info!(digest, "compiling the guest");
    let component =
        Component::from_binary(engine.inner(), bytes).map_err(|error| Failure::Invalid(cause(&error)))?;
    cache.store(engine, digest, &component);
    Ok(component)
}

fn require_component(bytes: &[u8]) -> Result<(), Failure> {
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Failure::TooLarge { size: bytes.len() as u64, limit: SIZE_LIMIT });
    }
    let found = match bytes {
        it if it.starts_with(COMPONENT) => return Ok(()),
        [] => "the file is empty",
        it if it.starts_with(MODULE) => "it is a core module",
        it if it.starts_with(b"\x7fELF") => "it is compiled code, which is never loaded from outside",
        it if it.trim_ascii_start().starts_with(b"(") => "it is WebAssembly text",
        _ => "it does not begin as one",
    };
    Err(Failure::Invalid(found.to_owned()))
}
