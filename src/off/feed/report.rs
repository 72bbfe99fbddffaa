//! What came of the lines of a feed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::record::Rejection;

/// Rejected lines that a report shows, of each reason: enough to see what is wrong, few enough to read.
pub const SAMPLES_MAX: usize = 5;
/// How much of a rejected line a report shows, in characters.
pub const EXCERPT_CHARS: usize = 120;

/// A rejected line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sample {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: Rejection,
    /// How it begins, without control characters.
    pub excerpt: String,
}

/// Counts of lines, products and rejections. Reports of parts of a feed merge into that of the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines with anything on them.
    pub lines: u64,
    /// Products read.
    pub products: u64,
    /// Lines rejected, by reason.
    pub rejected: BTreeMap<Rejection, u64>,
    /// The last line has no end and was rejected: the file is cut off, or was when it was compressed.
    pub cut_off: bool,
    /// The first rejected lines of each reason, in the order of the file.
    pub samples: Vec<Sample>,
}

impl Report {
    /// Counts a product.
    pub fn accept(&mut self) {
        self.lines += 1;
        self.products += 1;
    }

    /// Counts a rejected line and keeps it as a sample while there are few.
    pub fn reject(&mut self, line: u64, reason: Rejection, text: &[u8]) {
        self.lines += 1;
        let count = self.rejected.entry(reason).or_default();
        *count += 1;
        if *count <= SAMPLES_MAX as u64 {
            self.samples.push(Sample { line, reason, excerpt: excerpt(text) });
        }
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: Self) {
        self.lines += other.lines;
        self.products += other.products;
        self.cut_off |= other.cut_off;
        for (reason, count) in other.rejected {
            *self.rejected.entry(reason).or_default() += count;
        }
        self.samples.extend(other.samples);
        self.samples.sort();
        let mut shown = BTreeMap::<Rejection, usize>::new();
        self.samples.retain(|sample| {
            let count = shown.entry(sample.reason).or_default();
            *count += 1;
            *count <= SAMPLES_MAX
        });
    }

    /// How many lines were rejected.
    pub fn rejections(&self) -> u64 {
        self.rejected.values().sum()
    }
}

fn excerpt(text: &[u8]) -> String {
    let head = &text[..text.len().min(EXCERPT_CHARS * 4)];
    String::from_utf8_lossy(head).chars().filter(|letter| !letter.is_control()).take(EXCERPT_CHARS).collect()
}
