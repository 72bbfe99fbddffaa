//! Why a build fails.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalogue::mapped::MappedError;
use crate::catalogue::search::SearchError;
use crate::food::barcode::Barcode;

/// Why a snapshot could not be built; the snapshots before it are untouched.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no room left for the snapshot or for what sorting needs.
    #[error("{path}: the disk is full; free some space there, then do it again")]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file of the build cannot be read or written.
    #[error("{path}: {cause}; see to that file and its folder, then do it again")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file of the build does not hold what was written into it.
    #[error("{path}: {what}; do it again, and if that does not help look at the disk")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// More products, or longer texts, than the layout has numbers for.
    #[error("more products than a snapshot can hold")]
    TooLarge,
    /// A barcode came twice.
    #[error("the barcode {0} came twice")]
    CodeTwice(Barcode),
    /// There is a snapshot of this number already, and snapshots never change.
    #[error("there is a snapshot {0} already")]
    GenerationExists(u64),
    /// The search index cannot hold the products.
    #[error("the search index cannot be built: {0}")]
    Search(#[source] SearchError),
    /// The source of the products failed.
    #[error("the products cannot be read: {0}")]
    Source(#[source] Box<dyn Error + Send + Sync>),
}

impl BuildError {
    /// A failure of the file system, at a path.
    pub fn io(path: &Path, cause: io::Error) -> Self {
        if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), cause }
        }
    }
}

impl BuildError {
    /// A failure of the search index, whose files are at a path.
    pub(super) fn search(path: &Path, error: SearchError) -> Self {
        match error {
            SearchError::Io { path, cause } => Self::io(&path, cause),
            SearchError::Dictionary(fst::Error::Io(cause)) => Self::io(path, cause),
            SearchError::Snapshot(error) => error.into(),
            other => Self::Search(other),
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
