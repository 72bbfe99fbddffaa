//! One immutable file of named sections, written once and then read in place from memory.
//!
//! Layout, little-endian: `kind` (8 bytes), layout version (u32), section count (u32), offset of the
//! table (u64), XXH3 of the table (u64), sections aligned to [`ALIGNMENT`], and at the end the table:
//! per section its name (24 bytes, zero-padded), offset (u64), length in bytes (u64), XXH3 (u64).

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, KnownLayout};

mod writer;

pub use writer::FileWriter;

/// Every section starts at a multiple of this: the largest alignment of anything stored, and a cache line.
const ALIGNMENT: u64 = 64;
/// Bytes before the first section.
const HEADER_LEN: usize = 64;
/// Bytes of the header that say something; the others are zero.
const HEADER_USED: usize = 32;
/// Bytes of a section's name.
const NAME_LEN: usize = 24;
/// Bytes of a row in the table.
const ROW_LEN: usize = NAME_LEN + 24;
/// Sections in a file; a snapshot has about twenty.
const SECTIONS_MAX: u32 = 256;

/// Why a file of sections cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappedError {
    /// The file cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Not a file of this kind, cut short, or altered.
    #[error("{path}: {what}; the file is damaged or is not one of ours")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// Written by another version of the program.
    #[error("{path}: layout {found}, this program reads layout {expected}")]
    UnknownLayout {
        /// The file.
        path: PathBuf,
        /// The layout in the file.
        found: u32,
        /// The layout that this program reads.
        expected: u32,
    },
}

/// A file of sections, mapped into memory.
#[derive(Debug, Clone)]
pub struct MappedFile {
    path: PathBuf,
    map: Arc<Mmap>,
    sections: Vec<SectionRow>,
}

#[derive(Debug, Clone)]
struct SectionRow {
    name: String,
    start: usize,
    end: usize,
    hash: u64,
}

impl MappedFile {
    /// Maps a file and checks its header, its table and that every section lies inside it.
    ///
    /// The sections' own checksums are left to [`verify`](Self::verify), which reads everything.
    pub fn open(path: &Path, kind: [u8; 8], version: u32) -> Result<Self, MappedError> {
        let map = map(path).map_err(|cause| MappedError::Io { path: path.to_owned(), cause })?;
        let damaged = |what: &str| MappedError::Damaged { path: path.to_owned(), what: what.to_owned() };
        let header = map.get(..HEADER_LEN).ok_or_else(|| damaged("shorter than its header"))?;
        if header[..8] != kind {
            return Err(damaged("another kind of file"));
        }
        let found = u32_at(header, 8);
        if found != version {
            return Err(MappedError::UnknownLayout { path: path.to_owned(), found, expected: version });
        }
        let count = u32_at(header, 12);
        if count > SECTIONS_MAX {
            return Err(damaged("too many sections"));
        }
        let table = usize::try_from(u64_at(header, 16))
            .ok()
            .and_then(|start| map.get(start..))
            .ok_or_else(|| damaged("cut short"))?;
        if table.len() != count as usize * ROW_LEN {
            return Err(damaged("cut short, or followed by something"));
        }
        if xxh3_64(table) != u64_at(header, 24) {
            return Err(damaged("the table's checksum does not match"));
        }
        let sections = table
            .chunks_exact(ROW_LEN)
            .map(|row| SectionRow::parse(row, map.len()).ok_or_else(|| damaged("a section lies outside")))
            .collect::<Result<_, _>>()?;
        Ok(Self { path: path.to_owned(), map: Arc::new(map), sections })
    }

    /// Compares every section with its checksum, and what lies between them with zero: reads the whole file
    /// and notices any altered byte.
    pub fn verify(&self) -> Result<(), MappedError> {
        let mut position = HEADER_USED;
        for section in &self.sections {
            let gap = self.map.get(position..section.start);
            if gap.is_none_or(|gap| gap.iter().any(|byte| *byte != 0)) {
                return Err(self.damaged(format!("there is something before section `{}`", section.name)));
            }
            self.verify_row(section)?;
            position = section.end;
        }
        Ok(())
    }

    /// Compares one section with its checksum: for what is read by code that trusts its bytes.
    pub fn verify_section(&self, name: &str) -> Result<(), MappedError> {
        self.verify_row(self.row(name)?)
    }

    fn verify_row(&self, section: &SectionRow) -> Result<(), MappedError> {
        if xxh3_64(&self.map[section.start..section.end]) == section.hash {
            return Ok(());
        }
        Err(self.damaged(format!("section `{}`: the checksum does not match", section.name)))
    }

