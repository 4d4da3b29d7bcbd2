//! `limits`: what is in force, and who said so.

use serde::Serialize;

use crate::cli::{Limits as Arguments, ReportFormat};
use crate::commands;
use crate::config::Config;
use crate::limits::{InForce, Limit, Row, Source, TABLE, Unit};
use crate::stop::Stop;

/// One limit, for machines: the number in bytes, milliseconds or as a count.
#[derive(Serialize)]
struct Entry {
    name: &'static str,
    value: u64,
    unit: &'static str,
    from: String,
    code: &'static str,
    guests: Vec<GuestEntry>,
}

/// A guest for which the operator has lowered it.
#[derive(Serialize)]
struct GuestEntry {
    guest: String,
    value: u64,
    from: String,
}

pub(crate) fn run(config: &Config, arguments: &Arguments) -> Result<(), Stop> {
    let text = match arguments.format {
        ReportFormat::Text => TABLE.iter().map(|it| lines(config, it)).collect(),
        ReportFormat::Json => {
            let entries: Vec<Entry> = TABLE.iter().map(|it| entry(config, it)).collect();
            serde_json::to_string_pretty(&entries).map_err(anyhow::Error::from)? + "\n"
        }
    };
    commands::print(&text)
}

fn lines(config: &Config, row: &Row) -> String {
    let of_all = config.limits.get(row.limit);
    let of_guests = of_guests(config, row.limit);
    let line = |name: &str, it: &InForce| format!("{name:<20} {:<12} {}\n", row.show(it.value), from(it));
    let guests = of_guests.iter().map(|(guest, it)| line(&format!("  {guest}"), it));
    line(row.name, of_all) + &guests.collect::<String>()
}

fn entry(config: &Config, row: &Row) -> Entry {
    let of_all = config.limits.get(row.limit);
    let guests = of_guests(config, row.limit).into_iter();
    Entry {
        name: row.name,
        value: of_all.value,
        unit: match row.unit {
            Unit::Count => "count",
            Unit::Bytes => "bytes",
            Unit::Time => "milliseconds",
        },
        from: from(of_all),
        code: row.code,
        guests: guests
            .map(|(guest, it)| GuestEntry { guest: guest.to_owned(), value: it.value, from: from(it) })
            .collect(),
    }
}

fn of_guests(config: &Config, limit: Limit) -> Vec<(&str, &InForce)> {
    let each = config.guests.iter().map(|it| (it.name.as_str(), it.limits.get(limit)));
    each.filter(|(_, it)| matches!(it.source, Source::Guest(_))).collect()
}

fn from(it: &InForce) -> String {
    match it.source {
        Source::Default => String::from("default"),
        Source::Operator(line) | Source::Guest(line) => format!("{}:{line}", crate::config::NAME),
        Source::Spec { .. } => String::from("spec"),
        Source::Parameter => String::from("parameter"),
    }
}
