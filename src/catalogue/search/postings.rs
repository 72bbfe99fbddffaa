//! Posting lists: ascending document numbers, bit-packed in blocks that can be skipped.
//!
//! A list of `n` documents is `n / 128` skip entries (last document of the block: u32; place of its packed bytes
//! after the skip table and their bit width: u32), the packed blocks, and the rest as variable-length differences.
//! A list of one document is not written at all: the dictionary holds the document.

use bitpacking::{BitPacker, BitPacker4x};

const BLOCK: usize = BitPacker4x::BLOCK_LEN;
const SKIP_LEN: usize = 8;
/// Bits of a skip entry's second half that hold the bit width (0 to 32).
const WIDTH_BITS: u32 = 6;

/// The document number after all others.
pub(super) const END: u32 = u32::MAX;

/// Appends a list of ascending documents.
pub(super) fn encode(docs: &[u32], out: &mut Vec<u8>) {
    let packer = BitPacker4x::new();
    let mut skips = Vec::with_capacity(docs.len() / BLOCK * SKIP_LEN);
    let mut packed = Vec::new();
    let mut before = 0;
    let mut blocks = docs.chunks_exact(BLOCK);
    for block in blocks.by_ref() {
        let width = packer.num_bits_sorted(before, block);
        let start = packed.len();
        packed.resize(start + BitPacker4x::compressed_block_size(width), 0);
        packer.compress_sorted(before, block, &mut packed[start..], width);
        before = block[BLOCK - 1];
        skips.extend(before.to_le_bytes());
        skips.extend(((start as u32) << WIDTH_BITS | u32::from(width)).to_le_bytes());
    }
    out.extend(skips);
    out.extend(packed);
    for doc in blocks.remainder() {
        push_varint(doc - before, out);
        before = *doc;
    }
}

fn push_varint(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Walks a posting list; stands on a document or on [`END`].
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    blocks: usize,
    rest: usize,
    /// The block in `decoded`; `blocks` means the rest.
    block: usize,
    decoded: [u32; BLOCK],
    len: usize,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor on the first of `count` documents written at the start of `bytes`.
    pub(super) fn new(bytes: &'a [u8], count: u32) -> Self {
        let blocks = count as usize / BLOCK;
        let rest = count as usize % BLOCK;
        let mut cursor = Self { bytes, blocks, rest, block: 0, decoded: [END; BLOCK], len: 0, at: 0 };
        cursor.load(0);
        cursor
    }

    /// A cursor on a single document.
    pub(super) fn single(doc: u32) -> Self {
        let mut decoded = [END; BLOCK];
        decoded[0] = doc;
        Self { bytes: &[], blocks: 0, rest: 1, block: 0, decoded, len: 1, at: 0 }
    }

    /// Where it stands.
    pub(super) fn doc(&self) -> u32 {
        if self.at < self.len { self.decoded[self.at] } else { END }
    }

    /// Goes to the first document that is not before `target`.
    pub(super) fn seek(&mut self, target: u32) -> u32 {
        if self.doc() >= target {
            return self.doc();
        }
        if self.decoded[self.len - 1] < target {
            let next = self.block_of(target);
            self.load(next);
        }
        let ahead = &self.decoded[self.at..self.len];
        self.at += match ahead.get(..4) {
            // most steps are short ones
            Some(near) if near[3] >= target => near.iter().position(|doc| *doc >= target).unwrap_or(3),
            _ => ahead.partition_point(|doc| *doc < target),
        };
        self.doc()
    }

    fn skip(&self, block: usize) -> (u32, u32) {
        let word = |at: usize| {
            self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(END, u32::from_le_bytes)
        };
        (word(block * SKIP_LEN), word(block * SKIP_LEN + 4))
    }

    /// The first block after this one whose last document is not before `target`; galloping, then halving.
    fn block_of(&self, target: u32) -> usize {
        let mut low = self.block + 1;
        let mut step = 1;
        while low + step < self.blocks && self.skip(low + step).0 < target {
            low += step;
            step *= 2;
        }
        let mut high = (low + step).min(self.blocks);
        while low < high {
            let middle = low.midpoint(high);
            if self.skip(middle).0 < target { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn load(&mut self, block: usize) {
        (self.block, self.at, self.len) = (block, 0, 0);
        let before = if block == 0 { 0 } else { self.skip(block - 1).0 };
        let data = self.bytes.get(self.blocks * SKIP_LEN..).unwrap_or(&[]);
        if block < self.blocks {
            let (_, place) = self.skip(block);
            let width = (place & ((1 << WIDTH_BITS) - 1)) as u8;
            let size = BitPacker4x::compressed_block_size(width);
            let start = (place >> WIDTH_BITS) as usize;
            if width <= 32
                && let Some(packed) = data.get(start..start + size)
            {
                BitPacker4x::new().decompress_sorted(before, packed, &mut self.decoded, width);
                self.len = BLOCK;
            }
        } else if block == self.blocks && self.rest > 0 {
            self.load_rest(data, before);
        }
        if self.len == 0 {
            self.decoded[0] = END;
            (self.block, self.len) = (self.blocks, 1);
        }
    }

    fn load_rest(&mut self, data: &[u8], mut doc: u32) {
        let start = self.blocks.checked_sub(1).map_or(0, |last| {
            let (_, place) = self.skip(last);
            let width = (place & ((1 << WIDTH_BITS) - 1)) as u8;
            (place >> WIDTH_BITS) as usize + BitPacker4x::compressed_block_size(width)
        });
        let mut bytes = data.get(start..).unwrap_or(&[]).iter();
        for slot in &mut self.decoded[..self.rest] {
            let mut difference = 0u32;
            for shift in (0..35).step_by(7) {
                let Some(byte) = bytes.next() else { return };
                difference |= u32::from(byte & 0x7f).wrapping_shl(shift);
                if byte & 0x80 == 0 {
                    break;
                }
            }
            doc = doc.wrapping_add(difference);
            *slot = doc;
            self.len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn encoded(docs: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(docs, &mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn a_list_is_read_back_by_steps_and_by_leaps(
            docs in prop::collection::btree_set(0u32..2_000_000, 1..1500),
            leap in 1u32..60_000,
        ) {
            let list: Vec<u32> = docs.iter().copied().collect();
            let bytes = encoded(&list);
            let mut cursor = Cursor::new(&bytes, list.len() as u32);
            let mut read = Vec::new();
            while cursor.doc() != END {
                read.push(cursor.doc());
                cursor.seek(cursor.doc() + 1);
            }
            prop_assert_eq!(&read, &list);

            let mut cursor = Cursor::new(&bytes, list.len() as u32);
            let mut target = 0;
            while cursor.doc() != END {
                let expected = docs.range(target..).next().copied().unwrap_or(END);
                prop_assert_eq!(cursor.seek(target), expected);
                target += leap;
            }
        }

        #[test]
        fn damaged_bytes_end_the_list_and_nothing_else(
            bytes in prop::collection::vec(any::<u8>(), 0..600), count in 1u32..2000,
        ) {
            let mut cursor = Cursor::new(&bytes, count);
            for step in 0..4000u32 {
                if cursor.seek(step.wrapping_mul(977)) == END { break }
            }
        }
    }

    #[test]
    fn a_single_document_needs_no_bytes() {
        let mut cursor = Cursor::single(7);
        assert_eq!((cursor.seek(0), cursor.seek(7), cursor.seek(8)), (7, 7, END));
        assert_eq!(BTreeSet::from([7]).len(), 1);
    }
}
