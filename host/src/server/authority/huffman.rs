//! Huffman coded texts of HPACK: finds where each code ends, and exchanges codes of the same length in place.
//!
//! The code of RFC 7541, appendix B, is canonical: it counts up within a length, and goes on at the next. So how many
//! codes there are of each length is all that it takes to tell one code from the next; no table of 257 rows is needed.

/// How many codes have this length in bits; their sum is 257, each byte and the end of the text.
const COUNTS: [u32; 31] =
    [0, 0, 0, 0, 0, 10, 26, 32, 6, 0, 5, 3, 2, 6, 2, 3, 0, 0, 0, 3, 8, 13, 26, 29, 12, 4, 15, 19, 29, 0, 4];
const LONGEST: usize = COUNTS.len() - 1;

/// Six bits each: that is why one may take the other's place.
const N_BITS: usize = 6;
const PERCENT: u32 = 0b01_0101;
const SLASH: u32 = 0b01_1000;
const DASH: u32 = 0b01_0110;

/// Puts `-` where `%` and `/` are; none if this is no text in this code, which may be half changed then.
pub(super) fn replace(text: &mut [u8]) -> Option<()> {
    let mut code = Code::default();
    for at in 0..text.len() * 8 {
        code.push(bit(text, at));
        if code.is_whole() {
            if code.n_bits == N_BITS && matches!(code.bits, PERCENT | SLASH) {
                write_dash(text, at + 1 - N_BITS);
            }
            code = Code::default();
        } else if code.n_bits == LONGEST {
            return None;
        }
    }
    code.is_padding().then_some(())
}

/// The bits of one code so far.
#[derive(Default)]
struct Code {
    bits: u32,
    n_bits: usize,
    /// The least code of this length.
    first: u32,
}

impl Code {
    fn push(&mut self, bit: u32) {
        self.first = (self.first + COUNTS[self.n_bits]) << 1;
        self.bits = self.bits << 1 | bit;
        self.n_bits += 1;
    }

    /// The last code of all ends a text, and must not stand in it.
    fn is_whole(&self) -> bool {
        let is_end = self.n_bits == LONGEST && self.bits == (1 << LONGEST) - 1;
        self.bits - self.first < COUNTS[self.n_bits] && !is_end
    }

    /// The rest of the last byte is ones, and never a whole byte.
    fn is_padding(&self) -> bool {
        self.n_bits < 8 && self.bits == (1 << self.n_bits) - 1
    }
}

fn bit(text: &[u8], at: usize) -> u32 {
    u32::from(text[at / 8] >> (7 - at % 8) & 1)
}

fn write_dash(text: &mut [u8], start: usize) {
    for index in 0..N_BITS {
        let at = start + index;
        let mask = 0x80_u8 >> (at % 8);
        match DASH >> (N_BITS - 1 - index) & 1 {
            0 => text[at / 8] &= !mask,
            _ => text[at / 8] |= mask,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The characters of the short codes, in the order of the code. Tests write no others.
    const SHORT: [(usize, &str); 4] = [
        (5, "012aceiost"),
        (6, " %-./3456789=A_bdfghlmnpru"),
        (7, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
        (8, "&*,;XZ"),
    ];

    fn code(it: char) -> (usize, u32) {
        let mut first = 0;
        for (n_bits, characters) in SHORT {
            if let Some(index) = characters.find(it) {
                return (n_bits, first + u32::try_from(index).unwrap());
            }
            first = (first + u32::try_from(characters.len()).unwrap()) << 1;
        }
        panic!("tests do not write {it:?}");
    }

    /// A text in the code.
    pub(in crate::server::authority) fn coded(text: &str) -> Vec<u8> {
        let mut bits = Vec::new();
        for (n_bits, code) in text.chars().map(code) {
            bits.extend((0..n_bits).rev().map(|it| code >> it & 1 == 1));
        }
        bits.resize(bits.len().next_multiple_of(8), true);
        bits.chunks(8).map(|it| it.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
    }

    #[test]
    fn the_code_is_complete() {
        assert_eq!(COUNTS.iter().sum::<u32>(), 257);
        let share = |(n_bits, count): (usize, &u32)| u64::from(*count) << (LONGEST - n_bits);
        assert_eq!(COUNTS.iter().enumerate().map(share).sum::<u64>(), 1 << LONGEST);
        for (n_bits, characters) in SHORT {
            assert_eq!(characters.len(), COUNTS[n_bits] as usize);
        }
    }

    /// The examples of RFC 7541, appendix C.4.
    #[test]
    fn the_code_is_that_of_the_rfc() {
        let hex = |bytes: Vec<u8>| base16ct::lower::encode_string(&bytes);
        assert_eq!(hex(coded("www.example.com")), "f1e3c2e5f23a6ba0ab90f4ff");
        assert_eq!(hex(coded("no-cache")), "a8eb10649cbf");
        assert_eq!(hex(coded("custom-value")), "25a849e95bb8e8b4bf");
    }

    #[test]
    fn percent_and_slash_become_dashes() {
        for text in ["", "/", "%", "a/b", "/home/argocd/x.sock", "%2Fhome%2Fargocd%2Fx.sock", "no-cache"] {
            let mut bytes = coded(text);
            assert_eq!(replace(&mut bytes), Some(()), "{text}");
            assert_eq!(bytes, coded(&text.replace(['%', '/'], "-")), "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        // A code that is cut off, a whole byte of padding, padding of zeros, the end within the text.
        for bytes in [&[0xfe][..], &[0xff], &[0xf1, 0xff], &[0x00], &[0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(replace(&mut bytes.to_vec()), None, "{bytes:x?}");
        }
    }

    #[test]
    fn bytes_of_any_kind_are_no_harm() {
        for seed in 0..20_000_u32 {
            let mut bytes = seed.wrapping_mul(2_654_435_761).to_le_bytes();
            replace(&mut bytes);
        }
    }
}
