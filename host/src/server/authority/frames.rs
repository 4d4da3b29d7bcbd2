//! What a client sends, frame by frame: finds the header blocks, and passes everything else on.
//!
//! Bytes are looked at where they lie. Whoever shows them keeps what has not been decided yet, and shows it again with
//! more behind it: no part of a header block goes on before its end is there, since only then it can be read. Whatever
//! breaks the rules or is too large is passed on as it came, and hyper, who knows the rules better, refuses it.

use std::ops::Range;

use super::hpack;

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
/// The bytes before a frame's payload.
const HEAD: usize = 9;
/// The largest payload of a server that announces none; hyper announces no other.
const PAYLOAD: usize = 16 << 10;
/// The largest block that is waited for: all of its frames. hyper refuses lists of headers beyond 16 KiB.
const BLOCK: usize = 64 << 10;
/// The most frames of one block. Clients fill each before they begin the next.
const BLOCK_FRAMES: usize = 8;

/// Where in a connection we are.
#[derive(Debug)]
pub(super) struct Frames {
    state: State,
    /// Filled and emptied for each block, so that it is allocated once.
    block: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// So many bytes of the preface have come.
    Preface(usize),
    /// The next byte begins a frame.
    Between,
    /// So many bytes of a frame are left that nobody looks at.
    Passing(usize),
    /// Nothing is looked at any more.
    Through,
}

/// One frame's head.
struct Head {
    payload: usize,
    kind: u8,
    flags: u8,
    stream: [u8; 4],
}

/// A header block at the beginning of some bytes.
enum Found {
    /// Its frames take up so many bytes; its parts lie there.
    Whole(usize, Vec<Range<usize>>),
    /// More bytes must come.
    Unfinished,
    /// It breaks the rules, or is too large.
    Refused,
}

impl Frames {
    pub(super) fn new() -> Frames {
        Frames { state: State::Preface(0), block: Vec::new() }
    }

    /// Looks at nothing any more.
    pub(super) fn stop(&mut self) {
        self.state = State::Through;
    }

    /// How many of these bytes may go on. The others are shown again, with more behind them.
    pub(super) fn pass(&mut self, bytes: &mut [u8]) -> usize {
        let mut passed = 0;
        while passed < bytes.len() {
            match self.step(&mut bytes[passed..]) {
                0 => break,
                n_bytes => passed += n_bytes,
            }
        }
        passed
    }

    fn step(&mut self, bytes: &mut [u8]) -> usize {
        match self.state {
            State::Preface(seen) => self.preface(bytes, seen),
            State::Between => self.frame(bytes),
            State::Passing(left) => {
                let n_bytes = left.min(bytes.len());
                self.state = if n_bytes < left { State::Passing(left - n_bytes) } else { State::Between };
                n_bytes
            }
            State::Through => bytes.len(),
        }
    }

    fn preface(&mut self, bytes: &[u8], seen: usize) -> usize {
        let expected = &PREFACE[seen..];
        let n_bytes = expected.len().min(bytes.len());
        self.state = match n_bytes == expected.len() {
            _ if bytes[..n_bytes] != expected[..n_bytes] => State::Through,
            true => State::Between,
            false => State::Preface(seen + n_bytes),
        };
        n_bytes
    }

    fn frame(&mut self, bytes: &mut [u8]) -> usize {
        let Some(head) = Head::of(bytes) else { return 0 };
        if head.kind != HEADERS {
            self.state = State::Passing(HEAD + head.payload);
            return self.step(bytes);
        }
        match Found::at_start(bytes, &head) {
            Found::Whole(n_bytes, parts) => {
                self.replace(bytes, &parts);
                n_bytes
            }
            Found::Unfinished => 0,
            Found::Refused => {
                self.stop();
                bytes.len()
            }
        }
    }

    /// Changes nothing where the block is not one.
    fn replace(&mut self, bytes: &mut [u8], parts: &[Range<usize>]) {
        self.block.clear();
        for part in parts {
            self.block.extend_from_slice(&bytes[part.clone()]);
        }
        if hpack::replace(&mut self.block).is_none() {
            return;
        }
        let mut block = self.block.as_slice();
        for part in parts {
            let (its, others) = block.split_at(part.len());
            bytes[part.clone()].copy_from_slice(its);
            block = others;
        }
    }
}

impl Head {
    fn of(bytes: &[u8]) -> Option<Head> {
        let [a, b, c, kind, flags, stream @ ..] = *bytes.first_chunk::<HEAD>()?;
        Some(Head { payload: u32::from_be_bytes([0, a, b, c]) as usize, kind, flags, stream })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// What of the payload belongs to the block: neither the padding nor the priority.
    fn part(&self, payload: &[u8]) -> Option<Range<usize>> {
        let (mut start, mut end) = (0, self.payload);
        if self.has(PADDED) {
            start += 1;
            end = end.checked_sub(usize::from(*payload.first()?))?;
        }
        if self.has(PRIORITY) {
            start += 5;
        }
        (start <= end).then_some(start..end)
    }
}

impl Found {
    fn at_start(bytes: &[u8], first: &Head) -> Found {
        let mut parts = Vec::with_capacity(1);
        let mut end = match Found::end_of(0, first) {
            Some(end) if end <= bytes.len() => end,
            Some(_) => return Found::Unfinished,
            None => return Found::Refused,
        };
        let Some(part) = first.part(&bytes[HEAD..end]) else { return Found::Refused };
        parts.push(HEAD + part.start..HEAD + part.end);
        let mut is_last = first.has(END_HEADERS);
        while !is_last {
            let Some(head) = Head::of(&bytes[end..]) else { return Found::Unfinished };
            let start = end + HEAD;
            end = match Found::end_of(end, &head) {
                _ if head.kind != CONTINUATION || head.stream != first.stream => return Found::Refused,
                _ if parts.len() == BLOCK_FRAMES => return Found::Refused,
                Some(end) if end <= bytes.len() => end,
                Some(_) => return Found::Unfinished,
                None => return Found::Refused,
            };
            parts.push(start..end);
            is_last = head.has(END_HEADERS);
        }
        Found::Whole(end, parts)
    }

    /// Where the frame ends that begins there; none if it is too large, or makes its block so.
    fn end_of(start: usize, head: &Head) -> Option<usize> {
        let end = start + HEAD + head.payload;
        (head.payload <= PAYLOAD && end <= BLOCK).then_some(end)
    }
}
