//! Sorts more products than memory holds: sorted runs on disk, then one merge of them all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use zstd::stream::{read::Decoder, write::Encoder};

use super::BuildError;
use super::order::Rank;
use crate::catalogue::record;
use crate::food::product::Product;

/// Records gathered in memory before they are sorted and written. 4 million products make some 40 runs:
/// few enough to be merged in one go, small enough beside a store at work.
const RUN_BYTES: usize = 48 << 20;
/// The fastest level halves what goes to disk; the next ones save little more and take twice the time.
const COMPRESSION: i32 = 1;

/// Takes products in any order.
pub(crate) struct Sorter {
    folder: PathBuf,
    run_bytes: usize,
    bytes: Vec<u8>,
    records: Vec<(Rank, Range<usize>)>,
    runs: Vec<PathBuf>,
}

impl Sorter {
    /// Keeps its runs in a folder that exists.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::with_run_bytes(folder, RUN_BYTES)
    }

    fn with_run_bytes(folder: &Path, run_bytes: usize) -> Self {
        let folder = folder.to_owned();
        Self { folder, run_bytes, bytes: Vec::new(), records: Vec::new(), runs: Vec::new() }
    }

    /// Adds one product.
    pub(crate) fn add(&mut self, product: &Product) -> Result<(), BuildError> {
        let start = self.bytes.len();
        record::encode(product, &mut self.bytes);
        self.records.push((Rank::of(product), start..self.bytes.len()));
        if self.bytes.len() >= self.run_bytes { self.write_run() } else { Ok(()) }
    }

    fn write_run(&mut self) -> Result<(), BuildError> {
        let path = self.folder.join(format!("run-{:04}", self.runs.len()));
        self.records.sort_unstable_by_key(|(rank, _)| *rank);
        write_records(&path, &self.bytes, &self.records).map_err(|cause| BuildError::io(&path, cause))?;
        self.bytes.clear();
        self.records.clear();
        self.runs.push(path);
        Ok(())
    }

    /// All products, best rank first.
    pub(crate) fn sorted(mut self) -> Result<Sorted, BuildError> {
        if !self.records.is_empty() {
            self.write_run()?;
        }
        let mut sorted = Sorted { runs: Vec::new(), heads: BinaryHeap::new(), buffer: Vec::new() };
        for (number, path) in self.runs.into_iter().enumerate() {
            let reader = Decoder::new(File::open(&path).map_err(|cause| BuildError::io(&path, cause))?)
                .map_err(|cause| BuildError::io(&path, cause))?;
            sorted.runs.push(Run { path, reader, head: None });
            sorted.advance(number)?;
        }
        Ok(sorted)
    }
}

fn write_records(path: &Path, bytes: &[u8], records: &[(Rank, Range<usize>)]) -> io::Result<()> {
    let mut run = Encoder::new(File::create(path)?, COMPRESSION)?;
    for (_, range) in records {
        run.write_all(&(range.len() as u32).to_le_bytes())?;
        run.write_all(&bytes[range.clone()])?;
    }
    run.write_all(&u32::MAX.to_le_bytes())?;
    run.finish()?;
    Ok(())
}

/// The products in order, read back from the runs.
pub(crate) struct Sorted {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Rank, usize)>>,
    buffer: Vec<u8>,
}

struct Run {
    path: PathBuf,
    reader: Decoder<'static, BufReader<File>>,
    head: Option<Product>,
}

impl Sorted {
    /// The next product; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Product>, BuildError> {
        let Some(Reverse((_, number))) = self.heads.pop() else { return Ok(None) };
        let product = self.runs[number].head.take();
        self.advance(number)?;
        Ok(product)
    }

    fn advance(&mut self, number: usize) -> Result<(), BuildError> {
        let run = &mut self.runs[number];
        run.head = run.read(&mut self.buffer)?;
        if let Some(product) = &run.head {
            self.heads.push(Reverse((Rank::of(product), number)));
        }
        Ok(())
    }
}

impl Run {
    fn read(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Product>, BuildError> {
        let mut len = [0; 4];
        self.reader.read_exact(&mut len).map_err(|cause| BuildError::io(&self.path, cause))?;
        let len = u32::from_le_bytes(len);
        if len == u32::MAX {
            return Ok(None);
        }
        buffer.resize(len as usize, 0);
        self.reader.read_exact(buffer).map_err(|cause| BuildError::io(&self.path, cause))?;
        let product = record::decode(buffer)
            .map_err(|cause| BuildError::Damaged { path: self.path.clone(), what: cause.to_string() })?;
        Ok(Some(product))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::samples::any_product;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn products_come_back_whole_and_most_popular_first(products in vec(any_product(), 0..60)) {
            let folder = tempfile::tempdir().expect("tempdir");
            let mut sorter = Sorter::with_run_bytes(folder.path(), 2_000);
            for product in &products {
                sorter.add(product).expect("add");
            }

            let mut sorted = sorter.sorted().expect("sorted");
            let mut read = Vec::new();
            while let Some(product) = sorted.next().expect("next") {
                read.push(product);
            }

            let mut expected = products;
            expected.sort_by_key(Rank::of);
            prop_assert_eq!(read, expected);
        }
    }
}
