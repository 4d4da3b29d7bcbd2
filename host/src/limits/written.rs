//! How limits are written: counts as whole numbers, sizes as `"64MiB"`, times as `"10s"`.

use toml::de::DeValue;

use crate::limits::table::{Row, Unit};

/// A value that somebody wrote for a limit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Written<'a> {
    /// In a file.
    Toml(&'a DeValue<'a>),
    /// In a parameter, where everything is a text.
    Text(&'a str),
}

const SIZES: [(&str, u64); 3] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
const TIMES: [(&str, u64); 3] = [("ms", 1), ("s", 1_000), ("m", 60_000)];

impl Written<'_> {
    /// The number in the limit's own unit; none if it is not written as one.
    pub(crate) fn value(self, unit: Unit) -> Option<u64> {
        match self {
            Written::Toml(DeValue::Integer(digits)) => {
                let number = u64::from_str_radix(digits.as_str(), digits.radix()).ok()?;
                (unit != Unit::Time).then_some(number)
            }
            Written::Toml(DeValue::String(_)) if unit == Unit::Count => None,
            Written::Toml(DeValue::String(text)) => read(text, unit),
            Written::Toml(_) => None,
            Written::Text(text) => read(text, unit),
        }
    }

    /// As a message quotes it.
    pub(crate) fn shown(self) -> String {
        match self {
            Written::Toml(DeValue::Integer(digits)) => digits.as_str().to_owned(),
            Written::Toml(DeValue::String(text)) => format!("\"{}\"", text.escape_debug()),
            Written::Toml(other) => format!("of the type {}", other.type_str()),
            Written::Text(text) => text.escape_debug().to_string(),
        }
    }
}

fn read(text: &str, unit: Unit) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let (digits, suffix) = text.split_at(digits);
    let number: u64 = digits.parse().ok()?;
    let factor = match (unit, suffix) {
        (Unit::Count | Unit::Bytes, "") => 1,
        (Unit::Bytes, suffix) => factor(&SIZES, suffix)?,
        (Unit::Time, suffix) => factor(&TIMES, suffix)?,
        (Unit::Count, _) => return None,
    };
    number.checked_mul(factor)
}

fn factor(units: &[(&str, u64)], suffix: &str) -> Option<u64> {
    units.iter().find(|(name, _)| *name == suffix).map(|(_, factor)| *factor)
}

/// How to write one, for a help line.
pub(crate) fn form(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "a whole number",
        Unit::Bytes => "a number of bytes, or a size such as \"64MiB\"",
        Unit::Time => "a time such as \"10s\" or \"500ms\"",
    }
}

/// A value as people write it: the largest unit that leaves no rest.
pub(crate) fn show(value: u64, unit: Unit) -> String {
    let units: &[(&str, u64)] = match unit {
        Unit::Count => &[],
        Unit::Bytes => &SIZES,
        Unit::Time => &TIMES,
    };
    // Two minutes and 120 seconds are the same; people say the latter.
    let fits = |(name, factor): &&(&str, u64)| value > 0 && value.is_multiple_of(*factor) && *name != "m";
    match units.iter().rev().find(fits) {
        Some((name, factor)) => format!("{}{name}", value / factor),
        None => value.to_string(),
    }
}

impl Row {
    /// A value of this limit, as people write it.
    pub fn show(&self, value: u64) -> String {
        show(value, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        for (text, unit, expected) in [
            ("64MiB", Unit::Bytes, Some(64 << 20)),
            ("4096", Unit::Bytes, Some(4096)),
            ("10s", Unit::Time, Some(10_000)),
            ("500ms", Unit::Time, Some(500)),
            ("2m", Unit::Time, Some(120_000)),
            ("10", Unit::Time, None),
            ("64MB", Unit::Bytes, None),
            ("-1", Unit::Count, None),
            ("1s", Unit::Count, None),
            ("", Unit::Count, None),
            ("99999999999999999999", Unit::Count, None),
            ("99999999999999GiB", Unit::Bytes, None),
        ] {
            assert_eq!(read(text, unit), expected, "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_written() {
        for (value, unit, text) in [
            (64 << 20, Unit::Bytes, "64MiB"),
            (1000, Unit::Bytes, "1000"),
            (120_000, Unit::Time, "120s"),
            (1500, Unit::Time, "1500ms"),
            (2_000_000_000, Unit::Count, "2000000000"),
        ] {
            assert_eq!(show(value, unit), text);
            assert_eq!(read(text, unit), Some(value));
        }
    }
}
