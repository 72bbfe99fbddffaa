//! The products of record: read by barcode, read all in a fixed order, written a generation at a time.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use crate::catalogue::record;
use crate::catalogue::snapshot::Origin;
use crate::food::barcode::Barcode;
use crate::food::category::Taxonomy;
use crate::food::product::Product;

use super::bucket::{BucketError, Codec, Unpacked, dictionary_of};
use super::draft::{Draft, Merge};
use super::layout::{self, Buckets, State};
use super::{StoreConfig, StoreError};

/// Where the store lies inside the data folder.
pub const FOLDER: &str = "store/catalogue";
/// Between two attempts to take the lock of a process that may be ending.
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How long what is not flushed may wait, milliseconds. Everything acknowledged is flushed at once.
const FLUSH_EVERY_MS: u64 = 500;
/// A taxonomy, uncompressed, bytes: that of the categories is a tenth of this.
const TAXONOMY_MAX: usize = 256 << 20;
/// What has to fit on the disk before a failed engine is opened again, bytes: two of its segments.
const PROBE_BYTES: usize = 1 << 20;
/// zstd level of taxonomies: written rarely, read at each rebuild.
const TAXONOMY_LEVEL: i32 = 9;

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// How many products there are.
    pub products: u64,
    /// The generation that counts; 0 in a new store.
    pub generation: u64,
    /// The generation that the last complete snapshot was built from; 0 if there is none.
    pub snapshot_generation: u64,
    /// Where the products come from; none in a new store.
    pub origin: Option<Origin>,
    /// When they were imported, UNIX seconds.
    pub imported_t: i64,
    /// What the store takes on disk, bytes.
    pub disk_bytes: u64,
}

/// The opened store; clones are handles to the same one.
#[derive(Clone)]
pub struct Products {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
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

/// The engine's handles. They hold the lock of the folder, so nobody keeps them longer than one operation.
pub(super) struct Engine {
    database: sled::Db,
    pub(super) meta: sled::Tree,
    pub(super) tree: sled::Tree,
}

impl Products {
    /// Opens the store of a data folder, or makes a new one.
    ///
    /// One process at a time can hold it. A process that was killed may take a moment to let go: its lock is waited for.
    pub fn open(data_dir: &Path, config: &StoreConfig) -> Result<Self, StoreError> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|cause| StoreError::io(&folder, cause))?;
        let engine = Engine::open(&folder, config)?;
        let state = engine.state(&folder)?;
        let inner = Inner {
            folder,
            config: config.clone(),
            engine: RwLock::new(Some(Arc::new(engine))),
            broken: AtomicBool::new(false),
            state: ArcSwap::from_pointee(state),
            codecs: RwLock::default(),
            writing: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The product with this barcode.
    pub fn get(&self, code: Barcode) -> Result<Option<Product>, StoreError> {
        let hash = layout::hash(code);
        loop {
            let state = self.inner.state.load();
            let bucket = state.buckets.of(hash);
            if let Some(value) = self.inner.version(state.buckets, bucket, state.generation)? {
                let unpacked = self.inner.unpack(bucket, &value)?;
                return unpacked.find(code).map(|found| self.inner.decode(found.bytes)).transpose();
            }
            // The version was removed between the two reads if another generation began to count; else there is none.
            if self.inner.state.load().generation == state.generation {
                return Ok(None);
            }
        }
    }

    /// Hands over every product, in the order of the hashes of their codes; decoded on all cores.
    ///
    /// Nothing can be imported meanwhile: refused while an import runs.
    pub fn scan(&self, each: &mut dyn FnMut(Product)) -> Result<(), StoreError> {
        self.scan_until(&mut |product| {
            each(product);
            ControlFlow::Continue(())
        })
    }

    /// The same, until told to break off.
    pub fn scan_until(&self, each: &mut dyn FnMut(Product) -> ControlFlow<()>) -> Result<(), StoreError> {
        let _sole = Sole::take(&self.inner)?;
        let state = self.inner.state.load_full();
        self.inner.scan(state.buckets, state.generation, each)
    }

    /// Takes these products in place of all others, without a snapshot; none of them twice.
    pub fn replace_all(&self, origin: Origin, products: &[Product]) -> Result<(), StoreError> {
        self.write(Merge::Replace, origin, products)
    }

    /// Adds these products, and replaces those of the same barcodes unless the stored one is newer.
    pub fn upsert_many(&self, products: &[Product]) -> Result<(), StoreError> {
        let origin = self.inner.state.load().origin.unwrap_or(Origin::OpenFoodFacts);
        self.write(Merge::Add, origin, products)
    }

    fn write(&self, merge: Merge, origin: Origin, products: &[Product]) -> Result<(), StoreError> {
        let mut encoded: Vec<_> = products
            .iter()
            .map(|product| (layout::hash(product.code), product.code, product.last_modified_t, encoded(product)))
            .collect();
        encoded.sort_by_key(|(hash, code, changed, _)| (*hash, *code, std::cmp::Reverse(*changed)));
        encoded.dedup_by_key(|(_, code, ..)| *code);
        let mut draft = Draft::begin(self, merge, encoded.len() as u64)?;
        draft.write_all(&encoded)?;
        let imported_t = self.inner.state.load().imported_t;
        draft.commit(origin, imported_t, false)?.prune()
    }

    /// The categories that were last imported, if any were.
    pub fn taxonomy(&self) -> Result<Option<Taxonomy>, StoreError> {
        let state = self.inner.state.load();
        state.taxonomy.map(|taxonomy| self.inner.taxonomy(taxonomy.generation)).transpose()
    }

    /// Notes that the snapshot of the present generation is complete: after it had to be built again.
    pub fn record_snapshot(&self) -> Result<(), StoreError> {
        let _sole = Sole::take(&self.inner)?;
        let mut state = State::clone(&self.inner.state.load());
        state.snapshot = state.generation;
        self.inner.write_state(state)
    }

    /// What it holds.
    pub fn status(&self) -> Result<Status, StoreError> {
        let state = self.inner.state.load();
        Ok(Status {
            products: state.products,
            generation: state.generation,
            snapshot_generation: state.snapshot,
            origin: state.origin,
            imported_t: state.imported_t,
            disk_bytes: self.inner.engine()?.database.size_on_disk().map_err(|error| self.inner.failed(error))?,
        })
    }

    /// Makes everything durable; for an orderly end.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.inner.sync()
    }

