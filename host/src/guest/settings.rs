//! What wasmtime is told, wherever a guest is compiled or run: the build script, which compiles the default one, reads this file
//! as well. Code of other settings than the engine's own is refused.

use wasmtime::{Config, WasmBacktraceDetails};

/// Each setting with its reason. What is wasmtime's default and matters is set all the same: a default may change.
///
/// Threads, the collector with its exceptions, core dumps, wasmtime's own cache, compiling on many cores and reading text
/// are features of the crate that the host leaves out, so that no setting can bring them back. The build script compiles on many
/// cores: what it compiles is ours, and the code is the same.
pub fn config() -> Config {
    let mut config = Config::new();
    config
        // Counts what a guest computes: the documented limit, since it ends a guest at the same place on every machine.
        .consume_fuel(true)
        // Ends what fuel counts badly.
        .epoch_interruption(true)
        // Faults of the processor find what is out of bounds; without them, the mitigations of Spectre go as well.
        .signals_based_traps(true)
        // Costs address space alone, and stops a compiler's mistake from reaching what lies before a memory.
        .guard_before_linear_memory(true)
        // Determinism: bit patterns of NaN differ between processors, relaxed SIMD between machines.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        // Young, or of the second tier, for which wasmtime promises no security fixes; no guest needs them.
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_stack_switching(false)
        .shared_memory(false)
        // Memories are summed, so many of them are no more than one.
        .wasm_multi_memory(true)
        // Guests are called, and answer: there are no tasks, and so no state of them in each store.
        .concurrency_support(false)
        // Default would ask the environment; nobody reads a guest's backtrace but with its own tools.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}
