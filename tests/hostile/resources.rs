//! What a process holds, as the kernel counts it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;

/// How long something that has ended may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// What must be the same after each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resources {
    descriptors: usize,
    threads: usize,
    children: usize,
    temporary_files: usize,
}

impl Resources {
    pub(crate) fn now() -> anyhow::Result<Resources> {
        Ok(Resources {
            descriptors: entries("/proc/self/fd")?,
            threads: status("Threads:")?,
            children: children()?,
            temporary_files: fs::read_dir(std::env::temp_dir())?.count(),
        })
    }

    /// What is held, as soon as it is this, or when patience ends.
    pub(crate) fn settled(&self) -> anyhow::Result<Resources> {
        let start = Instant::now();
        loop {
            let now = Resources::now()?;
            if now == *self || start.elapsed() > PATIENCE {
                return Ok(now);
            }
            std::thread::yield_now();
        }
    }
}

/// Resident memory in bytes.
pub(crate) fn memory() -> anyhow::Result<usize> {
    Ok(status("VmRSS:")? << 10)
}

fn entries(folder: &str) -> anyhow::Result<usize> {
    Ok(fs::read_dir(folder).with_context(|| folder.to_owned())?.count())
}

fn status(name: &str) -> anyhow::Result<usize> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|it| it.strip_prefix(name)).with_context(|| name.to_owned())?;
    Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
}

fn children() -> anyhow::Result<usize> {
    let mut count = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        // A thread may end between being named and being asked.
        let children = fs::read_to_string(thread?.path().join("children")).unwrap_or_default();
        count += children.split_whitespace().count();
    }
    Ok(count)
}
