//! Finds the entries of a tar archive that comes in pieces, as Go's `archive/tar` finds them: what this takes, Go takes, and
//! sees the same. Files with holes and two malformed headers that Go mends are refused instead.

use super::error::ArchiveError;
use super::gunzip::Flow;
use super::header::{BLOCK, Head, content};
use super::number::until_nul;
use super::pax::Records;

/// The flag of a regular file.
pub(super) const FILE: u8 = b'0';
/// The flag of a symbolic link.
pub(super) const LINK: u8 = b'2';
/// The flag of a folder.
pub(super) const FOLDER: u8 = b'5';

const OLD_FILE: u8 = 0;
const HOLES: u8 = b'S';
const RECORDS: u8 = b'x';
const RECORDS_OF_ALL: u8 = b'g';
const LONG_NAME: u8 = b'L';
const LONG_LINK: u8 = b'K';
/// What Go takes of a long name, or of records.
const LONGEST: u64 = 1 << 20;

/// One entry, as its header and what precedes it say. Nothing of it is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its path, which may be anything.
    pub name: &'a [u8],
    /// What kind of thing it is.
    pub flag: u8,
    /// Where it leads, if it is a link.
    pub link: &'a [u8],
    /// How many bytes follow.
    pub size: u64,
}

/// Takes what is found.
pub trait Sink {
    /// An entry begins.
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), ArchiveError>;
    /// A piece of the content of the last entry.
    fn content(&mut self, bytes: &[u8]);
}

/// Where in the archive we are.
#[derive(Debug)]
pub(super) struct Untar {
    state: State,
    /// A header, as far as it has come.
    block: Vec<u8>,
    /// What is known of the next entry before its header comes.
    before: Before,
}

#[derive(Debug)]
enum State {
    Header,
    /// The first of the two empty blocks that end an archive has come.
    HalfEnd,
    /// Something that belongs to the next entry: its flag, what has come of it, and how much is missing.
    Special(u8, Vec<u8>, u64),
    /// How much content is missing, and how much behind it that only fills its last block.
    Content(u64, u64),
    Padding(u64),
    End,
}

#[derive(Debug, Default)]
struct Before {
    records: Records,
    name: Vec<u8>,
    link: Vec<u8>,
}

impl Untar {
    pub(super) fn new() -> Untar {
        Untar { state: State::Header, block: Vec::new(), before: Before::default() }
    }

    /// Reads a piece, until there is no more of it or the archive ends.
    pub(super) fn feed(&mut self, mut input: &[u8], sink: &mut impl Sink) -> Result<Flow, ArchiveError> {
        while !input.is_empty() {
            let used = match &mut self.state {
                State::Header | State::HalfEnd => self.read_header(input, sink)?,
                State::Special(_, text, left) => {
                    let used = at_most(input, *left);
                    text.extend(&input[..used]);
                    *left -= used as u64;
                    self.end_special()?;
                    used
                }
                State::Content(left, padding) => {
                    let used = at_most(input, *left);
                    sink.content(&input[..used]);
                    *left -= used as u64;
                    if *left == 0 {
                        self.state = skip(*padding);
                    }
                    used
                }
                State::Padding(left) => {
                    let used = at_most(input, *left);
                    *left -= used as u64;
                    if *left == 0 {
                        self.state = State::Header;
                    }
                    used
                }
                State::End => return Ok(Flow::Break(())),
            };
            input = &input[used..];
        }
        Ok(self.flow())
    }

    /// Go takes an archive whose end is not marked, or only half, or whose last block is not filled.
    pub(super) fn may_end(&self) -> bool {
        match self.state {
            State::Header | State::HalfEnd => self.block.is_empty(),
            State::Special(..) | State::Content(..) => false,
            State::Padding(_) | State::End => true,
        }
    }

    fn flow(&self) -> Flow {
        if matches!(self.state, State::End) { Flow::Break(()) } else { Flow::Continue(()) }
    }

