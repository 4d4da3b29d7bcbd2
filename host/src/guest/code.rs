//! Loads compiled code: from this program, from a file of the cache, or as the compiler gave it.
//!
//! This is the only module with `unsafe` in it: loading compiled code trusts the code. Each function says why it may.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use memmap2::Mmap;
use rustix::mm::{MprotectFlags, mprotect};
use wasmtime::CustomCodeMemory;
use wasmtime::component::Component;

use crate::guest::engine::Engine;
use crate::guest::failure::Failure;

/// What the build script compiled of the default guest, laid out as in a file of its own; empty where it compiled nothing.
static DEFAULT: &Pages<[u8]> = &Pages(*include_bytes!(concat!(env!("OUT_DIR"), "/guest.code")));

/// A page of an x86-64, of which alone this program brings code.
const PAGE: usize = 4096;

/// Begins with a page, and so does the code in it: what can be run is a matter of whole pages.
#[repr(C, align(4096))]
struct Pages<T: ?Sized>(T);

/// Whether this program brings the default guest compiled already.
pub(crate) const fn of_default_guest_is_shipped() -> bool {
    !DEFAULT.0.is_empty()
}

/// Whether an engine has taken the default guest's code where it lies. wasmtime finds code by its addresses, so that one engine
/// of a process can have these; each further one, as after a reload, takes a copy.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The default guest as this program brings it. Nothing is read or summed for it: it is a part of the program, and as trusted
/// as the rest.
#[expect(unsafe_code, reason = "the build script compiled it")]
pub(crate) fn of_default_guest(engine: &Engine) -> Option<Result<Component, Failure>> {
    let code = of_default_guest_is_shipped().then_some(&DEFAULT.0)?;
    if IS_TAKEN.swap(true, Ordering::Relaxed) {
        return Some(fresh(engine, code));
    }
    // SAFETY: the bytes are what wasmtime's compiler gave to the build script. They are there as long as the program, and
    // begin with a page; nobody writes to them, as they are constants.
    let component = unsafe { Component::deserialize_raw(engine.inner(), NonNull::from(code)) };
    Some(component.map_err(Failure::engine))
}

/// The component in a file that has been checked.
#[expect(unsafe_code, reason = "nobody else could write the file, and its checksum has been compared")]
pub(crate) fn of_file(engine: &Engine, file: &File) -> io::Result<Component> {
    // SAFETY: the cache has established that only we or root can have written this code, and it writes nothing but what
    // wasmtime serialised, aside, so that this very file never changes. Its name may come to mean another file; the
    // descriptor does not.
    let component =
        unsafe { Component::deserialize_file(engine.inner(), format!("/dev/fd/{}", file.as_raw_fd())) };
    component.map_err(io::Error::other)
}

/// A file of the cache, to be checked.
#[expect(unsafe_code, reason = "nobody else could change the file under our eyes")]
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the cache has said that only we or root can write this file, and replaces it whole.
    unsafe { Mmap::map(file) }
}

/// Takes a copy of code that has been compiled with this program, just now, here or by a child of ours, or that a component
/// gives which was taken already.
#[expect(unsafe_code, reason = "a child is this program, and its answer came through a pipe of ours")]
pub(crate) fn fresh(engine: &Engine, code: &[u8]) -> Result<Component, Failure> {
    // SAFETY: the code is what wasmtime's compiler gave, in a process that ran this program and nothing else.
    unsafe { Component::deserialize(engine.inner(), code) }.map_err(Failure::engine)
}

/// Lets pages be run. wasmtime does that by itself, but only for pages that it has mapped.
pub(crate) struct Publisher;

#[expect(unsafe_code, reason = "wasmtime hands over pages of code, and asks for this")]
impl CustomCodeMemory for Publisher {
    fn required_alignment(&self) -> usize {
        PAGE
    }

    fn publish_executable(&self, code: *const u8, length: usize) -> wasmtime::Result<()> {
        // SAFETY: these are whole pages with code alone in them, and no reference to them allows to write.
        unsafe { mprotect(code.cast_mut().cast(), length, MprotectFlags::READ | MprotectFlags::EXEC) }?;
        Ok(())
    }

    /// Code is unmapped next, or stays where it is in this program: as long as that is constant, it may be run.
    fn unpublish_executable(&self, _: *const u8, _: usize) -> wasmtime::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::{Binary, Budget, Cache, Guest};

    #[test]
    fn the_code_begins_with_a_page() {
        assert_eq!(DEFAULT.0.as_ptr().addr() % PAGE, 0);
    }

    /// The one that has the code where it lies is among them, or was before.
    #[test]
    fn each_engine_has_the_default_guest() {
        let guest =
            || Guest::load(&Engine::new().unwrap(), &Binary::default_guest(), &Cache::none()).unwrap();
        let name = |it: Guest| it.describe(&Budget::default()).unwrap().name;
        let (first, second) = (guest(), guest());
        assert_eq!([name(first), name(second), name(guest())], ["sglang"; 3]);
    }
}
