//! Quantities of Kubernetes: whether two of them are the same amount, however they are written.

use serde_json::Value;

/// Whether both are quantities, and of the same amount: `1000m` and `1`, `1Gi` and `1024Mi`, 2 and "2".
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    amount(one).is_some_and(|it| Some(it) == amount(other))
}

/// In billionths, which is as exact as Kubernetes is.
fn amount(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

fn parse(text: &str) -> Option<i128> {
    let end = text.find(|it: char| !matches!(it, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let (factor, divisor) = scale(suffix)?;
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || fraction.len() > 9 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let number: i128 = format!("{whole}{fraction:0<9}").parse().ok()?;
    let scaled = number.checked_mul(factor)?;
    Some(sign * scaled / divisor).filter(|_| scaled % divisor == 0)
}

/// What a suffix multiplies with, and divides by.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    let binary = |power: u32| Some((1 << (10 * power), 1));
    let decimal = |power: u32| Some((10_i128.pow(power), 1));
    match suffix {
        "" => decimal(0),
        "n" => Some((1, 1_000_000_000)),
        "u" => Some((1, 1_000_000)),
        "m" => Some((1, 1_000)),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => match suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()? {
            power @ 0..=18 => decimal(power.unsigned_abs()),
            power @ -9..0 => Some((1, 10_i128.pow(power.unsigned_abs()))),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_and_not_their_writing() {
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
            assert!(is_same(&one.into(), &other.into()), "{one} {other}");
        }
        assert!(is_same(&2.into(), &"2".into()) && is_same(&0.5.into(), &"500m".into()));
        for (one, other) in
            [("1", "2"), ("1G", "1Gi"), ("", ""), ("a", "a"), (".", "."), ("1x", "1x"), ("1m", "1n")]
        {
            assert!(!is_same(&one.into(), &other.into()), "{one} {other}");
        }
        for odd in
            ["9".repeat(99), format!("1e{}", "9".repeat(99)), String::from("1e-99"), String::from("--1")]
        {
            assert!(!is_same(&odd.as_str().into(), &"1".into()), "{odd}");
        }
    }
}
