//! Versions of buckets, and what goes with them, as the engine keeps them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwap;

use crate::catalogue::record::{self, RecordError};
use crate::food::category::Taxonomy;
use crate::food::product::Product;

use super::bucket::{BucketError, Codec, Unpacked, dictionary_of};
use super::engine::Engine;
use super::layout::{self, Buckets, State};
use super::{StoreConfig, StoreError};

/// What has to fit on the disk before a failed engine is opened again, bytes: two of its segments.
const PROBE_BYTES: usize = 1 << 20;
/// Where the engine keeps values that are too large for its log.
const BLOBS: &str = "blobs";
/// A taxonomy, uncompressed, bytes: that of the categories is a tenth of this.
const TAXONOMY_MAX: u64 = 256 << 20;
/// zstd level of taxonomies: written rarely, read at each rebuild.
const TAXONOMY_LEVEL: i32 = 9;

/// All versions, and which of them count.
pub(super) struct Versions {
    pub(super) folder: PathBuf,
    config: StoreConfig,
    /// None if it failed and could not be opened again.
    engine: RwLock<Option<Arc<Engine>>>,
    /// The engine failed to write; from then on it only reads.
    broken: AtomicBool,
    pub(super) state: ArcSwap<State>,
    codecs: RwLock<HashMap<u32, Arc<Codec>>>,
    writing: AtomicBool,
}

impl Versions {
    pub(super) fn open(folder: PathBuf, config: &StoreConfig) -> Result<Self, StoreError> {
        let engine = Engine::open(&folder, config)?;
        let state = engine.state(&folder)?;
        Ok(Self {
            folder,
            config: config.clone(),
            engine: RwLock::new(Some(Arc::new(engine))),
            broken: AtomicBool::new(false),
            state: ArcSwap::from_pointee(state),
            codecs: RwLock::default(),
            writing: AtomicBool::new(false),
        })
    }

