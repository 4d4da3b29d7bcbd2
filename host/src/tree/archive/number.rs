//! The numbers of a tar header, in the forms that Go's `archive/tar` takes: octal digits, or two's complement in base 256.

/// A number that may be negative; none if the field holds none, or too large a one.
pub(super) fn numeric(field: &[u8]) -> Option<i64> {
    if field.first().is_some_and(|it| it & 0x80 != 0) { base_256(field) } else { octal(field) }
}

/// Spaces and NULs around the digits do not count, and what follows a NUL among them neither.
pub(super) fn octal(field: &[u8]) -> Option<i64> {
    let is_padding = |it: &u8| matches!(it, b' ' | 0);
    let Some(start) = field.iter().position(|it| !is_padding(it)) else { return Some(0) };
    let end = field.iter().rposition(|it| !is_padding(it)).map_or(field.len(), |it| it + 1);
    let digits = until_nul(&field[start..end]);
    let mut number: u64 = 0;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|it| *it < 8)?;
        number = number.checked_mul(8)?.checked_add(u64::from(digit))?;
    }
    Some(number.cast_signed())
}

/// The first bit says that it is one, the second one is its sign.
fn base_256(field: &[u8]) -> Option<i64> {
    let inverted = if field[0] & 0x40 == 0 { 0 } else { 0xff };
    let mut number: u64 = 0;
    for (index, byte) in field.iter().enumerate() {
        let byte = byte ^ inverted;
        let byte = if index == 0 { byte & 0x7f } else { byte };
        if number >> 56 > 0 {
            return None;
        }
        number = number << 8 | u64::from(byte);
    }
    let number = i64::try_from(number).ok()?;
    Some(if inverted == 0 { number } else { !number })
}

/// A text ends at its first NUL, or fills its field.
pub(super) fn until_nul(field: &[u8]) -> &[u8] {
    field.iter().position(|it| *it == 0).map_or(field, |it| &field[..it])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_digits_stand_among_spaces_and_nuls() {
        for (field, expected) in [
            (b"0000644\0".as_slice(), Some(0o644)),
            (b"  644 \0\0", Some(0o644)),
            (b"\0\0\0\0", Some(0)),
            (b"", Some(0)),
            (b"64\x004 ", Some(0o64)),
            (b"+644", None),
            (b"-1", None),
            (b"8", None),
            (b"6 4", None),
            (b"7777777777777777777777", None),
        ] {
            assert_eq!(numeric(field), expected, "{field:?}");
        }
    }

    #[test]
    fn base_256_may_be_negative_and_must_fit() {
        assert_eq!(numeric(&[0x80, 0, 0, 1, 0]), Some(256));
        assert_eq!(numeric(&[0xff; 12]), Some(-1));
        assert_eq!(numeric(&[0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Some(i64::MAX));
        assert_eq!(numeric(&[0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(numeric(&[0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
