//! What belongs to people, kept apart from the catalogue: small, quick to open, never rewritten as a whole.
//!
//! It lies in `DATA/store/people`, which nobody but the program's own user may enter: private keys are in it. What is
//! acknowledged was handed to the disk (`flush`); the engine's full `fsync` follows within [`FLUSH_EVERY_MS`].
//!
//! ```text
//! meta                     layout        the version of all that follows (u32, little-endian; never changes its form)
//! accounts, certificates,  see certificates
//! orders, trust
//! ```

use std::fs::{self, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::engine::open_when_free;
use super::{StoreConfig, StoreError};

/// Where the store lies inside the data folder.
pub const FOLDER: &str = "store/people";
/// The version of the layout.
pub const LAYOUT: u32 = 1;
/// How long what is not flushed may wait, milliseconds; shorter than for the catalogue, since nothing can bring it back.
const FLUSH_EVERY_MS: u64 = 100;
/// Memory for pages of this store, bytes: it holds some kilobytes for each account.
const CACHE_BYTES: u64 = 2 << 20;
const LAYOUT_KEY: &[u8] = b"layout";
/// Nobody else may enter.
const FOLDER_MODE: u32 = 0o700;
/// Nobody else may read.
const FILE_MODE: u32 = 0o600;

/// Why the store of people's data did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The disk, the permissions or the lock are in the way.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Written by a version of the program that lays it out differently.
    #[error(
        "{path}: layout {found}, this foodswap reads layout {LAYOUT}; install the version that wrote it, or restore a \
         backup of that folder"
    )]
    UnknownLayout {
        /// The store.
        path: PathBuf,
        /// The layout found.
        found: u32,
    },
    /// What is stored is not what was written.
    #[error("{path}: {what}; the store is damaged: restore a backup of that folder")]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
}

/// The opened store; clones are handles to the same one.
#[derive(Clone)]
pub struct People {
    database: sled::Db,
    folder: Arc<Path>,
}

impl People {
    /// Opens the store of a data folder, or makes a new one. A process that still holds it is waited for.
    pub fn open(data_dir: &Path, config: &StoreConfig) -> Result<Self, PeopleError> {
        let folder = data_dir.join(FOLDER);
        make_private(&folder)?;
        let config = StoreConfig { cache_bytes: CACHE_BYTES, ..config.clone() };
        let database = open_when_free(&folder, &config, FLUSH_EVERY_MS).map_err(|error| match error {
            // Nothing can be imported again here.
            StoreError::Damaged { path, what } => PeopleError::Damaged { path, what },
            other => other.into(),
        })?;
        let people = Self { database, folder: folder.as_path().into() };
        people.check_layout()?;
        people.close_to_others()?;
        Ok(people)
    }

    /// The part of the store that holds one kind of thing.
    pub(super) fn tree(&self, name: &str) -> Result<sled::Tree, PeopleError> {
        self.database.open_tree(name).map_err(|error| self.engine(error))
    }

    /// Hands what was written to the disk.
    pub(super) fn flush(&self) -> Result<(), PeopleError> {
        self.database.flush().map(drop).map_err(|error| self.engine(error))
    }

    /// What the engine said, as an error of this store.
    pub(super) fn engine(&self, error: sled::Error) -> PeopleError {
        match error {
            sled::Error::Io(cause) => StoreError::io(&self.folder, cause).into(),
            other => self.damaged(other.to_string()),
        }
    }

    /// Something that cannot have been written.
    pub(super) fn damaged(&self, what: impl Into<String>) -> PeopleError {
        PeopleError::Damaged { path: self.folder.to_path_buf(), what: what.into() }
    }

    /// Marks a new store with the layout, and refuses one of another.
    fn check_layout(&self) -> Result<(), PeopleError> {
        let meta = self.tree("meta")?;
        match meta.get(LAYOUT_KEY).map_err(|error| self.engine(error))? {
            // The engine always has a first tree of its own, and now this one.
            None if self.database.tree_names().len() <= 2 => {
                meta.insert(LAYOUT_KEY, &LAYOUT.to_le_bytes()).map_err(|error| self.engine(error))?;
                self.flush()
            }
            None => Err(self.damaged("it has no layout version")),
            Some(found) => match <[u8; 4]>::try_from(&*found).map(u32::from_le_bytes) {
                Ok(LAYOUT) => Ok(()),
                Ok(found) => Err(PeopleError::UnknownLayout { path: self.folder.to_path_buf(), found }),
                Err(_) => Err(self.damaged("its layout version cannot be read")),
            },
        }
    }

    /// The engine makes its files as the user's mask says; in a folder restored from a backup that may be too much.
    fn close_to_others(&self) -> Result<(), PeopleError> {
        let failed = |cause| StoreError::io(&self.folder, cause);
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let mode = if path.is_dir() { FOLDER_MODE } else { FILE_MODE };
            // The engine may have removed one of its files since it was listed.
            if path.exists() {
                fs::set_permissions(&path, Permissions::from_mode(mode)).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn make_private(folder: &Path) -> Result<(), StoreError> {
    let failed = |cause| StoreError::io(folder, cause);
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    if !folder.is_dir() {
        fs::DirBuilder::new().mode(FOLDER_MODE).create(folder).map_err(failed)?;
    }
    fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(data_dir: &Path) -> Result<People, PeopleError> {
        People::open(data_dir, &StoreConfig { lock_wait_ms: 50, ..StoreConfig::default() })
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("metadata").permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_may_enter_the_folder_or_read_its_files() {
        let data = tempfile::tempdir().expect("tempdir");
        let folder = data.path().join(FOLDER);
        fs::create_dir_all(&folder).expect("made");
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("set");

        let people = open(data.path()).expect("opened");

        assert_eq!(mode(&folder), 0o700);
        drop(people);
        for entry in fs::read_dir(&folder).expect("listed") {
            let path = entry.expect("entry").path();
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        }
    }

    #[test]
    fn another_layout_is_refused_and_the_version_named() {
        let data = tempfile::tempdir().expect("tempdir");
        {
            let people = open(data.path()).expect("opened");
            people.tree("meta").expect("tree").insert(LAYOUT_KEY, &9u32.to_le_bytes()).expect("written");
            people.flush().expect("flushed");
        }

        let refusal = open(data.path()).map(drop).expect_err("refused");

        assert!(matches!(refusal, PeopleError::UnknownLayout { found: 9, .. }), "{refusal}");
        assert!(refusal.to_string().contains("install the version that wrote it"));
    }

    #[test]
    fn a_store_without_its_mark_is_damaged_not_new() {
        let data = tempfile::tempdir().expect("tempdir");
        {
            let people = open(data.path()).expect("opened");
            people.tree("orders").expect("tree").insert(b"1", b"one").expect("written");
            people.tree("meta").expect("tree").remove(LAYOUT_KEY).expect("removed");
            people.flush().expect("flushed");
        }

        assert!(matches!(open(data.path()).map(drop), Err(PeopleError::Damaged { .. })));
    }

    #[test]
    fn a_store_that_is_in_use_is_refused_after_a_wait() {
        let data = tempfile::tempdir().expect("tempdir");
        let _holder = open(data.path()).expect("opened");

        let refusal = open(data.path()).map(drop).expect_err("refused");

        assert!(matches!(refusal, PeopleError::Store(StoreError::Locked { .. })), "{refusal}");
    }
}