    fn read_header(&mut self, input: &[u8], sink: &mut impl Sink) -> Result<usize, ArchiveError> {
        if self.block.is_empty()
            && let Some(block) = input.first_chunk::<BLOCK>()
        {
            self.take_block(block, sink)?;
            return Ok(BLOCK);
        }
        let used = input.len().min(BLOCK - self.block.len());
        self.block.extend(&input[..used]);
        if let Some(block) = self.block.first_chunk::<BLOCK>().copied() {
            self.block.clear();
            self.take_block(&block, sink)?;
        }
        Ok(used)
    }

    fn take_block(&mut self, block: &[u8; BLOCK], sink: &mut impl Sink) -> Result<(), ArchiveError> {
        let is_empty = *block == [0; BLOCK];
        self.state = match (&self.state, is_empty) {
            (State::HalfEnd, true) => State::End,
            (State::HalfEnd, false) => {
                return Err(ArchiveError::invalid("something follows half of its end"));
            }
            (_, true) => State::HalfEnd,
            (_, false) => self.begin(block, sink)?,
        };
        Ok(())
    }

    fn begin(&mut self, block: &[u8; BLOCK], sink: &mut impl Sink) -> Result<State, ArchiveError> {
        let head = Head::read(block).map_err(ArchiveError::invalid)?;
        // Even if records give another size, this one may not be negative.
        let size = content(head.flag, head.size).ok_or_else(negative)?;
        match head.flag {
            RECORDS | RECORDS_OF_ALL | LONG_NAME | LONG_LINK if size > LONGEST => {
                Err(ArchiveError::invalid("a name, or what is said of an entry, has more than 1 MiB"))
            }
            RECORDS | RECORDS_OF_ALL | LONG_NAME | LONG_LINK => self.begin_special(head.flag, size),
            HOLES => Err(ArchiveError::invalid("it holds a file with holes")),
            _ => self.begin_entry(head, sink),
        }
    }

    fn begin_special(&mut self, flag: u8, size: u64) -> Result<State, ArchiveError> {
        if size > 0 {
            return Ok(State::Special(flag, Vec::new(), size));
        }
        self.take_special(flag, &[])?;
        Ok(State::Header)
    }

    fn end_special(&mut self) -> Result<(), ArchiveError> {
        if let State::Special(flag, text, 0) = &mut self.state {
            let (flag, text) = (*flag, std::mem::take(text));
            self.take_special(flag, &text)?;
            self.state = skip(padding(text.len() as u64));
        }
        Ok(())
    }

    fn take_special(&mut self, flag: u8, text: &[u8]) -> Result<(), ArchiveError> {
        match flag {
            LONG_NAME => self.before.name = until_nul(text).to_vec(),
            LONG_LINK => self.before.link = until_nul(text).to_vec(),
            RECORDS => self.before.records = Records::read(text).map_err(ArchiveError::invalid)?,
            // Such records are an entry of their own: they say nothing of others, and what came before was said of them.
            _ => {
                Records::read(text).map_err(ArchiveError::invalid)?;
                self.before = Before::default();
            }
        }
        Ok(())
    }

    fn begin_entry(&mut self, head: Head, sink: &mut impl Sink) -> Result<State, ArchiveError> {
        let Before { records, name, link } = std::mem::take(&mut self.before);
        let name = said([Some(name), records.path], head.name);
        let link = said([Some(link), records.link], head.link);
        let flag = match head.flag {
            OLD_FILE if name.ends_with(b"/") => FOLDER,
            OLD_FILE => FILE,
            other => other,
        };
        let size = content(flag, records.size.unwrap_or(head.size)).ok_or_else(negative)?;
        sink.entry(&Entry { name: &name, flag, link: &link, size })?;
        Ok(if size == 0 { State::Header } else { State::Content(size, padding(size)) })
    }
}

/// The first that says anything.
fn said(before: [Option<Vec<u8>>; 2], otherwise: Vec<u8>) -> Vec<u8> {
    before.into_iter().flatten().find(|it| !it.is_empty()).unwrap_or(otherwise)
}

fn skip(padding: u64) -> State {
    if padding == 0 { State::Header } else { State::Padding(padding) }
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn at_most(input: &[u8], left: u64) -> usize {
    usize::try_from(left).map_or(input.len(), |it| it.min(input.len()))
}

fn negative() -> ArchiveError {
    ArchiveError::invalid("an entry has a negative size")
}
