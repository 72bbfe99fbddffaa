//! The scratch file: records divided by the hash of their codes, so that each division fits in memory.
//!
//! The file loses its name as soon as it is made: however the process ends, nothing of it stays. Blocks of one division
//! each are compressed and appended by all threads at once; where they lie is kept in memory.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::catalogue::record;
use crate::food::barcode::Barcode;
use crate::food::product::Product;
use crate::store::layout;

use super::{ImportError, scratch_path};

/// Divisions of the hashes by their first byte. At 4 million products one holds 16,000: some 20 MB.
pub(super) const DIVISIONS: usize = 256;
/// A division's bytes in the memory of one thread before they are written: times 256 and two threads, 16 MB.
const BLOCK_BYTES: usize = 32 << 10;
/// Speed alone: the file lives for minutes.
const LEVEL: i32 = -3;
/// Bytes before each record: hash, code, last change, place in the files, length.
const ROW: usize = 8 + 16 + 8 + 8 + 4;

/// Records of products on disk, by division.
pub(super) struct Spill {
    file: File,
    path: PathBuf,
    end: AtomicU64,
    blocks: Vec<Vec<BlockAt>>,
    records: u64,
}

#[derive(Clone, Copy)]
struct BlockAt {
    offset: u64,
    packed: u32,
    plain: u32,
}

/// What one thread adds to a [`Spill`].
pub(super) struct Spiller<'a> {
    spill: &'a Spill,
    compressor: zstd::bulk::Compressor<'static>,
    pending: Vec<Vec<u8>>,
    encoded: Vec<u8>,
    written: Written,
}

/// Where one thread's blocks lie.
pub(super) struct Written {
    blocks: Vec<Vec<BlockAt>>,
    records: u64,
}

impl Spill {
    pub(super) fn create(data_dir: &Path) -> Result<Self, ImportError> {
        let path = scratch_path(data_dir);
        let create = || -> io::Result<File> {
            fs::create_dir_all(path.parent().unwrap_or(data_dir))?;
            let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
            fs::remove_file(&path)?;
            Ok(file)
        };
        let file = create().map_err(|cause| ImportError::scratch(&path, cause))?;
        Ok(Self { file, path, end: AtomicU64::new(0), blocks: vec![Vec::new(); DIVISIONS], records: 0 })
    }

    /// A writer for one thread.
    pub(super) fn spiller(&self) -> Result<Spiller<'_>, ImportError> {
        let compressor = zstd::bulk::Compressor::new(LEVEL).map_err(|cause| self.error(cause))?;
        let written = Written { blocks: vec![Vec::new(); DIVISIONS], records: 0 };
        Ok(Spiller { spill: self, compressor, pending: vec![Vec::new(); DIVISIONS], encoded: Vec::new(), written })
    }

    /// Takes note of what a thread has written.
    pub(super) fn note(&mut self, written: Written) {
        self.records += written.records;
        for (all, blocks) in self.blocks.iter_mut().zip(written.blocks) {
            all.extend(blocks);
        }
    }

    /// How many records it holds.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Its size on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Reads some divisions back: sorted by hash and code, each code once.
    pub(super) fn sorted(&self, divisions: std::ops::Range<usize>) -> Result<Sorted, ImportError> {
        let blocks: Vec<BlockAt> = self.blocks[divisions].iter().flatten().copied().collect();
        let mut plain = Vec::with_capacity(blocks.iter().map(|block| block.plain as usize).sum());
        let mut decompressor = zstd::bulk::Decompressor::new().map_err(|cause| self.error(cause))?;
        let mut packed = Vec::new();
        for block in blocks {
            packed.resize(block.packed as usize, 0);
            self.file.read_exact_at(&mut packed, block.offset).map_err(|cause| self.error(cause))?;
            let bytes = decompressor.decompress(&packed, block.plain as usize).map_err(|cause| self.error(cause))?;
            plain.extend(bytes);
        }
        Ok(Sorted::new(plain))
    }

    fn error(&self, cause: io::Error) -> ImportError {
        ImportError::scratch(&self.path, cause)
    }
}

