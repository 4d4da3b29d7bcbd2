//! What one call of a guest may use, and the limiter that holds it to that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::limits::{Limit, Limits};

/// What one call of a guest may use. The numbers are the platform's: an application may lower one, never raise it.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Instructions, roughly. This is the limit that people meet, since it falls in the same place on every machine.
    pub fuel: u64,
    /// Wall time: the backstop for what fuel counts badly, such as filling memory.
    pub time: Duration,
    /// Bytes of all linear memories together.
    pub memory: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// Core instances, and as many tables; a component that Python's tool makes has 38.
    pub instances: usize,
    /// Linear memories.
    pub memories: usize,
    /// Bytes that are copied out of the guest: what it hands over, however often it names it.
    pub copied: usize,
    /// Handles of resources.
    pub handles: usize,
    /// Bytes of all manifests of one answer.
    pub output: usize,
    /// Bytes of one manifest; etcd takes no object above 1.5 MiB.
    pub manifest: usize,
    /// How many manifests.
    pub manifests: usize,
    /// Which limits a spec or a parameter lowered, and how a message calls whoever did.
    pub lowered: Vec<(Limit, String)>,
    /// Ends the call before any of these does, when nobody waits for its answer any more.
    pub cancel: Cancel,
    /// Learns what the call used.
    pub meter: Meter,
}

/// A flag that ends running guests. All clones are one flag.
///
/// The epoch reads it, and not a future that is dropped: that does not stop a thread.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends what runs with this flag, and what would.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody did.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What calls have used, for people and metrics. All clones are one meter.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Used>);

#[derive(Debug, Default)]
struct Used {
    fuel: AtomicU64,
    /// Whether a call was interrupted, whose fuel nobody knows.
    is_partial: AtomicBool,
    memory: AtomicUsize,
}

impl Meter {
    /// What a call has used; no fuel is fuel that is not known.
    pub(crate) fn add(&self, fuel: Option<u64>, memory: usize) {
        match fuel {
            Some(fuel) => drop(self.0.fuel.fetch_add(fuel, Ordering::Relaxed)),
            None => self.0.is_partial.store(true, Ordering::Relaxed),
        }
        self.0.memory.fetch_max(memory, Ordering::Relaxed);
    }

    /// Of all calls together, but for those that were interrupted.
    pub fn fuel(&self) -> u64 {
        self.0.fuel.load(Ordering::Relaxed)
    }

    /// The same, if none was interrupted.
    pub(crate) fn whole_fuel(&self) -> Option<u64> {
        (!self.0.is_partial.load(Ordering::Relaxed)).then(|| self.fuel())
    }

    /// Bytes of all memories of that call which had the most.
    pub fn memory(&self) -> usize {
        self.0.memory.load(Ordering::Relaxed)
    }
}

impl Limits {
    /// What one call of a guest may use.
    pub fn budget(&self) -> Budget {
        Budget {
            fuel: self.value(Limit::Fuel),
            time: Duration::from_millis(self.value(Limit::Time)),
            memory: self.size(Limit::Memory),
            table_elements: self.size(Limit::TableElements),
            instances: self.size(Limit::Instances),
            memories: self.size(Limit::Memories),
            copied: self.size(Limit::Copied),
            handles: self.size(Limit::Handles),
            output: self.size(Limit::Output),
            manifest: self.size(Limit::Manifest),
            manifests: self.size(Limit::Manifests),
            lowered: self.lowered(),
            cancel: Cancel::default(),
            meter: Meter::default(),
        }
    }
}

impl Budget {
    /// Who lowered a limit: then it is not the guest that asks for too much.
    pub(crate) fn lowerer(&self, limit: Limit) -> Option<String> {
        self.lowered.iter().find(|it| it.0 == limit).map(|it| it.1.clone())
    }
}

impl Default for Budget {
    /// What the table of limits says where nobody else does.
    fn default() -> Self {
        Limits::default().budget()
    }
}

/// What a guest was refused; by the time its trap arrives, the reason is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Memory { wanted: usize },
    Table { wanted: usize },
}

/// Sums over all memories and all tables of a store: wasmtime's own limiter counts each alone.
#[derive(Debug)]
pub(crate) struct Limiter {
    budget: Budget,
    memory: usize,
    elements: usize,
    refused: Option<Refused>,
}

impl Limiter {
    pub(crate) fn new(budget: Budget) -> Limiter {
        Limiter { budget, memory: 0, elements: 0, refused: None }
    }

    /// Bytes of all memories; they never shrink.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    pub(crate) fn refused(&self) -> Option<Refused> {
        self.refused
    }

    /// Remembers a refusal, and says whether there was none.
    fn note(&mut self, added: Result<(), Refused>) -> bool {
        self.refused = added.err().or(self.refused);
        added.is_ok()
    }
}

/// Adds to the sum of a kind. What would be more than it may be is not added, and returned.
fn add(sum: &mut usize, more: usize, most: usize) -> Result<(), usize> {
    let wanted = sum.saturating_add(more);
    if wanted > most {
        return Err(wanted);
    }
    *sum = wanted;
    Ok(())
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|it| desired > it) {
            // The module's own limit: it fails by itself, and takes nothing.
            return Ok(false);
        }
        let added = add(&mut self.memory, desired - current, self.budget.memory);
        Ok(self.note(added.map_err(|wanted| Refused::Memory { wanted })))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|it| desired > it) {
            return Ok(false);
        }
        let added = add(&mut self.elements, desired - current, self.budget.table_elements);
        Ok(self.note(added.map_err(|wanted| Refused::Table { wanted })))
    }

    fn instances(&self) -> usize {
        self.budget.instances
    }

    fn tables(&self) -> usize {
        self.budget.instances
    }

    fn memories(&self) -> usize {
        self.budget.memories
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_summed() {
        let mut limiter = Limiter::new(Budget { memory: 100, ..Budget::default() });
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap());
        assert_eq!(limiter.refused(), Some(Refused::Memory { wanted: 120 }));
    }

    #[test]
    fn the_modules_own_limit_is_not_ours() {
        let mut limiter = Limiter::new(Budget::default());
        assert!(!limiter.memory_growing(0, 60, Some(50)).unwrap());
        assert_eq!(limiter.refused(), None);
    }
}
