//! Blocks of whole lines out of a stream.

use std::io::{self, ErrorKind, Read};

use memchr::{memchr, memchr_iter, memrchr};

/// A block's size: some two hundred records, so that handing one over costs nothing beside parsing it.
const BLOCK_BYTES: usize = 2 * 1024 * 1024;
/// The longest line that is kept. Real records end at some hundred kilobytes; what is longer is broken.
pub const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The blocks' memory when a line is that long, as it is doubled until a line's end is in it.
const BUFFER_BYTES_MAX: usize = LINE_BYTES_MAX + BLOCK_BYTES;

/// Some whole lines of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    bytes: Vec<u8>,
    first_line: u64,
    /// Numbers of the lines before these that were too long to keep.
    pub too_long: Vec<u64>,
}

impl Block {
    /// Its lines without their ends, each with its number in the file, from 1. Empty lines are left out.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut start = 0;
        let mut number = self.first_line;
        let bytes = &self.bytes;
        let ends = memchr_iter(b'\n', bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
        ends.map(move |end| {
            let line = &bytes[start..end];
            start = end + 1;
            number += 1;
            (number - 1, line.strip_suffix(b"\r").unwrap_or(line))
        })
        .filter(|(_, line)| !line.trim_ascii().is_empty())
    }

    /// Whether its last line has no end: only the last one of a file may.
    pub fn ends_within_a_line(&self) -> bool {
        memrchr(b'\n', &self.bytes)
            .map_or(&*self.bytes, |end| &self.bytes[end + 1..])
            .iter()
            .any(|byte| !byte.is_ascii_whitespace())
    }

    /// Its bytes, newlines included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of its first line in the file, from 1.
    pub fn first_line(&self) -> u64 {
        self.first_line
    }
}

/// Cuts a stream into blocks.
pub(super) struct Blocks<R> {
    reader: R,
    /// What has been read and not handed out; starts at a line's start.
    pending: Vec<u8>,
    line: u64,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, pending: Vec::new(), line: 1, ended: false }
    }

    /// The first bytes, without taking them.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        while self.pending.len() < BLOCK_BYTES && !self.ended {
            self.fill(BLOCK_BYTES)?;
        }
        if self.pending.starts_with(b"\xef\xbb\xbf") {
            self.pending.drain(..3);
        }
        Ok(&self.pending)
    }

    /// Takes the first line, which [`peek`](Self::peek) has read.
    pub(super) fn first_line(&mut self) -> io::Result<Vec<u8>> {
        let end = memchr(b'\n', self.peek()?).map_or(self.pending.len(), |end| end + 1);
        let rest = self.pending.split_off(end);
        self.line += 1;
        let mut line = std::mem::replace(&mut self.pending, rest);
        line.truncate(line.trim_ascii_end().len().max(line.len() - 1));
        Ok(line)
    }

    /// The next lines; none at the end.
    pub(super) fn next_block(&mut self) -> io::Result<Option<Block>> {
        let mut too_long = Vec::new();
        loop {
            let wanted = BLOCK_BYTES.max((self.pending.len() * 2).min(BUFFER_BYTES_MAX));
            while self.pending.len() < wanted && !self.ended {
                self.fill(wanted)?;
            }
            match memrchr(b'\n', &self.pending) {
                Some(end) => return Ok(Some(self.take(end + 1, too_long))),
                None if self.ended && self.pending.is_empty() && too_long.is_empty() => return Ok(None),
                None if self.ended => return Ok(Some(self.take(self.pending.len(), too_long))),
                None if self.pending.len() > LINE_BYTES_MAX => too_long.push(self.skip_line()?),
                None => {}
            }
        }
    }

    /// The whole rest; none if it is longer than `bytes_max`.
    pub(super) fn rest(&mut self, bytes_max: usize) -> io::Result<Option<Vec<u8>>> {
        let mut text = std::mem::take(&mut self.pending);
        let room = bytes_max.saturating_sub(text.len()) as u64;
        self.reader.by_ref().take(room + 1).read_to_end(&mut text)?;
        Ok((text.len() <= bytes_max).then_some(text))
    }

    fn take(&mut self, length: usize, too_long: Vec<u64>) -> Block {
        let rest = self.pending.split_off(length);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let first_line = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        Block { bytes, first_line, too_long }
    }

    /// Drops the line that `pending` is a part of, and gives its number.
    fn skip_line(&mut self) -> io::Result<u64> {
        loop {
            self.pending.clear();
            while self.pending.len() < BLOCK_BYTES && !self.ended {
                self.fill(BLOCK_BYTES)?;
            }
            if let Some(end) = memchr(b'\n', &self.pending) {
                self.pending.drain(..=end);
                break;
            }
            if self.ended {
                self.pending.clear();
                break;
            }
        }
        self.line += 1;
        Ok(self.line - 1)
    }

    /// Reads once, up to `length` pending bytes in all.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        let start = self.pending.len();
        self.pending.resize(length, 0);
        let read = loop {
            match self.reader.read(&mut self.pending[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.pending.truncate(start + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }
}
