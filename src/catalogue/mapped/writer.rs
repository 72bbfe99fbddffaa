//! Writes what [`MappedFile`](super::MappedFile) reads.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{ALIGNMENT, HEADER_LEN, MappedError, NAME_LEN, ROW_LEN};

/// Writes a file of sections, one after the other.
pub struct FileWriter {
    path: PathBuf,
    kind: [u8; 8],
    version: u32,
    file: BufWriter<File>,
    position: u64,
    rows: Vec<u8>,
    open: Option<OpenSection>,
}

struct OpenSection {
    name: [u8; NAME_LEN],
    offset: u64,
    hash: Xxh3,
}

impl FileWriter {
    /// Starts a file; whatever was there is replaced.
    pub fn create(path: &Path, kind: [u8; 8], version: u32) -> Result<Self, MappedError> {
        let start = || -> io::Result<BufWriter<File>> {
            let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
            file.write_all(&[0; HEADER_LEN])?;
            Ok(file)
        };
        let file = start().map_err(|cause| MappedError::Io { path: path.to_owned(), cause })?;
        let position = HEADER_LEN as u64;
        Ok(Self { path: path.to_owned(), kind, version, file, position, rows: Vec::new(), open: None })
    }

    /// Ends the section before, if any, and begins the next; its bytes are then written with [`Write`].
    pub fn begin(&mut self, name: &str) -> Result<(), MappedError> {
        self.end();
        let mut padded = [0; NAME_LEN];
        padded[..name.len()].copy_from_slice(name.as_bytes());
        let gap = self.position.next_multiple_of(ALIGNMENT) - self.position;
        self.file.write_all(&vec![0; gap as usize]).map_err(|cause| self.io(cause))?;
        self.position += gap;
        self.open = Some(OpenSection { name: padded, offset: self.position, hash: Xxh3::new() });
        Ok(())
    }

    /// Writes a whole section.
    pub fn section(&mut self, name: &str, bytes: &[u8]) -> Result<(), MappedError> {
        self.begin(name)?;
        self.write_all(bytes).map_err(|cause| self.io(cause))
    }

    /// Writes the table and makes everything durable.
    pub fn finish(mut self) -> Result<(), MappedError> {
        self.end();
        let mut complete = || -> io::Result<()> {
            self.file.write_all(&self.rows)?;
            self.file.flush()?;
            let mut header = Vec::with_capacity(HEADER_LEN);
            header.extend(self.kind);
            header.extend(self.version.to_le_bytes());
            header.extend(((self.rows.len() / ROW_LEN) as u32).to_le_bytes());
            header.extend(self.position.to_le_bytes());
            header.extend(xxh3_64(&self.rows).to_le_bytes());
            let file = self.file.get_mut();
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)?;
            file.sync_all()
        };
        complete().map_err(|cause| MappedError::Io { path: self.path.clone(), cause })
    }

    fn end(&mut self) {
        if let Some(section) = self.open.take() {
            self.rows.extend(section.name);
            self.rows.extend(section.offset.to_le_bytes());
            self.rows.extend((self.position - section.offset).to_le_bytes());
            self.rows.extend(section.hash.digest().to_le_bytes());
        }
    }

    fn io(&self, cause: io::Error) -> MappedError {
        MappedError::Io { path: self.path.clone(), cause }
    }
}

impl Write for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let section = self.open.as_mut().ok_or_else(|| io::Error::other("no section was begun"))?;
        section.hash.update(bytes);
        self.file.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