    pub(super) fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.engine()?.database.size_on_disk().map_err(|error| self.failed(error))
    }

    /// The engine, for one operation.
    pub(super) fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner).clone();
        engine.ok_or(StoreError::Closed)
    }

    /// What a failure of the engine means. After one of the file system it would refuse everything but reads.
    pub(super) fn failed(&self, error: sled::Error) -> StoreError {
        if matches!(error, sled::Error::Io(_)) {
            self.broken.store(true, Ordering::Release);
        }
        StoreError::engine(&self.folder, error)
    }

    /// Opens an engine that failed again: what was acknowledged is on the disk.
    ///
    /// Not before something can be written there: until then the failed one still reads.
    pub(super) fn mend(&self) -> Result<(), StoreError> {
        if !self.broken.load(Ordering::Acquire) {
            return Ok(());
        }
        self.probe()?;
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        drop(engine.take());
        let opened = Engine::open(&self.folder, &self.config)?;
        self.state.store(Arc::new(opened.state(&self.folder)?));
        *engine = Some(Arc::new(opened));
        self.broken.store(false, Ordering::Release);
        Ok(())
    }

    /// Writes a file and removes it.
    fn probe(&self) -> Result<(), StoreError> {
        let path = self.folder.join("probe");
        let write = || {
            let mut file = File::create(&path)?;
            io::Write::write_all(&mut file, &vec![1; PROBE_BYTES])?;
            file.sync_all()
        };
        let written = write();
        let removed = fs::remove_file(&path);
        written.and(removed).map_err(|cause| StoreError::io(&path, cause))
    }

    pub(super) fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::damaged(&self.folder, what)
    }

    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(super) fn bucket_error(&self, error: BucketError) -> StoreError {
        self.damaged(error.to_string())
    }

    /// The newest version of a bucket that is not newer than a generation.
    pub(super) fn version(
        &self,
        buckets: Buckets,
        bucket: u32,
        generation: u64,
    ) -> Result<Option<sled::IVec>, StoreError> {
        Ok(self.version_at(buckets, bucket, generation)?.map(|(_, value)| value))
    }

    /// The same, with its generation.
    pub(super) fn version_at(
        &self,
        buckets: Buckets,
        bucket: u32,
        generation: u64,
    ) -> Result<Option<(u64, sled::IVec)>, StoreError> {
        let versions = buckets.key(bucket, 0)..=buckets.key(bucket, generation);
        let newest = self.engine()?.tree.range(versions).next_back().transpose().map_err(|error| self.failed(error))?;
        Ok(newest.and_then(|(key, value)| Some((buckets.parse(&key)?.1, value))))
    }

    pub(super) fn insert(&self, key: [u8; 13], value: Vec<u8>) -> Result<(), StoreError> {
        self.engine()?.tree.insert(key, value).map(drop).map_err(|error| self.failed(error))
    }

    pub(super) fn remove(&self, key: [u8; 13]) -> Result<(), StoreError> {
        self.engine()?.tree.remove(key).map(drop).map_err(|error| self.failed(error))
    }

    /// Notes that versions are about to appear or to go that do not count.
    pub(super) fn mark_draft(&self, generation: u64) -> Result<(), StoreError> {
        self.engine()?.meta.insert(layout::DRAFT_KEY, &generation.to_be_bytes()).map_err(|error| self.failed(error))?;
        self.sync()
    }

    /// Notes that every version counts.
    pub(super) fn unmark_draft(&self) -> Result<(), StoreError> {
        // In this order on the disk, too: a mark that goes too early would leave versions for ever.
        self.sync()?;
        self.engine()?.meta.remove(layout::DRAFT_KEY).map_err(|error| self.failed(error))?;
        self.sync()
    }

    pub(super) fn write_dictionary(&self, id: u32, dictionary: &[u8]) -> Result<(), StoreError> {
        self.engine()?.meta.insert(layout::dictionary_key(id), dictionary).map_err(|error| self.failed(error))?;
        // A generation that was given up may have had the same number, and another dictionary.
        self.codecs.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Ok(())
    }

    pub(super) fn unpack(&self, bucket: u32, value: &[u8]) -> Result<Unpacked, StoreError> {
        let codec = self.codec(dictionary_of(value).map_err(|error| self.bucket_error(error))?)?;
        codec.unpack(bucket, value).map_err(|error| self.bucket_error(error))
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Product, StoreError> {
        record::decode(bytes).map_err(|error| match error {
            RecordError::UnknownVersion(found) => {
                StoreError::UnknownRecords { path: self.folder.clone(), found, expected: record::VERSION }
            }
            error => self.damaged(format!("a product cannot be read ({error})")),
        })
    }

    /// The codec of a dictionary, prepared once.
    pub(super) fn codec(&self, id: u32) -> Result<Arc<Codec>, StoreError> {
        let known = self.codecs.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(codec) = known {
            return Ok(codec);
        }
        let dictionary = match id {
            0 => Vec::new(),
            _ => self
                .engine()?
                .meta
                .get(layout::dictionary_key(id))
                .map_err(|error| self.failed(error))?
                .ok_or_else(|| self.damaged(format!("dictionary {id} is missing")))?
                .to_vec(),
        };
        let codec = Arc::new(Codec::new(id, dictionary));
        self.codecs.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&codec));
        Ok(codec)
    }

    pub(super) fn write_taxonomy(&self, generation: u64, taxonomy: &Taxonomy) -> Result<(), StoreError> {
        let plain = postcard::to_stdvec(taxonomy).map_err(|error| self.damaged(error.to_string()))?;
        let value =
            zstd::bulk::compress(&plain, TAXONOMY_LEVEL).map_err(|cause| StoreError::io(&self.folder, cause))?;
        self.engine()?.meta.insert(layout::taxonomy_key(generation), value).map_err(|error| self.failed(error))?;
        Ok(())
    }

    pub(super) fn taxonomy(&self, generation: u64) -> Result<Taxonomy, StoreError> {
        let stored = self.engine()?.meta.get(layout::taxonomy_key(generation)).map_err(|error| self.failed(error))?;
        let stored = stored.ok_or_else(|| self.damaged("the taxonomy of the categories is missing"))?;
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::with_buffer(&*stored)
            .and_then(|decoder| io::Read::read_to_end(&mut io::Read::take(decoder, TAXONOMY_MAX), &mut plain))
            .map_err(|cause| self.damaged(format!("the taxonomy of the categories cannot be read ({cause})")))?;
        postcard::from_bytes(&plain).map_err(|error| self.damaged(format!("the taxonomy cannot be read ({error})")))
    }

    /// Makes a state count, durably, and then for readers.
    pub(super) fn write_state(&self, state: State) -> Result<(), StoreError> {
        let bytes = postcard::to_stdvec(&state).map_err(|error| self.damaged(error.to_string()))?;
        // Whatever the state speaks of is on the disk before it, and it is on the disk before anybody believes it.
        self.sync()?;
        let before = self.engine()?.meta.insert(layout::STATE_KEY, bytes).map_err(|error| self.failed(error))?;
        if let Err(error) = self.sync() {
            // Not acknowledged, so it must not count at the next start either.
            let _ = match before {
                Some(before) => self.engine()?.meta.insert(layout::STATE_KEY, before),
                None => self.engine()?.meta.remove(layout::STATE_KEY),
            };
            return Err(error);
        }
        self.state.store(Arc::new(state));
        Ok(())
    }

    /// Waits until everything written so far would survive a power cut. The engine's own flush leaves the disk's
    /// cache out (`sync_file_range`), so the file is synced as well; and what is larger than a quarter of a segment,
    /// such as a taxonomy, it writes to files of their own, which it never syncs.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.engine()?.database.flush().map_err(|error| self.failed(error))?;
        self.sync_blobs()?;
        sync_path(&self.folder.join("db"))
    }

    /// Syncs the files beside the log, of which there are a few, and the folder that names them.
    fn sync_blobs(&self) -> Result<(), StoreError> {
        let blobs = self.folder.join(BLOBS);
        let failed = |cause| StoreError::io(&blobs, cause);
        for entry in fs::read_dir(&blobs).map_err(failed)? {
            match sync_path(&entry.map_err(failed)?.path()) {
                // The engine has removed it meanwhile.
                Err(StoreError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {}
                synced => synced?,
            }
        }
        sync_path(&blobs)
    }
}

