//! The header of a member of gzip: what Go's `compress/gzip` takes, no more and no less.

use flate2::Crc;

/// A header, of which bytes are perhaps missing.
pub(super) struct Head<'a>(pub(super) &'a [u8]);

/// Why a header has no end.
pub(super) enum Short {
    /// It has not come yet.
    More,
    /// This is no header.
    Never,
}

pub(super) const HAS_CHECKSUM: u8 = 1 << 1;
pub(super) const HAS_EXTRA: u8 = 1 << 2;
pub(super) const HAS_NAME: u8 = 1 << 3;
pub(super) const HAS_COMMENT: u8 = 1 << 4;
/// Go's longest name or comment, its NUL included.
const TEXT: usize = 512;

impl Head<'_> {
    /// Where it ends.
    pub(super) fn length(&self) -> Result<usize, Short> {
        let [id1, id2, method, flags] = self.array(0)?;
        self.array::<10>(0)?;
        if [id1, id2, method] != [0x1f, 0x8b, 8] {
            return Err(Short::Never);
        }
        let mut end = 10;
        if flags & HAS_EXTRA != 0 {
            end += 2 + usize::from(u16::from_le_bytes(self.array(end)?));
        }
        for flag in [HAS_NAME, HAS_COMMENT] {
            if flags & flag != 0 {
                end += self.text(end)?;
            }
        }
        if flags & HAS_CHECKSUM != 0 {
            self.require_checksum(end)?;
            end += 2;
        }
        if self.0.len() < end { Err(Short::More) } else { Ok(end) }
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Short> {
        self.0.get(at..).and_then(|it| it.first_chunk()).copied().ok_or(Short::More)
    }

    /// The length of a text with its NUL.
    fn text(&self, at: usize) -> Result<usize, Short> {
        let text = self.0.get(at..).ok_or(Short::More)?;
        match text.iter().take(TEXT).position(|it| *it == 0) {
            Some(end) => Ok(end + 1),
            None if text.len() < TEXT => Err(Short::More),
            None => Err(Short::Never),
        }
    }

    fn require_checksum(&self, at: usize) -> Result<(), Short> {
        let expected = u16::from_le_bytes(self.array(at)?);
        let mut crc = Crc::new();
        crc.update(&self.0[..at]);
        if crc.sum() as u16 == expected { Ok(()) } else { Err(Short::Never) }
    }
}
