//! The guest's heap. A call has an instance and so a heap of its own, and lives for a millisecond: what counts is how fast
//! a small piece is found, and how few pages are touched. Nothing is given back to the host or put together again.
//!
//! Pieces come in classes of size. A piece that is freed heads its class's list, and is the next to be handed out. Where a
//! class has none, one of a class a little above is handed out, since its pages have been touched: a page that has not been
//! costs as much as some fifty pieces. It then belongs to the smaller class. Talc and std's dlmalloc look for the best piece,
//! and made an expansion a tenth and a fifth slower. A mistake in here stays in the sandbox.

#![expect(unsafe_code, reason = "an allocator hands out raw memory; it is reached by the guest alone")]

use core::arch::wasm32;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr;

use crate::size_class::{CLASSES, GRAIN, SMALL, class};

const PAGE: usize = 64 << 10;
/// How much is asked of the host at once; it costs nothing until it is touched.
const CHUNK: usize = 1 << 20;
/// How many classes above are looked at where one has no free piece: up to pieces of twice the size. Seven were no better.
const ABOVE: usize = 4;

unsafe extern "C" {
    /// The linker's: where statics end.
    static __heap_base: u8;
}

/// The pieces that are free, by class, and the memory that was never used. Aligned so that all of it lies in one page.
#[repr(align(1024))]
pub(crate) struct Heap {
    free: [Cell<*mut Free>; CLASSES],
    next: Cell<usize>,
    end: Cell<usize>,
}

/// What a free piece holds.
struct Free {
    next: *mut Free,
}

// SAFETY: an instance has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) const fn new() -> Heap {
        Heap { free: [const { Cell::new(ptr::null_mut()) }; CLASSES], next: Cell::new(0), end: Cell::new(0) }
    }

    /// Takes a free piece of its class, or of one a little above, or memory that was never used.
    // Most allocations are small, and their road is put into each caller. This one would make all of those longer.
    #[inline(never)]
    fn find(&self, size: usize) -> *mut u8 {
        let (class, size) = class(size);
        let held = self.free[class..].iter().take(1 + ABOVE).find(|it| !it.get().is_null());
        held.map_or_else(|| self.take(size, GRAIN), hand_out)
    }

    /// Puts a piece at the head of its class's list.
    #[inline(always)]
    fn keep(&self, piece: *mut u8, size: usize) {
        let (class, _) = class(size);
        let head: *mut Free = piece.cast();
        // SAFETY: the piece is ours again, and no class is smaller than a pointer.
        unsafe { head.write(Free { next: self.free[class].get() }) };
        self.free[class].set(head);
    }

    /// The same, as a function of its own, where a class takes some steps to compute.
    #[inline(never)]
    fn keep_large(&self, piece: *mut u8, size: usize) {
        self.keep(piece, size);
    }

    /// Takes memory that was never used; null if the host gives no more.
    fn take(&self, size: usize, align: usize) -> *mut u8 {
        let start = self.next.get().next_multiple_of(align);
        match start.checked_add(size) {
            Some(next) if next <= self.end.get() => {
                self.next.set(next);
                ptr::with_exposed_provenance_mut(start)
            }
            _ => self.grow_and_take(size, align),
        }
    }

    /// Takes what is there without asking: a linker's flag in `host/build.rs` says how much.
    fn begin(&self) {
        self.next.set((&raw const __heap_base).expose_provenance());
        self.end.set(wasm32::memory_size(0) * PAGE);
    }

    #[cold]
    fn grow_and_take(&self, size: usize, align: usize) -> *mut u8 {
        if self.end.get() == 0 {
            self.begin();
            return self.take(size, align);
        }
        let Some(wanted) = size.checked_add(align) else { return ptr::null_mut() };
        let bytes = wanted.max(CHUNK).div_ceil(PAGE) * PAGE;
        let pages = wasm32::memory_grow(0, bytes / PAGE);
        let Some(start) = pages.checked_mul(PAGE) else { return ptr::null_mut() };
        // What is left of the chunk before is lost, unless this one follows it.
        if start != self.end.get() {
            self.next.set(start);
        }
        self.end.set(start + bytes);
        self.take(size, align)
    }
}

/// Takes the first piece of a list that has one.
#[inline(always)]
fn hand_out(list: &Cell<*mut Free>) -> *mut u8 {
    let head = list.get();
    // SAFETY: `dealloc` has written it.
    list.set(unsafe { (*head).next });
    head.cast()
}

// SAFETY: a piece is as large as its class, which is no smaller than what was asked for, aligned to GRAIN, and in one hand
// at a time; what needs more alignment is never handed out twice.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > GRAIN {
            return self.take(layout.size(), layout.align());
        }
        if layout.size() > SMALL {
            return self.find(layout.size());
        }
        let (class, size) = class(layout.size());
        let list = &self.free[class];
        if list.get().is_null() { self.find(size) } else { hand_out(list) }
    }

    #[inline]
    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if layout.align() > GRAIN {
            return;
        }
        if layout.size() > SMALL {
            self.keep_large(piece, layout.size())
        } else {
            self.keep(piece, layout.size())
        }
    }

    #[inline]
    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises a size that a layout takes.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if layout.align() <= GRAIN && class(layout.size()).0 == class(new_size).0 {
            return piece;
        }
        // SAFETY: both are as the caller promises, and two pieces do not overlap.
        unsafe {
            let moved = self.alloc(new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(piece, moved, layout.size().min(new_size));
                self.dealloc(piece, layout);
            }
            moved
        }
    }
}
