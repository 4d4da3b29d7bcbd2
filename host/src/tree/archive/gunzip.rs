//! Inflates gzip as Go's `compress/gzip` does, member after member, from pieces of any size.
//!
//! flate2's own decoders for gzip take names that Go refuses, refuse flags that Go ignores, and hold a buffer each; so only
//! its inflating is used.

use std::ops::ControlFlow;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::error::ArchiveError;
use super::gzip_head::{Head, Short};

/// Goes on, or has all that is wanted.
pub(super) type Flow = ControlFlow<()>;

/// A stream of members. Until its first byte it holds no window.
#[derive(Debug)]
pub(super) struct Gunzip {
    inflate: Option<Decompress>,
    crc: Crc,
    state: State,
    /// How many members are behind us.
    members: usize,
}

#[derive(Debug)]
enum State {
    /// A header, as far as it has come.
    Head(Vec<u8>),
    Body,
    /// CRC and length, as far as they have come.
    Trailer(Vec<u8>),
}

const TRAILER: usize = 8;
/// Go counts none. A sender needs one; a million empty ones would cost seconds, and unpack to nothing.
const MEMBERS: usize = 10_000;

impl Gunzip {
    pub(super) fn new() -> Gunzip {
        Gunzip { inflate: None, crc: Crc::new(), state: State::Head(Vec::new()), members: 0 }
    }

    /// Inflates a piece through a buffer, until there is no more of it or `give` has enough.
    pub(super) fn feed(
        &mut self,
        mut input: &[u8],
        buffer: &mut [u8],
        mut give: impl FnMut(&[u8]) -> Result<Flow, ArchiveError>,
    ) -> Result<Flow, ArchiveError> {
        while !input.is_empty() {
            match &mut self.state {
                State::Head(head) => {
                    let Some(used) = take_head(head, input)? else { return Ok(Flow::Continue(())) };
                    input = &input[used..];
                    self.start_member();
                }
                State::Body => {
                    let (used, flow) = self.inflate(input, buffer, &mut give)?;
                    input = &input[used..];
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                State::Trailer(trailer) => {
                    let used = input.len().min(TRAILER - trailer.len());
                    trailer.extend(&input[..used]);
                    input = &input[used..];
                    self.end_member()?;
                }
            }
        }
        Ok(Flow::Continue(()))
    }

    /// Whether the stream may end here: behind a member, and not before the first one.
    pub(super) fn may_end(&self) -> bool {
        self.members > 0 && matches!(&self.state, State::Head(head) if head.is_empty())
    }

    fn start_member(&mut self) {
        self.crc.reset();
        self.inflate.get_or_insert_with(|| Decompress::new(false)).reset(false);
        self.state = State::Body;
    }

    /// Says how much of the input was used. All that an input gives has been given before more is asked for.
    fn inflate(
        &mut self,
        input: &[u8],
        buffer: &mut [u8],
        give: &mut impl FnMut(&[u8]) -> Result<Flow, ArchiveError>,
    ) -> Result<(usize, Flow), ArchiveError> {
        let inflate = self.inflate.get_or_insert_with(|| Decompress::new(false));
        let start = inflate.total_in();
        loop {
            let (before, written) = (inflate.total_in(), inflate.total_out());
            let rest = &input[(before - start) as usize..];
            let status = inflate.decompress(rest, buffer, FlushDecompress::None);
            let output = &buffer[..(inflate.total_out() - written) as usize];
            self.crc.update(output);
            // What precedes a fault is there all the same, and may be all that anybody wants.
            let flow = give(output)?;
            let used = (inflate.total_in() - start) as usize;
            if flow.is_break() {
                return Ok((used, flow));
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.state = State::Trailer(Vec::with_capacity(TRAILER));
                    return Ok((used, flow));
                }
                // A full buffer may hide that there is more.
                Ok(_) if output.len() == buffer.len() => {}
                Ok(_) if used == input.len() => return Ok((used, flow)),
                Ok(_) if inflate.total_in() > before => {}
                Ok(_) | Err(_) => return Err(ArchiveError::invalid("its compressed data is corrupt")),
            }
        }
    }

