//! What must hold of every row, whatever it is about.

use crate::attempt::Host;
use crate::resources::{self, Resources};
use crate::row::{Row, Seen};
use crate::{log, secrets};

/// The longest text about a failure.
const TEXT_LIMIT: usize = 4 << 10;
/// The longest text about a spec: problems are many, and each has an excerpt.
const REPORT_LIMIT: usize = 256 << 10;
/// What allocators may keep of the largest row.
const MEMORY_MARGIN: usize = 16 << 20;
const LIMITS: [&str; 6] = [
    "GUEST_FUEL",
    "GUEST_TIMEOUT",
    "GUEST_MEMORY",
    "GUEST_OUTPUT_LIMIT",
    "GUEST_TOO_LARGE",
    "GUEST_COMPILE_LIMIT",
];

/// How it was before the first row.
pub(crate) struct Oracle {
    canary: String,
    resources: Resources,
    memory: usize,
}

impl Oracle {
    /// Looks around once everything has run once.
    pub(crate) fn start(host: &Host) -> anyhow::Result<Oracle> {
        log::start();
        let canary = host.canary()?;
        Ok(Oracle { canary, resources: Resources::now()?, memory: resources::memory()? })
    }

    pub(crate) fn complaints(&self, row: &Row, seen: &Seen, host: &Host) -> anyhow::Result<Vec<String>> {
        let mut complaints = Vec::new();
        if seen.code != row.expected {
            complaints.push(format!("expected {}, and saw {}: {}", row.expected, seen.code, seen.text));
        }
        complaints.extend(about_text(seen));
        complaints.extend(about_secrets(seen));
        if host.canary()? != self.canary {
            complaints.push(String::from("a good spec gives other bytes than before"));
        }
        let now = self.resources.settled()?;
        if now != self.resources {
            complaints.push(format!("it left {now:?}; there was {:?}", self.resources));
        }
        Ok(complaints)
    }

    pub(crate) fn complaints_at_the_end(&self) -> anyhow::Result<Option<String>> {
        let now = resources::memory()?;
        let allowed = self.memory + self.memory / 10 + MEMORY_MARGIN;
        Ok((now > allowed)
            .then(|| format!("{now} bytes of memory are resident at the end; {allowed} are allowed")))
    }
}

fn about_text(seen: &Seen) -> Vec<String> {
    let mut complaints = Vec::new();
    let limit = if is_failure(seen) { TEXT_LIMIT } else { REPORT_LIMIT };
    if seen.text.len() > limit {
        complaints.push(format!("its text has {} bytes; {limit} are allowed", seen.text.len()));
    }
    if let Some(it) = seen.text.chars().find(|it| it.is_control() && *it != '\n') {
        complaints.push(format!("its text has the control character {it:?}"));
    }
    if LIMITS.contains(&seen.code.as_str())
        && !first_line(&seen.text).contains(|it: char| it.is_ascii_digit())
    {
        complaints.push(format!("its text names no limit: {}", seen.text));
    }
    complaints
}

fn about_secrets(seen: &Seen) -> Vec<String> {
    let places = [("text", seen.text.as_str()), ("output", &seen.output), ("log", &log::take())];
    let found = places
        .iter()
        .flat_map(|(place, text)| secrets::found_in(text).into_iter().map(move |it| (place, it)));
    found.map(|(place, secret)| format!("its {place} gives away {secret}")).collect()
}

fn is_failure(seen: &Seen) -> bool {
    ["GUEST_", "HOST_"].iter().any(|it| seen.code.starts_with(it))
}

pub(crate) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
