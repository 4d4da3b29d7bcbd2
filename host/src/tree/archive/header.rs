//! The header of an entry: 512 bytes, read as Go's `archive/tar` reads them.
//!
//! Of the `tar` crate this takes where the fields lie. What they mean it reads for itself: the crate takes no checksum of
//! signed bytes, trims numbers in another way, and asks for a version behind `ustar`, where Go asks for none.

use std::ops::Range;

use tar::{GnuHeader, Header};

use super::number::{numeric, octal, until_nul};

pub(super) const BLOCK: usize = 512;

/// The flags of entries that have no content, whatever their header says.
const WITHOUT_CONTENT: &[u8] = b"123456";
const CHECKSUM: Range<usize> = 148..156;
const PREFIX: Range<usize> = 345..500;
/// star's header ends with its own name, and has two times where others have the end of the prefix.
const STAR: (Range<usize>, &[u8]) = (508..512, b"tar\0");
const STAR_PREFIX: Range<usize> = 345..476;
const STAR_TIMES: [Range<usize>; 2] = [476..488, 488..500];
const DEVICE: [Range<usize>; 2] = [329..337, 337..345];

/// What a header says by itself; records before it may say otherwise.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) size: i64,
    pub(super) flag: u8,
}

/// Whose fields follow those that all headers have.
enum Format<'a> {
    V7,
    Ustar,
    Star,
    Gnu(&'a GnuHeader),
}

impl Head {
    pub(super) fn read(block: &[u8; BLOCK]) -> Result<Head, &'static str> {
        if !has_checksum(block) {
            return Err("the checksum of a header is wrong");
        }
        Head::of(block).ok_or("a header holds no number where there should be one")
    }

    fn of(block: &[u8; BLOCK]) -> Option<Head> {
        let header = Header::from_byte_slice(block);
        let old = header.as_old();
        for field in [old.mode.as_slice(), &old.uid, &old.gid, &old.mtime] {
            numeric(field)?;
        }
        let prefix = prefix(block, header)?;
        let name = until_nul(&old.name);
        Some(Head {
            name: if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() },
            link: until_nul(&old.linkname).to_vec(),
            size: numeric(&old.size)?,
            flag: old.linkflag[0],
        })
    }
}

/// How many bytes follow a header; none if their number is negative.
pub(super) fn content(flag: u8, size: i64) -> Option<u64> {
    if WITHOUT_CONTENT.contains(&flag) { Some(0) } else { u64::try_from(size).ok() }
}

/// What stands before the name, once all fields of the header's format are known to be good.
fn prefix<'a>(block: &'a [u8; BLOCK], header: &Header) -> Option<&'a [u8]> {
    let format = format(block, header);
    if !matches!(format, Format::V7) {
        all_numeric(block, &DEVICE)?;
    }
    match format {
        Format::V7 => Some(&[]),
        Format::Ustar => Some(until_nul(&block[PREFIX])),
        Format::Star => all_numeric(block, &STAR_TIMES).map(|()| until_nul(&block[STAR_PREFIX])),
        // Go takes a prefix where the times are malformed, as its own writer once left one there. Nobody does that today.
        Format::Gnu(gnu) => {
            let times = [&gnu.atime, &gnu.ctime];
            times.iter().all(|it| it[0] == 0 || numeric(it.as_slice()).is_some()).then_some(&[])
        }
    }
}

fn format<'a>(block: &[u8; BLOCK], header: &'a Header) -> Format<'a> {
    let magic = &block[257..263];
    let (trailer, star) = STAR;
    match header.as_gnu() {
        Some(gnu) => Format::Gnu(gnu),
        None if magic != b"ustar\0" => Format::V7,
        None if &block[trailer] == star => Format::Star,
        None => Format::Ustar,
    }
}

fn all_numeric(block: &[u8; BLOCK], fields: &[Range<usize>]) -> Option<()> {
    fields.iter().all(|it| numeric(&block[it.clone()]).is_some()).then_some(())
}

/// The sum of all bytes, with spaces for the checksum itself. Sun's tar took them for signed, and Go takes either.
fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let Some(expected) = octal(&block[CHECKSUM]) else { return false };
    let sum = |bytes: &[u8]| bytes.iter().map(|it| i64::from(*it)).sum::<i64>();
    let negative = |bytes: &[u8]| bytes.iter().filter(|it| **it >= 0x80).count() as i64;
    let own = &block[CHECKSUM];
    let unsigned = sum(block) - sum(own) + 8 * i64::from(b' ');
    let signed = unsigned - 256 * (negative(block) - negative(own));
    expected == unsigned || expected == signed
}

#[cfg(test)]
mod tests {
    use tar::UstarHeader;

    use super::*;

    fn block(change: impl FnOnce(&mut UstarHeader)) -> [u8; BLOCK] {
        let mut header = Header::new_ustar();
        header.set_path("a/b").unwrap();
        header.set_size(5);
        change(header.as_ustar_mut().unwrap());
        header.set_cksum();
        *header.as_bytes()
    }

    #[test]
    fn a_prefix_stands_before_the_name() {
        let head = Head::read(&block(|it| it.prefix[..3].copy_from_slice(b"x/y"))).unwrap();
        assert_eq!((head.name.as_slice(), head.size, head.flag), (b"x/y/a/b".as_slice(), 5, 0));
    }

    #[test]
    fn each_number_and_the_checksum_must_be_one() {
        assert!(Head::read(&block(|it| it.mode[0] = b'x')).is_err());
        assert!(Head::read(&block(|it| it.dev_major[0] = b'x')).is_err());
        let mut broken = block(|_| ());
        broken[0] ^= 1;
        assert!(Head::read(&broken).is_err());
    }

    #[test]
    fn a_sum_of_signed_bytes_is_a_checksum_too() {
        let mut block = block(|it| it.name[0] = 0xe4);
        let sum = octal(&block[CHECKSUM]).unwrap() - 256;
        block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(Head::read(&block).unwrap().name, b"\xe4/b");
    }
}