    /// Compares the trailer, once it is whole.
    fn end_member(&mut self) -> Result<(), ArchiveError> {
        let State::Trailer(trailer) = &self.state else { return Ok(()) };
        if trailer.len() < TRAILER {
            return Ok(());
        }
        let expected = [self.crc.sum().to_le_bytes(), self.crc.amount().to_le_bytes()].concat();
        if *trailer != expected {
            return Err(ArchiveError::invalid(
                "its compressed data has another checksum than its trailer says",
            ));
        }
        if self.members == MEMBERS {
            return Err(ArchiveError::invalid("it consists of more than 10,000 parts"));
        }
        self.members += 1;
        self.state = State::Head(Vec::new());
        Ok(())
    }
}

/// Adds to a header what has come. Says how much of the input belongs to it, once it is whole.
fn take_head(head: &mut Vec<u8>, input: &[u8]) -> Result<Option<usize>, ArchiveError> {
    let before = head.len();
    // Most headers come whole, and need not be copied.
    let length = if before == 0 { Head(input).length() } else { Err(Short::More) };
    let length = match length {
        Err(Short::More) => {
            head.extend(input);
            Head(head).length()
        }
        whole => whole,
    };
    match length {
        Ok(length) => Ok(Some(length - before)),
        Err(Short::More) => Ok(None),
        Err(Short::Never) => Err(ArchiveError::invalid("it is not compressed with gzip")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::super::gzip_head::{HAS_CHECKSUM, HAS_COMMENT, HAS_EXTRA, HAS_NAME};
    use super::*;

    fn zip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// In pieces of this size, through a buffer that is smaller than what comes out.
    fn unzip(bytes: &[u8], piece: usize) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut gunzip = Gunzip::new();
        let mut text = Vec::new();
        for piece in bytes.chunks(piece) {
            let flow = gunzip.feed(piece, &mut [0; 64], |it| {
                text.extend(it);
                Ok(Flow::Continue(()))
            })?;
            assert!(flow.is_continue());
        }
        Ok(gunzip.may_end().then_some(text))
    }

    #[test]
    fn members_follow_each_other_whatever_the_pieces_are() {
        let text = b"text ".repeat(1000);
        let zipped = [zip(&text), zip(b""), zip(b"end")].concat();
        for piece in [1, 2, 7, 100, 100_000] {
            assert_eq!(unzip(&zipped, piece), Ok(Some([&text, b"end".as_slice()].concat())), "{piece}");
        }
    }

    #[test]
    fn an_end_in_the_middle_is_none() {
        let zipped = [zip(b"text"), zip(b"end")].concat();
        let ends: Vec<usize> = (0..=zipped.len()).filter(|it| unzip(&zipped[..*it], 9) != Ok(None)).collect();
        assert_eq!(ends, [zip(b"text").len(), zipped.len()]);
    }

    #[test]
    fn a_header_has_fields_of_its_own() {
        let plain = zip(b"text");
        let of = |flags: u8, fields: &[u8]| {
            let mut head = [&plain[..10], fields].concat();
            head[3] = flags;
            if flags & HAS_CHECKSUM != 0 {
                let mut crc = Crc::new();
                crc.update(&head);
                head.extend((crc.sum() as u16).to_le_bytes());
            }
            [head, plain[10..].to_vec()].concat()
        };
        let long = [vec![b'a'; 511], vec![0]].concat();
        for zipped in [
            of(HAS_EXTRA, b"\x03\x00abc"),
            of(HAS_NAME | HAS_COMMENT, b"name\0comment\0"),
            of(HAS_NAME, &long),
            of(HAS_EXTRA | HAS_NAME | HAS_CHECKSUM, b"\x01\x00aname\0"),
            of(0xe1, b""),
        ] {
            for piece in [1, 3, 100_000] {
                assert_eq!(unzip(&zipped, piece), Ok(Some(b"text".to_vec())), "{zipped:?}");
            }
        }
        let mut broken = of(HAS_CHECKSUM, b"");
        broken[10] ^= 1;
        for zipped in [broken, of(HAS_NAME, &[b"a".as_slice(), &long].concat()), b"no gzip at all".to_vec()] {
            assert!(unzip(&zipped, 5).is_err(), "{zipped:?}");
        }
    }

    #[test]
    fn what_precedes_a_fault_is_given() {
        let mut zipped = zip(&[b"all that is wanted".as_slice(), &[0; 300]].concat());
        let end = zipped.len();
        zipped[end - 8] ^= 1;
        let mut given = 0;
        let fed = Gunzip::new().feed(&zipped, &mut [0; 512], |it| {
            given += it.len();
            Ok(Flow::Continue(()))
        });
        assert!(fed.is_err());
        assert_eq!(given, 318);
    }
}
