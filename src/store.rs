//! What must outlive the process, in sled. Verbs of our domain; nothing else knows sled.
//!
//! The catalogue's store of record is `DATA/store/catalogue`. Records are packed in [buckets](bucket) of about
//! sixteen products, and every bucket exists in as many versions as there are readers to please: an import writes the
//! buckets of the next generation beside those in use ([`draft`]), and one small record says which generation counts
//! ([`layout::State`]). Until that record is durable nothing of the import can be seen; from then on everything can.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub mod bucket;
pub mod certificates;
pub mod draft;
mod engine;
pub mod layout;
pub mod people;
pub mod pool;
pub mod products;
mod scan;
mod sweep;
mod versions;

/// Threads that parse, pack or decode at once. Each holds some tens of megabytes at 4 million products: with one for
/// every core of a large machine an import would outgrow the 512 MB that it may take.
const THREADS_MAX: usize = 4;

/// How many threads work on the whole catalogue.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX)
}

/// How the store is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Memory that the engine may keep pages in, bytes. It settles at several times this: 16 MB stay near 220 MB.
    pub cache_bytes: u64,
    /// How long opening waits for a process that still holds the store and may be about to end, milliseconds.
    pub lock_wait_ms: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { cache_bytes: 16 << 20, lock_wait_ms: 5_000 }
    }
}

impl StoreConfig {
    fn lock_wait(&self) -> Duration {
        Duration::from_millis(self.lock_wait_ms)
    }
}

/// Why the store did not do what was asked. What was acknowledged before stays readable.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room left.
    #[error("{path}: the disk is full; free some space there, then do it again")]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// The user that runs the program may not read or write there.
    #[error("{path}: permission denied; run as the user who owns that folder, or give it to this one")]
    Permission {
        /// Where.
        path: PathBuf,
    },
    /// Another failure of the file system.
    #[error("{path}: {cause}; see to that file and its folder, then do it again")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another process has it open.
    #[error("{path}: another foodswap has the store open; ask that one, or stop it first")]
    Locked {
        /// The store.
        path: PathBuf,
    },
    /// Written by a version of the program that lays it out differently.
    #[error(
        "{path}: layout {found}, this foodswap reads layout {expected}; install the version that wrote it, \
         or move that folder away and import the catalogue again"
    )]
    UnknownLayout {
        /// The store.
        path: PathBuf,
        /// The layout found.
        found: u32,
        /// The layout that this program reads.
        expected: u32,
    },
    /// Its products were written by a version of the program that writes them in another form.
    #[error(
        "{path}: products of form {found}, this foodswap reads form {expected}; install the version that wrote them, \
         or move that folder away and import the catalogue again"
    )]
    UnknownRecords {
        /// The store.
        path: PathBuf,
        /// The form found.
        found: u8,
        /// The form that this program reads.
        expected: u8,
    },
    /// What is stored is not what was written.
    #[error("{path}: {what}; the store is damaged: move that folder away and import the catalogue again")]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// Something else is being written.
    #[error("another import is running; wait until it has ended")]
    Busy,
    /// The program is stopping, or a store that had failed could not be opened again.
    #[error(
        "the store is closed; if the program is not stopping, its log says what failed: mend that and start it again"
    )]
    Closed,
}

impl StoreError {
    /// A failure of the file system at a path.
    pub fn io(path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Permission { path },
            _ => Self::Io { path, cause },
        }
    }

    fn engine(path: &Path, error: sled::Error) -> Self {
        match error {
            sled::Error::Io(cause) => Self::io(path, cause),
            other => Self::damaged(path, other.to_string()),
        }
    }

    fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_file_system_says_what_to_do() {
        let path = Path::new("/var/lib/foodswap/store");
        for (kind, advice) in [
            (io::ErrorKind::StorageFull, "free some space"),
            (io::ErrorKind::QuotaExceeded, "free some space"),
            (io::ErrorKind::PermissionDenied, "run as the user who owns that folder"),
            (io::ErrorKind::ReadOnlyFilesystem, "permission denied"),
            (io::ErrorKind::NotADirectory, "not a directory"),
        ] {
            for error in [StoreError::io(path, kind.into()), StoreError::engine(path, sled::Error::Io(kind.into()))] {
                let said = error.to_string();
                assert!(said.contains(advice) && said.contains("/var/lib/foodswap/store"), "{said}");
            }
        }
    }
}
