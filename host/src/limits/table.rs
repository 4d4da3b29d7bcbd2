//! The table of all limits that an operator sets; `docs/cmp-host-toml.md` and its schema repeat it.
//!
//! The largest value is not what is wise, but what still means something: beyond it, another limit or the machine itself
//! comes first.

use std::fs;

/// The limits, in the order in which people should see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// What a call may compute.
    Fuel,
    /// How long it may take.
    Time,
    /// How much memory it may have.
    Memory,
    /// How large its tables may be.
    TableElements,
    /// How many core instances it may consist of.
    Instances,
    /// How many memories.
    Memories,
    /// How deep it may call itself.
    Stack,
    /// How much may be copied out of it.
    Copied,
    /// How many handles of resources it may hold.
    Handles,
    /// How large an answer may be.
    Output,
    /// How large one manifest may be.
    Manifest,
    /// How many manifests there may be.
    Manifests,
    /// How large a component's file may be.
    Component,
    /// How long compiling it may take.
    CompileTime,
    /// How much memory compiling it may take.
    CompileMemory,
    /// How large a file of a request may be.
    Spec,
    /// How many files a request may have.
    Files,
    /// How large they may be together.
    Read,
    /// How large an archive of Argo CD's may be.
    Archive,
    /// How large it may be once it is unpacked.
    Unpacked,
    /// How many times its size that may be.
    Ratio,
    /// How many entries it may have.
    Entries,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Time,
}

/// What is to be known of one limit.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which one it is.
    pub limit: Limit,
    /// Its key in `[limits]`.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What holds if nobody says anything.
    pub default: u64,
    /// The least that leaves anything to be done.
    pub smallest: u64,
    /// The most that means something.
    pub largest: u64,
    /// What it limits, in a sentence for people.
    pub means: &'static str,
    /// What answers who meets it.
    pub code: &'static str,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const SECOND: u64 = 1_000;

