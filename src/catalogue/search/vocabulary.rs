//! Words met during a build: each gets a provisional number; sorted runs on disk bound the memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

/// Distinct words held in memory before a run is written: with their table and texts about 24 MB.
const WORDS_PER_RUN: usize = 1 << 20;
/// Slots of the hash table: at most half of them are used.
const SLOTS: usize = WORDS_PER_RUN * 2;
const EMPTY: u32 = u32::MAX;

/// Numbers words in the order in which they are met. A word may get one number per run.
pub(super) struct Vocabulary {
    scratch: PathBuf,
    slots: Vec<u32>,
    texts: Vec<u8>,
    ends: Vec<u32>,
    numbered_before: u32,
    runs: Vec<PathBuf>,
    run_len: usize,
}

impl Vocabulary {
    /// An empty vocabulary that writes its runs into `scratch`.
    pub(super) fn new(scratch: &Path) -> Self {
        Self::with_run_len(scratch, WORDS_PER_RUN)
    }

    fn with_run_len(scratch: &Path, run_len: usize) -> Self {
        Self {
            scratch: scratch.to_owned(),
            slots: vec![EMPTY; SLOTS],
            texts: Vec::new(),
            ends: Vec::new(),
            numbered_before: 0,
            runs: Vec::new(),
            run_len,
        }
    }

    /// The word's provisional number.
    pub(super) fn number(&mut self, word: &str) -> io::Result<u32> {
        let mut slot = xxh3_64(word.as_bytes()) as usize % SLOTS;
        while self.slots[slot] != EMPTY {
            let index = self.slots[slot];
            if self.text(index) == word.as_bytes() {
                return Ok(self.numbered_before + index);
            }
            slot = (slot + 1) % SLOTS;
        }
        if self.ends.len() == self.run_len {
            self.spill()?;
            return self.number(word);
        }
        let index = self.ends.len() as u32;
        self.slots[slot] = index;
        self.texts.extend_from_slice(word.as_bytes());
        self.ends.push(self.texts.len() as u32);
        Ok(self.numbered_before + index)
    }

    /// All words in ascending order of their bytes, each with its provisional numbers; returns how many numbers
    /// were given.
    pub(super) fn drain(mut self, mut take: impl FnMut(&[u8], &[u32]) -> io::Result<()>) -> io::Result<u32> {
        self.spill()?;
        let given = self.numbered_before;
        (self.slots, self.texts, self.ends) = (Vec::new(), Vec::new(), Vec::new());
        let mut runs = self.runs.iter().map(|path| Run::open(path)).collect::<io::Result<Vec<_>>>()?;
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|(word, number)| Reverse((word, number, index))));
        }
        let (mut current, mut numbers) = (Vec::new(), Vec::new());
        while let Some(Reverse((word, number, index))) = heads.pop() {
            if word != current {
                if !numbers.is_empty() {
                    take(&current, &numbers)?;
                }
                current = word;
                numbers.clear();
            }
            numbers.push(number);
            heads.extend(runs[index].next()?.map(|(word, number)| Reverse((word, number, index))));
        }
        if !numbers.is_empty() {
            take(&current, &numbers)?;
        }
        for path in &self.runs {
            std::fs::remove_file(path)?;
        }
        Ok(given)
    }

    fn text(&self, index: u32) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index as usize - 1] };
        &self.texts[start as usize..self.ends[index as usize] as usize]
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut order: Vec<u32> = (0..self.ends.len() as u32).collect();
        order.sort_unstable_by(|left, right| self.text(*left).cmp(self.text(*right)));
        let path = self.scratch.join(format!("words-{}", self.runs.len()));
        let mut file = BufWriter::new(File::create(&path)?);
        for index in order {
            let word = self.text(index);
            file.write_all(&[word.len() as u8])?;
            file.write_all(word)?;
            file.write_all(&(self.numbered_before + index).to_le_bytes())?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.runs.push(path);
        self.numbered_before += self.ends.len() as u32;
        self.texts.clear();
        self.ends.clear();
        self.slots.fill(EMPTY);
        Ok(())
    }
}

struct Run(BufReader<File>);

impl Run {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(BufReader::with_capacity(1 << 16, File::open(path)?)))
    }

    fn next(&mut self) -> io::Result<Option<(Vec<u8>, u32)>> {
        let mut len = [0];
        if self.0.read(&mut len)? == 0 {
            return Ok(None);
        }
        let mut word = vec![0; len[0] as usize];
        self.0.read_exact(&mut word)?;
        let mut number = [0; 4];
        self.0.read_exact(&mut number)?;
        Ok(Some((word, u32::from_le_bytes(number))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_sorted_with_every_number_they_were_given() {
        let scratch = tempfile::tempdir().expect("tempdir");
        let mut vocabulary = Vocabulary::with_run_len(scratch.path(), 3);
        let met = ["noix", "lait", "noix", "beurre", "riz", "lait", "ail", "noix"];
        let numbers: Vec<u32> = met.iter().map(|word| vocabulary.number(word).expect("number")).collect();

        let mut drained = Vec::new();
        let given = vocabulary
            .drain(|word, numbers| {
                drained.push((String::from_utf8_lossy(word).into_owned(), numbers.to_vec()));
                Ok(())
            })
            .expect("drain");

        assert_eq!(
            drained.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(),
            ["ail", "beurre", "lait", "noix", "riz"]
        );
        for (word, number) in met.iter().zip(numbers) {
            assert!(number < given);
            assert!(drained.iter().any(|(text, numbers)| text == word && numbers.contains(&number)));
        }
        assert_eq!(std::fs::read_dir(scratch.path()).expect("read").count(), 0, "nothing is left behind");
    }
}
