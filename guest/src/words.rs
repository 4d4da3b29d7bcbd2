//! Bytes, eight at a time.
//!
//! In the sandbox each turn of a loop counts fuel, looks at the deadline, and takes some thirty instructions where the
//! processor alone needs four. What looks at many bytes takes as few turns as it can.

const WORD: usize = size_of::<u64>();

const SPACES: u64 = repeated(b' ');

/// Compares bytes, as many of them on either side.
#[cfg(any(test, target_family = "wasm"))]
#[inline]
pub(crate) fn compare(left: &[u8], right: &[u8]) -> std::cmp::Ordering {
    let (left, right) = unlike(left, right);
    // Of two words the one is less whose first bytes are.
    left.swap_bytes().cmp(&right.swap_bytes())
}

/// The first words that differ, or the last ones.
#[cfg(any(test, target_family = "wasm"))]
#[inline]
fn unlike(left: &[u8], right: &[u8]) -> (u64, u64) {
    if left.len() < WORD {
        return (short(left), short(right));
    }
    let heads = (first(left), first(right));
    if heads.0 != heads.1 {
        return heads;
    }
    if left.len() <= 2 * WORD { (last(left), last(right)) } else { unlike_within(left, right) }
}

/// The same for many bytes. It is a function of its own, since registers are saved for a loop even where it has no turn.
#[cfg(any(test, target_family = "wasm"))]
#[inline(never)]
fn unlike_within(left: &[u8], right: &[u8]) -> (u64, u64) {
    let words = left.chunks_exact(WORD).zip(right.chunks_exact(WORD));
    let mut words = words.map(|(left, right)| (word(left), word(right)));
    words.find(|(left, right)| left != right).unwrap_or_else(|| (last(left), last(right)))
}

/// Whether one of the bytes is such as `is_such` finds in a word; it may be asked of a byte twice, and of spaces.
#[inline]
pub(crate) fn any(bytes: &[u8], is_such: impl Fn(u64) -> bool) -> bool {
    if bytes.len() < WORD {
        return !bytes.is_empty() && is_such(short(bytes));
    }
    let is_at_end = is_such(first(bytes)) | is_such(last(bytes));
    is_at_end || bytes.len() > 2 * WORD && bytes.chunks_exact(WORD).skip(1).any(|it| is_such(word(it)))
}

/// Whether one of a word's bytes is less than `limit`, which is at most 128.
#[inline]
pub(crate) fn has_less(word: u64, limit: u8) -> bool {
    // A byte that is less borrows, which sets its highest bit; another's changes by a borrow alone, and then one was less.
    word.wrapping_sub(repeated(limit)) & !word & repeated(0x80) != 0
}

/// Whether one of a word's bytes is this one.
#[inline]
pub(crate) fn has(word: u64, byte: u8) -> bool {
    has_less(word ^ repeated(byte), 1)
}

const fn repeated(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

/// Eight bytes, the first of them lowest, as WebAssembly reads them from memory.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// The first eight bytes.
#[inline(always)]
fn first(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |it| u64::from_le_bytes(*it))
}

/// The last eight bytes, of which the word before may have had some.
#[inline(always)]
fn last(bytes: &[u8]) -> u64 {
    bytes.last_chunk().map_or(0, |it| u64::from_le_bytes(*it))
}

/// Fewer than eight bytes as a word, in their order: some stand in it twice, and spaces behind them.
#[inline(always)]
fn short(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    let [Some(first), Some(middle), Some(last)] = [bytes.first(), bytes.get(bytes.len() / 2), bytes.last()]
    else {
        return 0;
    };
    (SPACES << 24) | u64::from(*last) << 16 | u64::from(*middle) << 8 | u64::from(*first)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    /// Texts of each length up to three words, each with one byte that is another at each place.
    fn texts() -> impl Iterator<Item = (Vec<u8>, usize)> {
        (0..=3 * WORD).flat_map(|length| {
            let plain: Vec<u8> = (0..length).map(|it| b'a' + u8::try_from(it).unwrap()).collect();
            (0..length).map(move |place| (plain.clone(), place))
        })
    }

    #[test]
    fn a_comparison_is_that_of_slices() {
        for (plain, place) in texts() {
            assert_eq!(compare(&plain, &plain), Ordering::Equal);
            for byte in [0, b'`', b'z', 0x80, 0xff] {
                let mut other = plain.clone();
                other[place] = byte;
                assert_eq!(compare(&plain, &other), plain.cmp(&other), "{plain:?} {other:?}");
                assert_eq!(compare(&other, &plain), other.cmp(&plain), "{plain:?} {other:?}");
            }
        }
        assert_eq!(compare(b"", b""), Ordering::Equal);
    }

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for (mut text, place) in texts() {
            for byte in 0..=u8::MAX {
                text[place] = byte;
                assert_eq!(any(&text, |it| has(it, b'"')), text.contains(&b'"'), "{text:?}");
                assert_eq!(any(&text, |it| has_less(it, b' ')), text.iter().any(|it| *it < b' '), "{text:?}");
            }
        }
        assert!(!any(b"", |_| true));
    }
}