/// Far above what an honest guest needs: the default guest expands `examples/llama-8b` with 5 M fuel and 2 MiB.
pub const TABLE: [Row; Limit::Entries as usize + 1] = [
    Row {
        limit: Limit::Fuel,
        name: "fuel",
        unit: Unit::Count,
        default: 2_000_000_000,
        smallest: 1,
        largest: 1_000_000_000_000,
        means: "Instructions of one call of the guest, roughly. This is the limit that people meet: it falls in the same place on every machine.",
        code: "GUEST_FUEL",
    },
    Row {
        limit: Limit::Time,
        name: "time",
        unit: Unit::Time,
        default: 10 * SECOND,
        smallest: 1,
        largest: 600 * SECOND,
        means: "Wall time of one call: the backstop for what fuel counts badly, such as filling memory.",
        code: "GUEST_TIMEOUT",
    },
    Row {
        limit: Limit::Memory,
        name: "memory",
        unit: Unit::Bytes,
        default: 256 * MIB,
        smallest: 64 * KIB,
        largest: 4096 * MIB,
        means: "All linear memories of one call together. No more than the machine has.",
        code: "GUEST_MEMORY",
    },
    Row {
        limit: Limit::TableElements,
        name: "table-elements",
        unit: Unit::Count,
        default: 100_000,
        smallest: 1,
        largest: 10_000_000,
        means: "Elements of all tables of one call together.",
        code: "GUEST_MEMORY",
    },
    Row {
        limit: Limit::Instances,
        name: "instances",
        unit: Unit::Count,
        default: 64,
        smallest: 1,
        largest: 10_000,
        means: "Core instances of a guest, and as many tables. A component that Python's tool makes has 38.",
        code: "GUEST_MEMORY",
    },
    Row {
        limit: Limit::Memories,
        name: "memories",
        unit: Unit::Count,
        default: 8,
        smallest: 1,
        largest: 100,
        means: "Linear memories of a guest.",
        code: "GUEST_MEMORY",
    },
    Row {
        limit: Limit::Stack,
        name: "stack",
        unit: Unit::Bytes,
        default: 512 * KIB,
        smallest: 16 * KIB,
        largest: MIB,
        means: "The stack of a guest. The host's own frames need room beside it, and a thread has 2 MiB.",
        code: "GUEST_STACK",
    },
    Row {
        limit: Limit::Copied,
        name: "copied",
        unit: Unit::Bytes,
        default: 9 * MIB,
        smallest: 1,
        largest: 128 * MIB,
        means: "What is copied out of a guest in one call. One string that is named a hundred times is copied a hundred times.",
        code: "GUEST_OUTPUT_LIMIT",
    },
    Row {
        limit: Limit::Handles,
        name: "handles",
        unit: Unit::Count,
        default: 1_000,
        smallest: 1,
        largest: 100_000,
        means: "Handles of resources. A guest without imports has only those that it makes for itself.",
        code: "GUEST_TRAP",
    },
    Row {
        limit: Limit::Output,
        name: "output",
        unit: Unit::Bytes,
        default: 8 * MIB,
        smallest: 1,
        largest: 100 * MIB,
        means: "All manifests of one answer together. Argo CD takes no message above 100 MiB.",
        code: "GUEST_OUTPUT_LIMIT",
    },
    Row {
        limit: Limit::Manifest,
        name: "manifest",
        unit: Unit::Bytes,
        default: MIB,
        smallest: 1,
        largest: 8 * MIB,
        means: "One manifest. By default, etcd takes no object above 1.5 MiB.",
        code: "GUEST_OUTPUT_LIMIT",
    },
    Row {
        limit: Limit::Manifests,
        name: "manifests",
        unit: Unit::Count,
        default: 1_000,
        smallest: 1,
        largest: 100_000,
        means: "The number of manifests of one answer.",
        code: "GUEST_OUTPUT_LIMIT",
    },
    Row {
        limit: Limit::Component,
        name: "component",
        unit: Unit::Bytes,
        default: 32 * MIB,
        smallest: 8,
        largest: 32 * MIB,
        means: "The file of a guest. The largest that was seen is Python's, with 18.5 MB.",
        code: "GUEST_TOO_LARGE",
    },
    Row {
        limit: Limit::CompileTime,
        name: "compile-time",
        unit: Unit::Time,
        default: 120 * SECOND,
        smallest: 1,
        largest: 600 * SECOND,
        means: "The time to compile a guest, of the processor and by the clock. What is in the cache is not compiled.",
        code: "GUEST_COMPILE_LIMIT",
    },
    Row {
        limit: Limit::CompileMemory,
        name: "compile-memory",
        unit: Unit::Bytes,
        default: 2_048 * MIB,
        smallest: 64 * KIB,
        largest: 16_384 * MIB,
        means: "The memory of the process that compiles a guest.",
        code: "GUEST_COMPILE_LIMIT",
    },
    Row {
        limit: Limit::Spec,
        name: "spec",
        unit: Unit::Bytes,
        default: 256 * KIB,
        smallest: 1,
        largest: MIB,
        means: "The spec, and each file that it asks for. Parsed TOML takes some 80 times the memory of its text.",
        code: "SG002",
    },
    Row {
        limit: Limit::Files,
        name: "files",
        unit: Unit::Count,
        default: 64,
        smallest: 1,
        largest: 1_000,
        means: "The number of files of one request, the spec included.",
        code: "SG002",
    },
    Row {
        limit: Limit::Read,
        name: "read",
        unit: Unit::Bytes,
        default: 4 * MIB,
        smallest: 1,
        largest: 32 * MIB,
        means: "All files of one request together.",
        code: "SG002",
    },
    Row {
        limit: Limit::Archive,
        name: "archive",
        unit: Unit::Bytes,
        default: 100 * MIB,
        smallest: 1,
        largest: 1_024 * MIB,
        means: "The archive of a repository, as Argo CD sends it. It is kept in memory while its request is answered.",
        code: "ARCHIVE_LIMIT",
    },
    Row {
        limit: Limit::Unpacked,
        name: "unpacked",
        unit: Unit::Bytes,
        default: 1_024 * MIB,
        smallest: 1,
        largest: 65_536 * MIB,
        means: "The archive once it is unpacked. It is never whole in memory, but reading it takes time.",
        code: "ARCHIVE_LIMIT",
    },
    Row {
        limit: Limit::Ratio,
        name: "ratio",
        unit: Unit::Count,
        default: 200,
        smallest: 1,
        largest: 1_100,
        means: "How many times its size an archive may unpack to. It counts above 16 MiB. Text shrinks to a tenth; 1032 is the most that there can be.",
        code: "ARCHIVE_LIMIT",
    },
    Row {
        limit: Limit::Entries,
        name: "entries",
        unit: Unit::Count,
        default: 200_000,
        smallest: 1,
        largest: 10_000_000,
        means: "Files, folders and links of an archive. Their paths may have 256 bytes each, on average.",
        code: "ARCHIVE_LIMIT",
    },
];

impl Limit {
    /// What is to be known of it.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Whether it holds before any spec is read, so that nobody but the operator has been heard.
    pub fn is_for_archives(self) -> bool {
        matches!(self, Limit::Archive | Limit::Unpacked | Limit::Ratio | Limit::Entries)
    }

    /// The limit of this name.
    pub(crate) fn named(name: &str) -> Option<Limit> {
        TABLE.iter().find(|it| it.name == name).map(|it| it.limit)
    }
}

impl Row {
    /// The largest value on this machine.
    pub(crate) fn largest_here(&self) -> u64 {
        match self.limit {
            Limit::Memory | Limit::CompileMemory => self.largest.min(memory_of_machine().unwrap_or(u64::MAX)),
            _ => self.largest,
        }
    }
}

/// In bytes, where the kernel says it.
fn memory_of_machine() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let total = text.lines().find_map(|it| it.strip_prefix("MemTotal:"))?;
    Some(total.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_its_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.limit as usize, index, "{}", row.name);
            assert!(
                row.smallest > 0 && row.smallest <= row.default && row.default <= row.largest,
                "{}",
                row.name
            );
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_machine_has_memory() {
        assert!(memory_of_machine().is_some_and(|it| it > 64 * MIB));
    }
}