    /// The folder of the store.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }
}

impl Inner {
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
            io::Write::write_all(&mut file, &[1; PROBE_BYTES])?;
            file.sync_all()
        };
        let written = write();
        let removed = fs::remove_file(&path);
        written.and(removed).map_err(|cause| StoreError::io(&path, cause))
    }

    pub(super) fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::damaged(&self.folder, what)
    }

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
        record::decode(bytes).map_err(|error| self.damaged(format!("a product cannot be read ({error})")))
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
            .and_then(|decoder| io::Read::read_to_end(&mut io::Read::take(decoder, TAXONOMY_MAX as u64), &mut plain))
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
    /// cache out (`sync_file_range`), so the file is synced as well.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.engine()?.database.flush().map_err(|error| self.failed(error))?;
        let file = self.folder.join("db");
        File::open(&file).and_then(|file| file.sync_all()).map_err(|cause| StoreError::io(&file, cause))
    }

    /// Hands over the products of a generation, committed or not.
    pub(super) fn scan(
        &self,
        buckets: Buckets,
        generation: u64,
        each: &mut dyn FnMut(Product) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        super::scan::scan(self, buckets, generation, each)
    }
}

/// The right to write, of one at a time; given back when dropped.
pub(super) struct Sole(Arc<Inner>);

impl Sole {
    pub(super) fn take(inner: &Arc<Inner>) -> Result<Self, StoreError> {
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

fn encoded(product: &Product) -> Vec<u8> {
    let mut bytes = Vec::new();
    record::encode(product, &mut bytes);
    bytes
}

impl Engine {
    fn open(folder: &Path, config: &StoreConfig) -> Result<Self, StoreError> {
        let engine = |error| StoreError::engine(folder, error);
        let database = open_when_free(folder, config)?;
        let meta = database.open_tree("meta").map_err(engine)?;
        let tree = database.open_tree("buckets").map_err(engine)?;
        check_layout(folder, &meta, &tree)?;
        Ok(Self { database, meta, tree })
    }

    fn state(&self, folder: &Path) -> Result<State, StoreError> {
        match self.meta.get(layout::STATE_KEY).map_err(|error| StoreError::engine(folder, error))? {
            Some(bytes) => postcard::from_bytes(&bytes)
                .map_err(|error| StoreError::damaged(folder, format!("the state cannot be read ({error})"))),
            None => Ok(State::empty()),
        }
    }
}

fn open_when_free(folder: &Path, config: &StoreConfig) -> Result<sled::Db, StoreError> {
    let engine = sled::Config::new()
        .path(folder)
        .cache_capacity(config.cache_bytes)
        .flush_every_ms(Some(FLUSH_EVERY_MS))
        .print_profile_on_drop(false);
    let patience = Instant::now() + config.lock_wait();
    loop {
        match engine.open() {
            Ok(database) => return Ok(database),
            Err(error) if !is_locked(&error) => return Err(StoreError::engine(folder, error)),
            Err(_) if Instant::now() >= patience => return Err(StoreError::Locked { path: folder.to_owned() }),
            Err(_) => thread::sleep(LOCK_PAUSE),
        }
    }
}

/// The engine reports a lock that it cannot take as an I/O error whose text says so.
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(cause) if cause.kind() == io::ErrorKind::WouldBlock
        || cause.to_string().contains("could not acquire lock"))
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
