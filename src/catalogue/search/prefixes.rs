//! Beginnings of words that are in so many products that only their most popular ones are listed beforehand.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use fst::{Map, MapBuilder};
use zerocopy::IntoBytes;

use super::{SearchError, section};
use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Section, Slice};

/// Postings of the words below a prefix from which on its top is listed beforehand; fewer are merged when asked for.
pub(super) const HEAVY: u64 = 4_096;
/// Products listed per heavy prefix: more than a person pages through while still typing.
pub(super) const TOP_LEN: usize = 512;
/// The scratch file of all words in order.
pub(super) const TERMS: &str = "search-terms";
const NONE: u32 = u32::MAX;

/// The heavy prefixes while the index is built, sorted by their text; an outer one comes before those inside it.
pub(super) struct HeavyPrefixes {
    ranges: Vec<(Vec<u8>, u32, u32)>,
    outer: Vec<u32>,
}

impl HeavyPrefixes {
    /// Finds them among the sorted words of a scratch file; `counts` by ordinal.
    pub(super) fn find(terms: &Path, counts: &[u32]) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(1 << 16, File::open(terms)?);
        let mut ranges = Vec::new();
        // per length of the current word: the first ordinal below that prefix, and the postings so far
        let mut open: Vec<(u32, u64)> = Vec::new();
        let mut word: Vec<u8> = Vec::new();
        let mut ordinal = 0u32;
        let mut len = [0];
        while file.read(&mut len)? == 1 {
            let mut next = vec![0; len[0] as usize];
            file.read_exact(&mut next)?;
            let shared = word.iter().zip(&next).take_while(|(left, right)| left == right).count();
            close(&mut open, shared, &word, ordinal, &mut ranges);
            open.resize(next.len(), (ordinal, 0));
            for (_, sum) in &mut open {
                *sum += u64::from(counts[ordinal as usize]);
            }
            word = next;
            ordinal += 1;
        }
        close(&mut open, 0, &word, ordinal, &mut ranges);
        ranges.sort();
        let outer = outer_of(&ranges);
        Ok(Self { ranges, outer })
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The next shorter heavy prefix, or a number that is none.
    pub(super) fn outer(&self, prefix: u32) -> u32 {
        self.outer[prefix as usize]
    }

    /// Per word the longest heavy prefix it begins with, or a number that is none.
    pub(super) fn innermost(&self, words: u32) -> Vec<u32> {
        let mut innermost = vec![NONE; words as usize];
        for (index, (_, first, end)) in self.ranges.iter().enumerate() {
            innermost[*first as usize..*end as usize].fill(index as u32);
        }
        innermost
    }

    /// Writes the sections with the lists of [`TOP_LEN`] documents.
    pub(super) fn write(self, top: &[Vec<u32>], writer: &mut FileWriter) -> Result<(), SearchError> {
        writer.begin(section::PREFIXES)?;
        let mut prefixes = MapBuilder::new(&mut *writer)?;
        for (index, (prefix, ..)) in self.ranges.iter().enumerate() {
            prefixes.insert(prefix, index as u64)?;
        }
        prefixes.finish()?;
        let mut end = 0;
        let ends: Vec<u32> = top
            .iter()
            .map(|list| {
                end += list.len() as u32;
                end
            })
            .collect();
        writer.section(section::PREFIX_ENDS, ends.as_bytes())?;
        Ok(writer.section(section::PREFIX_TOP, top.concat().as_bytes())?)
    }
}

/// Closes the prefixes of `word` that are longer than `keep`.
fn close(open: &mut Vec<(u32, u64)>, keep: usize, word: &[u8], end: u32, ranges: &mut Vec<(Vec<u8>, u32, u32)>) {
    for len in (keep..open.len()).rev() {
        let (first, sum) = open[len];
        let is_boundary = word.get(len + 1).is_none_or(|byte| byte & 0xc0 != 0x80);
        if sum >= HEAVY && end - first > 1 && is_boundary {
            ranges.push((word[..=len].to_vec(), first, end));
        }
    }
    open.truncate(keep);
}

fn outer_of(ranges: &[(Vec<u8>, u32, u32)]) -> Vec<u32> {
    let mut outer = Vec::with_capacity(ranges.len());
    let mut path: Vec<usize> = Vec::new();
    for (index, (prefix, ..)) in ranges.iter().enumerate() {
        while path.last().is_some_and(|last| !prefix.starts_with(&ranges[*last].0)) {
            path.pop();
        }
        outer.push(path.last().map_or(NONE, |last| *last as u32));
        path.push(index);
    }
    outer
}

/// The lists of the heavy prefixes, read in place.
pub(super) struct PrefixTops {
    prefixes: Map<Section>,
    ends: Slice<u32>,
    top: Slice<u32>,
}

impl PrefixTops {
    pub(super) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        file.verify_section(section::PREFIXES)?;
        let prefixes =
            Map::new(file.bytes(section::PREFIXES)?).map_err(|error| file.damaged(format!("prefixes: {error}")))?;
        Ok(Self { prefixes, ends: file.slice(section::PREFIX_ENDS)?, top: file.slice(section::PREFIX_TOP)? })
    }

    /// The most popular documents with a word that begins so; `None` for a prefix that is not heavy.
    pub(super) fn of(&self, prefix: &str) -> Option<&[u32]> {
        let index = self.prefixes.get(prefix)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.top.get(start as usize..*self.ends.get(index)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn heavy_prefixes_are_those_shared_by_words_in_many_products() {
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join(TERMS);
        let mut file = File::create(&path).expect("create");
        for word in ["cacao", "choco", "chocolat", "thé", "thè"] {
            file.write_all(&[word.len() as u8]).expect("write");
            file.write_all(word.as_bytes()).expect("write");
        }
        let heavy = HEAVY as u32;

        let found = HeavyPrefixes::find(&path, &[1, heavy, 1, heavy / 2, heavy]).expect("find");

        let texts: Vec<_> = found.ranges.iter().map(|(text, first, end)| (text.as_slice(), *first, *end)).collect();
        assert_eq!(
            texts,
            [
                (&b"c"[..], 0, 3),
                (b"ch", 1, 3),
                (b"cho", 1, 3),
                (b"choc", 1, 3),
                (b"choco", 1, 3),
                (b"t", 3, 5),
                (b"th", 3, 5),
            ]
        );
        assert_eq!(found.outer, [NONE, 0, 1, 2, 3, NONE, 5]);
        assert_eq!(found.innermost(5), [0, 4, 4, 6, 6]);
    }
}