/// Syncs a file or a folder.
fn sync_path(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|cause| StoreError::io(path, cause))
}

/// The right to write, of one at a time; given back when dropped.
pub(super) struct Sole(Arc<Versions>);

impl Sole {
    pub(super) fn take(inner: &Arc<Versions>) -> Result<Self, StoreError> {
        inner
            .writing
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .map_err(|_| StoreError::Busy)?;
        let sole = Self(Arc::clone(inner));
        inner.mend()?;
        Ok(sole)
    }
}

impl Drop for Sole {
    fn drop(&mut self) {
        self.0.writing.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::barcode::Barcode;
    use crate::food::category::Node;

    /// Names that hardly compress, so that the taxonomy is larger than a quarter of a segment.
    fn large_taxonomy() -> Taxonomy {
        let name = |number: u128| format!("en:{:x}", layout::hash(Barcode::from_number(number)));
        Taxonomy::new((0..20_000).map(|number| Node { tag: name(number), ..Node::default() }))
    }

    #[test]
    fn what_the_engine_keeps_beside_its_log_can_be_synced_and_is_read_back() {
        let folder = tempfile::tempdir().expect("tempdir");
        let versions = Versions::open(folder.path().to_owned(), &StoreConfig::default()).expect("opened");

        versions.write_taxonomy(1, &large_taxonomy()).expect("written");
        versions.sync().expect("synced");

        assert!(fs::read_dir(folder.path().join(BLOBS)).expect("its folder").count() > 0);
        assert_eq!(versions.taxonomy(1).expect("read").len(), 20_000);
    }
}