impl Spiller<'_> {
    /// Adds a product, read at a place that grows with the order of the files and of their lines.
    pub(super) fn add(&mut self, product: &Product, place: u64) -> Result<(), ImportError> {
        self.encoded.clear();
        record::encode(product, &mut self.encoded);
        let hash = layout::hash(product.code);
        let division = (hash >> 56) as usize;
        let pending = &mut self.pending[division];
        pending.extend(hash.to_le_bytes());
        pending.extend(product.code.number().to_le_bytes());
        pending.extend(product.last_modified_t.to_le_bytes());
        pending.extend(place.to_le_bytes());
        pending.extend((self.encoded.len() as u32).to_le_bytes());
        pending.extend(&self.encoded);
        self.written.records += 1;
        if pending.len() >= BLOCK_BYTES { self.flush(division) } else { Ok(()) }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> Result<Written, ImportError> {
        (0..DIVISIONS).try_for_each(|division| self.flush(division))?;
        Ok(self.written)
    }

    fn flush(&mut self, division: usize) -> Result<(), ImportError> {
        let pending = &mut self.pending[division];
        if pending.is_empty() {
            return Ok(());
        }
        let packed = self.compressor.compress(pending).map_err(|cause| self.spill.error(cause))?;
        let offset = self.spill.end.fetch_add(packed.len() as u64, Ordering::Relaxed);
        self.spill.file.write_all_at(&packed, offset).map_err(|cause| self.spill.error(cause))?;
        let (packed, plain) = (packed.len() as u32, pending.len() as u32);
        self.written.blocks[division].push(BlockAt { offset, packed, plain });
        pending.clear();
        Ok(())
    }
}

/// Records in the order that the store wants.
pub(super) struct Sorted {
    plain: Vec<u8>,
    rows: Vec<Row>,
}

struct Row {
    hash: u64,
    code: u128,
    changed: i64,
    place: u64,
    start: usize,
    length: usize,
}

impl Sorted {
    fn new(plain: Vec<u8>) -> Self {
        let mut rows = Vec::new();
        let mut rest = plain.as_slice();
        while let Some((row, after)) = rest.split_at_checked(ROW) {
            let word = |at: usize| u64::from_le_bytes(row[at..at + 8].try_into().expect("eight bytes"));
            let length = u32::from_le_bytes(row[40..].try_into().expect("four bytes")) as usize;
            let start = plain.len() - after.len();
            let code = u128::from(word(8)) | (u128::from(word(16)) << 64);
            rows.push(Row { hash: word(0), code, changed: word(24) as i64, place: word(32), start, length });
            rest = &after[length..];
        }
        rows.sort_unstable_by(|one, other| {
            let newest_first = (other.changed, other.place).cmp(&(one.changed, one.place));
            (one.hash, one.code).cmp(&(other.hash, other.code)).then(newest_first)
        });
        rows.dedup_by_key(|row| row.code);
        Self { plain, rows }
    }

    /// The records.
    pub(super) fn records(&self) -> Vec<crate::store::bucket::Record<'_>> {
        let record = |row: &Row| crate::store::bucket::Record {
            code: Barcode::from_number(row.code),
            last_modified_t: row.changed,
            bytes: &self.plain[row.start..row.start + row.length],
        };
        self.rows.iter().map(record).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_together_give_each_product_once_and_the_newest() {
        let folder = tempfile::tempdir().expect("tempdir");
        let mut spill = Spill::create(folder.path()).expect("created");
        let mut spiller = spill.spiller().expect("a writer");
        for place in 0..5_000u64 {
            // Each product comes five times; of equally old ones the last one counts.
            let mut product = Product::new(Barcode::from_number(u128::from(place % 1_000) + 1), &format!("at {place}"));
            product.last_modified_t = i64::from(place >= 2_000);
            spiller.add(&product, place).expect("added");
        }
        let written = spiller.finish().expect("written");
        spill.note(written);

        let mut names = Vec::new();
        let mut hashes = Vec::new();
        for division in 0..DIVISIONS {
            for record in spill.sorted(division..division + 1).expect("read").records() {
                hashes.push(layout::hash(record.code));
                names.push(record::decode(record.bytes).expect("a product").names[0].text.clone());
            }
        }

        assert_eq!(spill.records(), 5_000);
        assert!(hashes.is_sorted());
        names.sort();
        let mut expected: Vec<_> = (4_000..5_000).map(|place| format!("at {place}")).collect();
        expected.sort();
        assert_eq!(names, expected);
    }

    #[test]
    fn nothing_of_it_stays_on_disk() {
        let folder = tempfile::tempdir().expect("tempdir");
        let _spill = Spill::create(folder.path()).expect("created");
        assert_eq!(fs::read_dir(folder.path().join("store")).expect("read").count(), 0);
    }
}
