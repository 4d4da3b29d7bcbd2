//! The number that a text stands for, in the unit of its key: `64GiB` is `64` below `weights-gib`.

/// Names of units, the unit that ends a key, and how many of the one are one of the other.
const UNITS: &[(&[&str], &str, f64)] = &[
    (&["g", "gb", "gi", "gib"], "gib", 1.0),
    (&["t", "tb", "ti", "tib"], "gib", 1024.0),
    (&["s", "sec", "seconds"], "seconds", 1.0),
    (&["m", "min", "minutes"], "seconds", 60.0),
    (&["h", "hours"], "seconds", 3600.0),
    (&["m", "min", "minutes"], "minutes", 1.0),
    (&["h", "hours"], "minutes", 60.0),
    // Whoever says `32k` of tokens means 32 times 1024.
    (&["k"], "context", 1024.0),
];

/// The number that is meant by a text, if its unit is one that goes with the key.
pub(super) fn meant(key: &str, text: &str) -> Option<f64> {
    let (number, unit) = split(text)?;
    let unit = unit.trim().to_ascii_lowercase();
    let of_key = key.rsplit(['-', '.']).next()?;
    let row = UNITS.iter().find(|(names, of, _)| *of == of_key && names.contains(&unit.as_str()))?;
    Some(number * row.2)
}

/// Whether the text is a number as it stands.
pub(super) fn is_plain(text: &str) -> bool {
    split(text).is_some_and(|(_, unit)| unit.is_empty())
}

/// The number that a text begins with, and what follows it.
fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|it: char| it != '.' && !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    // TOML has no `.5`, no `5.` and no `05`; and of a long one nobody means a unit.
    let is_toml = number.len() < 10
        && number.starts_with(|it: char| it.is_ascii_digit())
        && !number.ends_with('.')
        && (number == "0" || number.starts_with("0.") || !number.starts_with('0'));
    Some((number.parse().ok().filter(|_| is_toml)?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_turned_into_the_keys() {
        for (key, text, expected) in [
            ("model.weights-gib", "64GiB", Some(64.0)),
            ("model.weights-gib", "14.2 GB", Some(14.2)),
            ("gpu.memory-gib", "1Ti", Some(1024.0)),
            ("probes.startup-minutes", "10m", Some(10.0)),
            ("probes.startup-minutes", "1h", Some(60.0)),
            ("probes.drain-seconds", "10m", Some(600.0)),
            ("model.context", "32k", Some(32768.0)),
            ("replicas", "2k", None),
            ("model.weights-gib", "512MiB", None),
            ("model.weights-gib", "many", None),
            ("probes.startup-minutes", ".5h", None),
        ] {
            assert_eq!(meant(key, text), expected, "{key} {text}");
        }
    }

    #[test]
    fn what_toml_takes_as_a_number_is_plain() {
        for (text, expected) in [
            ("2", true),
            ("0.5", true),
            ("0", true),
            ("05", false),
            ("1.", false),
            ("", false),
            ("2x", false),
        ] {
            assert_eq!(is_plain(text), expected, "{text}");
        }
    }
}
