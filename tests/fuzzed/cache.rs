//! Any bytes as a file of compiled code: what is not whole is refused, before anybody could run it.
//!
//! A fuzzer that sees what a checksum is compared with writes the right one behind bytes of its own. The checksum does not
//! withstand that, and need not. So a file of ours is damaged in its code, or cut off, or in its seal.

use cmp_host::guest::cache::{seal, unsealed};

/// Long enough for every way in which the checksum reads its input.
const CODE: usize = 1500;

/// Where the file is damaged, and with what.
struct Damage<'a> {
    at: usize,
    length: usize,
    with: &'a [u8],
}

pub(crate) fn look(bytes: &[u8]) {
    if let Ok(code) = unsealed(bytes) {
        assert_eq!([code, &seal(code)].concat(), bytes);
    }
    let Some((head, with)) = bytes.split_first_chunk::<4>() else { return };
    let number = |it: &[u8]| usize::from(u16::from_le_bytes([it[0], it[1]]));
    let damage = Damage { at: number(&head[..2]), length: number(&head[2..]), with };
    let code: Vec<u8> = (0..CODE).map(|it| (it * it % 251) as u8).collect();
    let whole = [code.as_slice(), &seal(&code)].concat();
    assert_eq!(unsealed(&whole).expect("it is whole"), code);
    for damaged in [damage.of_code(&code, &whole), damage.of_length(&whole), damage.of_seal(&whole)] {
        assert!(damaged == whole || unsealed(&damaged).is_err(), "{} bytes are taken", damaged.len());
    }
}

impl Damage<'_> {
    fn of_code(&self, code: &[u8], whole: &[u8]) -> Vec<u8> {
        let start = self.at % code.len();
        let end = code.len().min(start + self.length);
        [&code[..start], self.with, &code[end..], &whole[code.len()..]].concat()
    }

    fn of_length(&self, whole: &[u8]) -> Vec<u8> {
        whole[..self.at % whole.len()].to_vec()
    }

    fn of_seal(&self, whole: &[u8]) -> Vec<u8> {
        let mut damaged = whole.to_vec();
        for (byte, other) in damaged[CODE..].iter_mut().zip(self.with) {
            *byte ^= other;
        }
        damaged
    }
}
