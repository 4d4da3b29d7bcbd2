//! Memory that one instance of the default guest leaves to the next, in a process that calls it again and again.
//!
//! To map the memory of an instance, to meet its pages and to give them back takes a third of an expansion, and meanwhile the
//! kernel holds up every other thread that does the same. wasmtime's pool keeps what is mapped, and writes back what an instance
//! began with.
//!
//! That is for the default guest alone. Should a byte ever not be written back, the next instance could read what the one before
//! had in its memory; the default guest's code is ours, and does not look for that. A guest that somebody brings might, so each of
//! its instances has memory that is fresh from the kernel.

use wasmtime::{InstanceAllocationStrategy, PoolingAllocationConfig};

/// How many bytes of a memory are written back, and stay with the process: the default guest's stack and constants, and a heap
/// that is enough for most specs. What lies beyond goes back to the kernel.
///
/// All of them are written, although an expansion changes a tenth. wasmtime could ask the kernel which those are
/// (`pagemap_scan`), and takes a page that has been swapped out for one that was never changed (its pull request 14357).
const KEPT: usize = 1 << 20;

/// Room for one instance of the default guest on each of so many threads. It is one core module, with one memory and one table.
pub(super) fn strategy(threads: usize) -> InstanceAllocationStrategy {
    let instances = u32::try_from(threads).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(KEPT);
    InstanceAllocationStrategy::Pooling(pool)
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Module, Store};

    use super::*;
    use crate::guest::{self, Binary, Budget, Cache, Guest, settings};
    use crate::limits::Limits;

    /// Returns 1 plus whatever it finds that nobody has written, and then writes everywhere: into a constant, into memory
    /// without one, into memory that it has grown and that is not kept, into a table and into a global.
    const CURIOUS: &str = r#"(module
        (memory 20)
        (data (i32.const 65536) "\01")
        (table $table 4 funcref)
        (global $global (mut i32) (i32.const 0))
        (elem declare func $call)
        (func $call (export "call") (result i32)
            (local $found i32)
            (local.set $found (i32.load8_u (i32.const 65536)))
            (local.set $found (i32.add (local.get $found) (i32.load (i32.const 8))))
            (local.set $found (i32.add (local.get $found) (i32.load (i32.const 1200000))))
            (local.set $found (i32.add (local.get $found) (memory.grow (i32.const 20))))
            (local.set $found (i32.add (local.get $found) (i32.load (i32.const 2600000))))
            (local.set $found (i32.add (local.get $found) (global.get $global)))
            (local.set $found (i32.add (local.get $found) (i32.eqz (ref.is_null (table.get $table (i32.const 3))))))
            (i32.store8 (i32.const 65536) (i32.const 100))
            (i32.store (i32.const 8) (i32.const 100))
            (i32.store (i32.const 1200000) (i32.const 100))
            (i32.store (i32.const 2600000) (i32.const 100))
            (global.set $global (i32.const 100))
            (table.set $table (i32.const 3) (ref.func $call))
            (local.get $found)))"#;

    #[test]
    fn an_instance_finds_nothing_of_the_one_before() {
        let mut config = settings::config();
        config.consume_fuel(false).epoch_interruption(false).allocation_strategy(strategy(1));
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wat::parse_str(CURIOUS).unwrap()).unwrap();
        for _ in 0..1000 {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let call = instance.get_typed_func::<(), i32>(&mut store, "call").unwrap();
            // The memory had 20 pages before it grew.
            assert_eq!(call.call(&mut store, ()).unwrap(), 1 + 20);
        }
    }

    fn is_pooled(binary: &Binary) -> bool {
        let engine = guest::Engine::for_many_calls(binary, &Limits::default(), 1).unwrap();
        engine.inner().pooling_allocator_metrics().is_some()
    }

    #[test]
    fn a_guest_that_somebody_brings_gets_fresh_memory() {
        let ours = Binary::default_guest();
        assert!(is_pooled(&ours));
        assert!(!is_pooled(&Binary::of(ours.bytes().to_vec())));
    }

    #[test]
    fn the_default_guest_needs_no_more_room_than_one_place() {
        let binary = Binary::default_guest();
        let engine = guest::Engine::for_many_calls(&binary, &Limits::default(), 1).unwrap();
        let guest = Guest::load(&engine, &binary, &Cache::none()).unwrap();
        let describe = || guest.describe(&Budget::default()).unwrap().name;
        assert_eq!(describe(), describe());
    }
}
