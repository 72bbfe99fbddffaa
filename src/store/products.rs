//! The products of record: read by barcode, read all in a fixed order, written a generation at a time.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalogue::record;
use crate::catalogue::snapshot::Origin;
use crate::food::barcode::Barcode;
use crate::food::category::Taxonomy;
use crate::food::product::Product;

use super::draft::{Draft, Merge};
use super::layout;
use super::scan::scan;
use super::versions::{Sole, Versions};
use super::{StoreConfig, StoreError};

/// Where the store lies inside the data folder.
pub const FOLDER: &str = "store/catalogue";

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// How many products there are.
    pub products: u64,
    /// The generation that counts; 0 in a new store.
    pub generation: u64,
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
    pub(super) inner: Arc<Versions>,
}

impl Products {
    /// Opens the store of a data folder, or makes a new one.
    ///
    /// One process at a time can hold it. A process that was killed may take a moment to let go: its lock is waited for.
    pub fn open(data_dir: &Path, config: &StoreConfig) -> Result<Self, StoreError> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|cause| StoreError::io(&folder, cause))?;
        Ok(Self { inner: Arc::new(Versions::open(folder, config)?) })
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

    /// Hands over every product, in the order of the hashes of their codes; decoded by several threads.
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
        scan(&self.inner, state.buckets, state.generation, each)
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
        draft.commit(origin, imported_t)?.prune()
    }

    /// The categories that were last imported, if any were.
    pub fn taxonomy(&self) -> Result<Option<Taxonomy>, StoreError> {
        let state = self.inner.state.load();
        state.taxonomy.map(|taxonomy| self.inner.taxonomy(taxonomy.generation)).transpose()
    }

    /// What it holds.
    pub fn status(&self) -> Result<Status, StoreError> {
        let state = self.inner.state.load();
        Ok(Status {
            products: state.products,
            generation: state.generation,
            origin: state.origin,
            imported_t: state.imported_t,
            disk_bytes: self.inner.disk_bytes()?,
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

fn encoded(product: &Product) -> Vec<u8> {
    let mut bytes = Vec::new();
    record::encode(product, &mut bytes);
    bytes
}
