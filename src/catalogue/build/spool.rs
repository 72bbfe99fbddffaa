//! A section that grows beside others: kept in a scratch file until its turn in the snapshot comes.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use super::BuildError;
use crate::catalogue::mapped::FileWriter;

/// Bytes read and written at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// Bytes on their way into a section.
pub(crate) struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
    len: u64,
}

impl Spool {
    /// Starts one in a folder that exists.
    pub(crate) fn create(folder: &Path, name: &str) -> Result<Self, BuildError> {
        let path = folder.join(name);
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
        let file = file.map_err(|cause| BuildError::io(&path, cause))?;
        Ok(Self { path, file: BufWriter::with_capacity(BUFFER_BYTES, file), len: 0 })
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), BuildError> {
        self.len += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|cause| BuildError::io(&self.path, cause))
    }

    /// Copies everything into a section and forgets it.
    pub(crate) fn finish(self, section: &str, snapshot: &mut FileWriter) -> Result<(), BuildError> {
        snapshot.begin(section)?;
        let Self { path, file, .. } = self;
        let copy = || -> io::Result<()> {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            io::copy(&mut BufReader::with_capacity(BUFFER_BYTES, file), snapshot)?;
            std::fs::remove_file(&path)
        };
        copy().map_err(|cause| BuildError::io(&path, cause))
    }
}