    fn row(&self, name: &str) -> Result<&SectionRow, MappedError> {
        let row = self.sections.iter().find(|section| section.name == name);
        row.ok_or_else(|| self.damaged(format!("section `{name}` is missing")))
    }

    /// The bytes of a section.
    pub fn bytes(&self, name: &str) -> Result<Section, MappedError> {
        let row = self.row(name)?;
        Ok(Section { map: Arc::clone(&self.map), start: row.start, end: row.end })
    }

    /// A section as a slice of plain records.
    pub fn slice<T: FromBytes + Immutable + KnownLayout>(&self, name: &str) -> Result<Slice<T>, MappedError> {
        let section = self.bytes(name)?;
        if <[T]>::ref_from_bytes(&section).is_err() {
            return Err(self.damaged(format!("section `{name}` does not hold whole records")));
        }
        Ok(Slice { section, of: PhantomData })
    }

    /// Its size, bytes.
    pub fn len(&self) -> u64 {
        self.map.len() as u64
    }

    /// Whether it is empty; a valid file never is.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// An error that names this file.
    pub fn damaged(&self, what: String) -> MappedError {
        MappedError::Damaged { path: self.path.clone(), what }
    }
}

impl SectionRow {
    fn parse(row: &[u8], file_len: usize) -> Option<Self> {
        let name = row[..NAME_LEN].split(|byte| *byte == 0).next()?;
        let start = usize::try_from(u64_at(row, NAME_LEN)).ok()?;
        let end = start.checked_add(usize::try_from(u64_at(row, NAME_LEN + 8)).ok()?)?;
        let name = String::from_utf8(name.to_vec()).ok()?;
        (end <= file_len).then_some(Self { name, start, end, hash: u64_at(row, NAME_LEN + 16) })
    }
}

/// The bytes of one section; keeps the file mapped as long as it lives.
#[derive(Debug, Clone)]
pub struct Section {
    map: Arc<Mmap>,
    start: usize,
    end: usize,
}

impl Deref for Section {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map[self.start..self.end]
    }
}

impl AsRef<[u8]> for Section {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// A section read as records; keeps the file mapped as long as it lives.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    section: Section,
    of: PhantomData<T>,
}

impl<T: FromBytes + Immutable + KnownLayout> Deref for Slice<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // Checked once in `MappedFile::slice`; the file does not change, so it holds here too.
        <[T]>::ref_from_bytes(&self.section).unwrap_or(&[])
    }
}

/// Maps a file read-only.
#[expect(unsafe_code, reason = "memory mapping is the one thing std does not offer; see SAFETY")]
fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: undefined behaviour would need the file to change while it is mapped. Files of sections are
    // written under a temporary name, made durable, renamed once, and from then on never opened for writing:
    // a newer generation is another file, and removal keeps the mapped pages. Every record type read from
    // them accepts any bytes (zerocopy checks that), and checksums catch damage of the disk.
    unsafe { Mmap::map(&file) }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: [u8; 8] = *b"FSW-TEST";

    fn written(path: &Path) {
        let mut writer = FileWriter::create(path, KIND, 3).expect("create");
        writer.section("numbers", zerocopy::IntoBytes::as_bytes(&[1u32, 2, 3][..])).expect("numbers");
        writer.section("text", b"spread").expect("text");
        writer.finish().expect("finish");
    }

    #[test]
    fn what_was_written_is_read_in_place() {
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join("file");
        written(&path);

        let file = MappedFile::open(&path, KIND, 3).expect("open");

        assert_eq!(&file.slice::<u32>("numbers").expect("numbers")[..], [1, 2, 3]);
        assert_eq!(&file.bytes("text").expect("text")[..], b"spread");
        assert!(matches!(file.slice::<u32>("text"), Err(MappedError::Damaged { .. })));
        assert!(matches!(file.bytes("missing"), Err(MappedError::Damaged { .. })));
        file.verify().expect("whole");
    }

    #[test]
    fn another_layout_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join("file");
        written(&path);

        let refusal = MappedFile::open(&path, KIND, 4).expect_err("refused");

        assert!(matches!(refusal, MappedError::UnknownLayout { found: 3, expected: 4, .. }), "{refusal}");
    }

    #[test]
    fn every_cut_and_every_altered_byte_is_noticed() {
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join("file");
        written(&path);
        let whole = std::fs::read(&path).expect("read");
        let usable = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("write");
            MappedFile::open(&path, KIND, 3).and_then(|file| file.verify()).is_ok()
        };
        for cut in 0..whole.len() {
            assert!(!usable(&whole[..cut]), "cut at {cut}");
        }
        assert!(!usable(&[&whole[..], &[0]].concat()), "one byte more");
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 0x40;
            assert!(!usable(&altered), "altered at {at}");
        }
    }
}
