//! Kubernetes' quantities, added and compared without rounding: `500m`, `1.5Gi`, `2e3`.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// A number of billionths, the finest that Kubernetes keeps; and whether people wrote it in powers of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity {
    nanos: i128,
    is_binary: bool,
}

const NANOS: i128 = 1_000_000_000;
const DECIMAL: [(&str, i128); 10] = [
    ("E", NANOS * 1_000_000_000_000_000_000),
    ("P", NANOS * 1_000_000_000_000_000),
    ("T", NANOS * 1_000_000_000_000),
    ("G", NANOS * 1_000_000_000),
    ("M", NANOS * 1_000_000),
    ("k", NANOS * 1_000),
    ("", NANOS),
    ("m", 1_000_000),
    ("u", 1_000),
    ("n", 1),
];
const BINARY: [(&str, i128); 6] = [
    ("Ei", NANOS << 60),
    ("Pi", NANOS << 50),
    ("Ti", NANOS << 40),
    ("Gi", NANOS << 30),
    ("Mi", NANOS << 20),
    ("Ki", NANOS << 10),
];

impl Quantity {
    /// Reads one as JSON has it: a text, or a number.
    fn of(value: &Value) -> Option<Quantity> {
        match value {
            Value::String(text) => Quantity::parse(text),
            Value::Number(number) => Quantity::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Whether both are quantities, and the first is less.
    pub(crate) fn is_less(one: &Value, other: &Value) -> bool {
        let both = Quantity::of(one).zip(Quantity::of(other));
        both.is_some_and(|(one, other)| one.nanos < other.nanos)
    }

    /// Whether both are quantities, and of the same amount, however they are written.
    pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
        let both = Quantity::of(one).zip(Quantity::of(other));
        both.is_some_and(|(one, other)| one.nanos == other.nanos)
    }

    /// Reads one as the API server does; none if it is no quantity, too large, or finer than a billionth.
    fn parse(text: &str) -> Option<Quantity> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let end = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
        let (digits, suffix) = text.split_at(end);
        let unit = unit(suffix)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        // `split_once` leaves a second point in the fraction, which is then no number.
        let number: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let scaled = number.checked_mul(unit.0)?;
        let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        (scaled % divisor == 0).then_some(Quantity { nanos: sign * scaled / divisor, is_binary: unit.1 })
    }

    /// So many times as much.
    pub(crate) fn times(self, count: u32) -> Option<Quantity> {
        Some(Quantity { nanos: self.nanos.checked_mul(i128::from(count))?, ..self })
    }

    /// Both together.
    pub(crate) fn plus(self, other: Quantity) -> Option<Quantity> {
        let nanos = self.nanos.checked_add(other.nanos)?;
        Some(Quantity { nanos, is_binary: self.is_binary || other.is_binary })
    }
}

/// How many billionths a suffix stands for, and whether it is a power of two.
fn unit(suffix: &str) -> Option<(i128, bool)> {
    let of = |table: &[(&str, i128)]| table.iter().find(|(name, _)| *name == suffix).map(|(_, it)| *it);
    if let Some(unit) = of(&DECIMAL).map(|it| (it, false)).or(of(&BINARY).map(|it| (it, true))) {
        return Some(unit);
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    let nanos =
        if exponent < 0 { (NANOS % power == 0).then(|| NANOS / power) } else { NANOS.checked_mul(power) };
    nanos.map(|it| (it, false))
}

impl fmt::Display for Quantity {
    /// With the largest suffix that leaves a whole number, as Kubernetes writes it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binary: &[(&str, i128)] = if self.is_binary { &BINARY } else { &[] };
        let units = binary.iter().chain(&DECIMAL);
        let fits = |(_, unit): &&(&str, i128)| self.nanos != 0 && self.nanos % unit == 0;
        let (suffix, unit) = units.copied().find(|it| fits(&it)).unwrap_or(("", NANOS));
        write!(formatter, "{}{suffix}", self.nanos / unit)
    }
}

/// A sum that says so when it cannot be told: what was added is no quantity, or too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sum(pub(crate) Option<Quantity>);

impl Default for Sum {
    fn default() -> Sum {
        Sum(Some(Quantity::default()))
    }
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.0 = self.0.zip(other.0).and_then(|(one, other)| one.plus(other));
    }
}

impl Sum {
    /// A value as JSON has it.
    pub(crate) fn of(value: &Value) -> Sum {
        Sum(Quantity::of(value))
    }

    pub(crate) fn times(self, count: u32) -> Sum {
        Sum(self.0.and_then(|it| it.times(count)))
    }

    /// The larger one; what cannot be told is larger than all.
    pub(crate) fn max(self, other: Sum) -> Sum {
        Sum(self.0.zip(other.0).map(|(one, other)| one.max(other)))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(quantity) => quantity.fmt(formatter),
            None => formatter.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(texts: &[&str]) -> String {
        let mut sum = Sum::default();
        texts.iter().for_each(|it| sum += Sum(Quantity::parse(it)));
        sum.to_string()
    }

    #[test]
    fn quantities_add_up_exactly() {
        assert_eq!(total(&["4", "100m"]), "4100m");
        assert_eq!(total(&["32Gi", "256Mi"]), "33024Mi");
        assert_eq!(total(&["1.5Gi", "0.5Gi"]), "2Gi");
        assert_eq!(total(&["0.1", "0.2"]), "300m");
        assert_eq!(total(&["1e3", "1E", "1k"]), "1000000000000002k");
        assert_eq!(total(&["1000", "1000k"]), "1001k");
        assert_eq!(total(&["1Gi", "1"]), "1073741825");
        assert_eq!(total(&[]), "0");
        assert_eq!(total(&["1n", "1u"]), "1001n");
    }

    #[test]
    fn what_is_no_quantity_is_said_to_be_unknown() {
        for text in [
            "",
            ".",
            "Gi",
            "1.2.3",
            "1GiB",
            "--1",
            "1x",
            "1e",
            "0.0000000001",
            "9999999999999999999999999999Ei",
            "1e99",
            "١",
        ] {
            assert_eq!(total(&["1", text]), "unknown", "{text}");
        }
        assert_eq!(total(&["1", "-100m", "+1"]), "1900m");
        assert_eq!(Sum(Quantity::parse("99999999999Ei")).times(u32::MAX).to_string(), "unknown");
    }

    #[test]
    fn amounts_are_compared_and_not_their_writing() {
        let is_same = |one: Value, other: Value| Quantity::is_same(&one, &other);
        for (one, other) in [
            ("1000m", "1"),
            ("1Gi", "1024Mi"),
            ("0.5", "500m"),
            ("1e3", "1k"),
            ("1.5Gi", "1536Mi"),
            ("-1", "-1000m"),
            ("100n", "0.1u"),
            ("2E", "2e18"),
        ] {
            assert!(is_same(one.into(), other.into()), "{one} {other}");
        }
        assert!(is_same(2.into(), "2".into()) && is_same(0.5.into(), "500m".into()));
        for (one, other) in [("1", "2"), ("1G", "1Gi"), ("", ""), ("a", "a"), ("1m", "1n")] {
            assert!(!is_same(one.into(), other.into()), "{one} {other}");
        }
    }
}
