//! The engine's handles, and how they are opened.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::catalogue::record;

use super::layout::{self, State};
use super::{StoreConfig, StoreError};

/// Between two attempts to take the lock of a process that may be ending.
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How long what is not flushed may wait, milliseconds. Everything acknowledged is flushed at once.
const FLUSH_EVERY_MS: u64 = 500;

/// The engine's handles. They hold the lock of the folder, so nobody keeps them longer than one operation.
pub(super) struct Engine {
    pub(super) database: sled::Db,
    pub(super) meta: sled::Tree,
    pub(super) tree: sled::Tree,
}

impl Engine {
    /// Opens or makes the store in a folder, and refuses one of another layout.
    pub(super) fn open(folder: &Path, config: &StoreConfig) -> Result<Self, StoreError> {
        let engine = |error| StoreError::engine(folder, error);
        let database = open_when_free(folder, config, FLUSH_EVERY_MS)?;
        let meta = database.open_tree("meta").map_err(engine)?;
        let tree = database.open_tree("buckets").map_err(engine)?;
        check_layout(folder, &meta, &tree)?;
        check_records(folder, &meta, &tree)?;
        Ok(Self { database, meta, tree })
    }

    /// What counts.
    pub(super) fn state(&self, folder: &Path) -> Result<State, StoreError> {
        match self.meta.get(layout::STATE_KEY).map_err(|error| StoreError::engine(folder, error))? {
            Some(bytes) => postcard::from_bytes(&bytes)
                .map_err(|error| StoreError::damaged(folder, format!("the state cannot be read ({error})"))),
            None => Ok(State::empty()),
        }
    }
}

/// Opens the engine in a folder, and waits for a process that still holds it.
pub(super) fn open_when_free(folder: &Path, config: &StoreConfig, flush_every_ms: u64) -> Result<sled::Db, StoreError> {
    let engine = sled::Config::new()
        .path(folder)
        .cache_capacity(config.cache_bytes)
        .flush_every_ms(Some(flush_every_ms))
        .print_profile_on_drop(false);
    let patience = Instant::now() + config.lock_wait();
    loop {
        forget_unfinished(folder).map_err(|cause| StoreError::io(folder, cause))?;
        match engine.open() {
            Ok(database) => return Ok(database),
            Err(error) if !is_locked(&error) => return Err(StoreError::engine(folder, error)),
            Err(_) if Instant::now() >= patience => return Err(StoreError::Locked { path: folder.to_owned() }),
            Err(_) => thread::sleep(LOCK_PAUSE),
        }
    }
}

/// The engine writes what it knows of its log into a new file from time to time. One that it did not come to the end of,
/// on a full disk or by a loss of power, it would take for the newest and call the store damaged. The whole one before it
/// is still there, so the part is removed: under the engine's own lock, or else it is somebody's who is just writing it.
fn forget_unfinished(folder: &Path) -> io::Result<()> {
    let Ok(lock) = File::open(folder.join("db")) else { return Ok(()) };
    if lock.try_lock().is_err() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(path = %path.display(), "a file that was not written to its end is removed");
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The engine reports a lock that it cannot take as an I/O error whose text says so.
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(cause) if cause.kind() == io::ErrorKind::WouldBlock
        || cause.to_string().contains("could not acquire lock"))
}

/// Marks a store without products with the form of those to come, and refuses one of another form.
fn check_records(folder: &Path, meta: &sled::Tree, buckets: &sled::Tree) -> Result<(), StoreError> {
    let engine = |error| StoreError::engine(folder, error);
    let (path, expected) = (folder.to_owned(), record::VERSION);
    match meta.get(layout::RECORDS_KEY).map_err(engine)? {
        Some(found) => match *found {
            [record::VERSION] => Ok(()),
            [found] => Err(StoreError::UnknownRecords { path, found, expected }),
            _ => Err(StoreError::damaged(folder, "the form of its products cannot be read")),
        },
        None if buckets.is_empty() => {
            meta.insert(layout::RECORDS_KEY, &[expected]).map_err(engine)?;
            meta.flush().map(drop).map_err(engine)
        }
        // Written before there was a mark: each product says its form when it is read.
        None => Ok(()),
    }
}

/// Marks a new store with the layout, and refuses one of another.
fn check_layout(folder: &Path, meta: &sled::Tree, buckets: &sled::Tree) -> Result<(), StoreError> {
    let engine = |error| StoreError::engine(folder, error);
    match meta.get(layout::LAYOUT_KEY).map_err(engine)? {
        None if meta.is_empty() && buckets.is_empty() => {
            meta.insert(layout::LAYOUT_KEY, &layout::LAYOUT.to_le_bytes()).map_err(engine)?;
            meta.flush().map_err(engine)?;
            Ok(())
        }
        None => Err(StoreError::damaged(folder, "it has no layout version")),
        Some(found) => match <[u8; 4]>::try_from(&*found).map(u32::from_le_bytes) {
            Ok(layout::LAYOUT) => Ok(()),
            Ok(found) => Err(StoreError::UnknownLayout { path: folder.to_owned(), found, expected: layout::LAYOUT }),
            Err(_) => Err(StoreError::damaged(folder, "its layout version cannot be read")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Result<sled::Db, StoreError> {
        open_when_free(folder, &StoreConfig { lock_wait_ms: 0, ..StoreConfig::default() }, FLUSH_EVERY_MS)
    }

    #[test]
    fn a_file_that_a_full_disk_cut_off_does_not_make_the_store_damaged() {
        let folder = tempfile::tempdir().expect("tempdir");
        let database = open(folder.path()).expect("a new store");
        database.insert("key", "value").expect("stored");
        drop(database);
        let unfinished = folder.path().join("snap.FFFFFFFFFFFFFFF0.generating");
        fs::write(&unfinished, "").expect("written");

        let database = open(folder.path()).expect("the store");

        assert_eq!(database.get("key").expect("read").as_deref(), Some(&b"value"[..]));
        assert!(!unfinished.exists());
    }

    #[test]
    fn what_another_process_is_writing_stays() {
        let folder = tempfile::tempdir().expect("tempdir");
        let _held = open(folder.path()).expect("a new store");
        let unfinished = folder.path().join("snap.FFFFFFFFFFFFFFF0.generating");
        fs::write(&unfinished, "").expect("written");

        assert!(matches!(open(folder.path()), Err(StoreError::Locked { .. })));

        assert!(unfinished.exists());
    }
}
