//! Header blocks of HTTP/2 (RFC 7541): finds the values of `:authority`, and makes them such that hyper takes them.
//!
//! No table is kept, although the format has one: a value keeps its length, so a later reference to it finds what was
//! written here. Nothing is decoded but the lengths.

use super::huffman;

const NAME: &[u8] = b":authority";
/// The same in the code of [`huffman`].
const CODED_NAME: [u8; 8] = [0xb8, 0x3b, 0x53, 0x39, 0xec, 0x32, 0x7d, 0x7f];
/// Its place in the static table.
const INDEX: usize = 1;
/// No block is so large that a length would need more.
const MAX_OCTETS: usize = 4;

/// Puts `-` where `%` and `/` are in each value of `:authority`; none if the block is not one, which may be half changed
/// then.
pub(super) fn replace(block: &mut [u8]) -> Option<()> {
    let mut cursor = Cursor { block, at: 0 };
    while let Some(first) = cursor.peek() {
        match first {
            // A reference to a whole field.
            0x80.. => drop(cursor.integer(7)?),
            // With incremental indexing.
            0x40.. => cursor.field(6)?,
            // Another size of the table.
            0x20.. => drop(cursor.integer(5)?),
            // Without indexing, or never indexed.
            _ => cursor.field(4)?,
        }
    }
    Some(())
}

struct Cursor<'a> {
    block: &'a mut [u8],
    at: usize,
}

/// A text, in the code or not.
struct Text<'a> {
    bytes: &'a mut [u8],
    is_coded: bool,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.block.get(self.at).copied()
    }

    fn field(&mut self, n_bits: u32) -> Option<()> {
        let is_authority = match self.integer(n_bits)? {
            0 => self.text()?.is_name(),
            index => index == INDEX,
        };
        let value = self.text()?;
        if is_authority { value.replace() } else { Some(()) }
    }

    fn text(&mut self) -> Option<Text<'_>> {
        let is_coded = self.peek()? & 0x80 != 0;
        let length = self.integer(7)?;
        let end = self.at.checked_add(length)?;
        let bytes = self.block.get_mut(self.at..end)?;
        self.at = end;
        Some(Text { bytes, is_coded })
    }

    /// A number whose first octet leaves so many bits to it.
    fn integer(&mut self, n_bits: u32) -> Option<usize> {
        let most = (1 << n_bits) - 1;
        let first = usize::from(self.next()?) & most;
        if first < most {
            return Some(first);
        }
        let mut value = most;
        for shift in (0..MAX_OCTETS).map(|it| it * 7) {
            let octet = self.next()?;
            value += usize::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }
}

impl Text<'_> {
    fn is_name(&self) -> bool {
        if self.is_coded { *self.bytes == CODED_NAME } else { self.bytes == NAME }
    }

    fn replace(self) -> Option<()> {
        if self.is_coded {
            return huffman::replace(self.bytes);
        }
        for byte in self.bytes.iter_mut().filter(|it| matches!(it, b'%' | b'/')) {
            *byte = b'-';
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::huffman::tests::coded;
    use super::super::wire::{FORMS, Name, Spelling, field, indexed};
    use super::*;

    const ALL: [Name; 3] = [Name::Index(1), Name::Text(":authority"), Name::Coded(":authority")];

    #[test]
    fn the_name_is_coded_right() {
        assert_eq!(coded(":authority"), CODED_NAME);
    }

    #[test]
    fn every_spelling_of_the_authority_is_found() {
        for value in ["/home/argocd/x.sock", "%2Fhome%2Fargocd%2Fx.sock", "home%2Fargocd%2Fx.sock", "", "a"] {
            for (form, name) in FORMS.iter().flat_map(|form| ALL.iter().map(move |name| (*form, *name))) {
                for spelling in [Spelling::Plain, Spelling::Coded] {
                    let around = |value: &str| {
                        let path = field(form, Name::Index(4), "/a%/b", spelling);
                        [indexed(3), path.clone(), field(form, name, value, spelling), path].concat()
                    };
                    let mut block = around(value);
                    assert_eq!(replace(&mut block), Some(()));
                    assert_eq!(block, around(&value.replace(['%', '/'], "-")), "{form:?} {name:?} {value}");
                }
            }
        }
    }

    #[test]
    fn long_values_have_long_lengths() {
        let long =
            |it: char| field(FORMS[0], Name::Index(1), &it.to_string().repeat(40_000), Spelling::Plain);
        let mut block = long('/');
        assert_eq!(replace(&mut block), Some(()));
        assert_eq!(block, long('-'));
    }

    #[test]
    fn a_block_that_is_cut_off_is_none() {
        let block =
            [field(FORMS[0], Name::Text("name"), "value", Spelling::Plain), vec![0x3f, 0xe1, 0x1f]].concat();
        let whole = [12, block.len()];
        for end in (1..block.len()).filter(|it| !whole.contains(it)) {
            assert_eq!(replace(&mut block[..end].to_vec()), None, "{end}");
        }
        assert_eq!(replace(&mut block.clone()), Some(()));
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        let hostile: [&[u8]; 7] = [
            &[0x41, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x41, 0x7f, 0xff, 0xff, 0xff, 0x7f, b'a'],
            &[0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            &[0x41, 0x02, b'a'],
            &[0x41, 0x81, 0xff],
            &[0x40, 0x0a, b':'],
        ];
        for bytes in hostile {
            assert_eq!(replace(&mut bytes.to_vec()), None, "{bytes:x?}");
        }
    }
}
