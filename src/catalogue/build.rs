//! Builds a snapshot from a stream of products within a fixed amount of memory.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use super::mapped::MappedError;

/// Why a snapshot could not be built; the snapshots before it are untouched.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no room left for the snapshot or for what sorting needs.
    #[error("{path}: the disk is full")]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file of the build cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file of the build does not hold what was written into it.
    #[error("{path}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// The source of the products failed.
    #[error("the products cannot be read: {0}")]
    Source(#[source] Box<dyn Error + Send + Sync>),
}

impl BuildError {
    /// A failure of the file system, at a path.
    pub fn io(path: &Path, cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::StorageFull {
            Self::DiskFull { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), cause }
        }
    }
}

impl From<MappedError> for BuildError {
    fn from(error: MappedError) -> Self {
        match error {
            MappedError::Io { path, cause } => Self::io(&path, cause),
            MappedError::Damaged { path, what } => Self::Damaged { path, what },
            MappedError::UnknownLayout { path, found, expected } => {
                Self::Damaged { path, what: format!("layout {found} instead of {expected}") }
            }
        }
    }
}
