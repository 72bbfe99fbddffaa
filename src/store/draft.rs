//! A generation of products while it is written: beside the one that counts, and invisible until it is committed.
//!
//! In order: the draft is marked; buckets are packed by several threads ([`Plan::pack`]) and inserted by one thread, sorted by
//! key ([`Draft::apply`]); the state that names the new generation is written and synced ([`Draft::commit`]); versions
//! that no longer count are removed ([`Committed::prune`]); the mark is removed. Killed before the commit, the next draft
//! removes what this one had written; killed after it, what this one would have removed.

use std::cmp::Ordering;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use crate::catalogue::record;
use crate::catalogue::snapshot::Origin;
use crate::food::category::Taxonomy;
use crate::food::nutrition::Nutrient;
use crate::food::product::Product;

use super::StoreError;
use super::bucket::{BucketError, Codec, Packed, Packer, Record, Unpacked, digest_of};
use super::layout::{self, Buckets, State, StoredTaxonomy};
use super::products::Products;
use super::scan::scan;
use super::sweep;
use super::versions::{Sole, Versions};

/// Buckets that are packed in one go where nobody else divides the work.
const BUCKETS_AT_ONCE: u64 = 1 << 10;

/// What becomes of the products that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// They go.
    Replace,
    /// They stay; of two records of one product the newer counts, of two of one time the incoming one, unless it states
    /// fewer nutrients.
    Add,
}

/// How the buckets of a new generation come about; shared by the threads that pack them.
#[derive(Clone)]
pub struct Plan {
    inner: Arc<Versions>,
    base: State,
    buckets: Buckets,
    codec: Arc<Codec>,
    merge: Merge,
}

/// What becomes of one bucket.
#[derive(Debug)]
pub struct Change {
    bucket: u32,
    /// The generation of the version that it replaces in the same layout.
    replaces: Option<u64>,
    products_before: u64,
    products_after: u64,
    /// The new version; none if it would be the same.
    packed: Option<Packed>,
}

/// A generation that is being written. Dropped without a commit it never counts; what it wrote is then removed when the
/// next draft begins, or at once by [`discard`](Self::discard).
pub struct Draft {
    plan: Arc<Plan>,
    generation: u64,
    products_before: u64,
    products_after: u64,
    written: Vec<u32>,
    superseded: Vec<(u32, u64)>,
    taxonomy: Option<StoredTaxonomy>,
    sole: Sole,
}

/// A generation that counts; what it replaced is still there.
pub struct Committed {
    inner: Arc<Versions>,
    base: State,
    relaid: bool,
    superseded: Vec<(u32, u64)>,
    _sole: Sole,
}

impl Draft {
    /// Begins a generation of about `incoming` products; refused while another is written.
    pub fn begin(products: &Products, merge: Merge, incoming: u64) -> Result<Self, StoreError> {
        let inner = Arc::clone(&products.inner);
        let sole = Sole::take(&inner)?;
        sweep::after_a_crash(&inner)?;
        let base = State::clone(&inner.state.load());
        let total = incoming + if merge == Merge::Add { base.products } else { 0 };
        let suits = base.generation > 0 && base.buckets.suits(total);
        let buckets = if suits { base.buckets } else { Buckets::for_products(total) };
        let codec = inner.codec(if suits { base.dictionary } else { 0 })?;
        let generation = base.generation + 1;
        let taxonomy = base.taxonomy;
        inner.mark_draft(generation)?;
        let plan = Arc::new(Plan { inner, base, buckets, codec, merge });
        let (written, superseded) = (Vec::new(), Vec::new());
        let (products_before, products_after) = (0, 0);
        Ok(Self { plan, generation, products_before, products_after, written, superseded, taxonomy, sole })
    }

    /// The number it will have.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether it has to learn a dictionary first.
    pub fn wants_dictionary(&self) -> bool {
        self.plan.codec.id() == 0
    }

    /// Learns a dictionary from encoded records, picked at random; keeps none if they are too few.
    pub fn train(&mut self, samples: &[Vec<u8>]) -> Result<(), StoreError> {
        let codec = Codec::train(self.generation as u32, samples);
        if codec.id() != 0 {
            self.plan.inner.write_dictionary(codec.id(), codec.dictionary())?;
            let prepared = self.plan.inner.codec(codec.id())?;
            Arc::make_mut(&mut self.plan).codec = prepared;
        }
        Ok(())
    }

    /// How its buckets come about.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Writes changes, which come in the order of their buckets.
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        for change in changes {
            self.products_before += change.products_before;
            self.products_after += change.products_after;
            let Some(packed) = change.packed else { continue };
            self.plan.inner.insert(self.plan.buckets.key(change.bucket, self.generation), packed.value)?;
            self.written.push(change.bucket);
            self.superseded.extend(change.replaces.map(|generation| (change.bucket, generation)));
        }
        Ok(())
    }

    /// Packs and writes encoded records (hash, code, last change, bytes), sorted by hash and code, each code once.
    pub fn write_all(
        &mut self,
        records: &[(u64, crate::food::barcode::Barcode, i64, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let records: Vec<Record<'_>> = records
            .iter()
            .map(|(_, code, changed, bytes)| Record { code: *code, last_modified_t: *changed, bytes })
            .collect();
        let codec = Arc::clone(&self.plan.codec);
        let mut packer = codec.packer().map_err(|error| self.plan.inner.bucket_error(error))?;
        let mut rest = records.as_slice();
        for start in (0..self.plan.buckets.count()).step_by(BUCKETS_AT_ONCE as usize) {
            let range = start..(start + BUCKETS_AT_ONCE).min(self.plan.buckets.count());
            let end = rest.partition_point(|record| u64::from(self.plan.bucket(record)) < range.end);
            let changes = self.plan.pack(&mut packer, range, &rest[..end])?;
            self.apply(changes)?;
            rest = &rest[end..];
        }
        Ok(())
    }

    /// Stores the categories that go with it, in place of those that were there.
    pub fn write_taxonomy(&mut self, taxonomy: &Taxonomy, origin: Origin) -> Result<(), StoreError> {
        self.plan.inner.write_taxonomy(self.generation, taxonomy)?;
        self.taxonomy = Some(StoredTaxonomy { generation: self.generation, origin });
        Ok(())
    }

    /// Goes without the categories that were there if they came from elsewhere.
    pub fn keep_taxonomy_of(&mut self, origin: Origin) {
        self.taxonomy = self.taxonomy.filter(|taxonomy| taxonomy.origin == origin);
    }

    /// The categories that go with it.
    pub fn taxonomy(&self) -> Result<Option<Taxonomy>, StoreError> {
        self.taxonomy.map(|taxonomy| self.plan.inner.taxonomy(taxonomy.generation)).transpose()
    }

    /// Whether any categories go with it.
    pub fn has_taxonomy(&self) -> bool {
        self.taxonomy.is_some()
    }

    /// How many products it holds.
    pub fn products(&self) -> u64 {
        match self.plan.merge {
            Merge::Replace => self.products_after,
            Merge::Add => self.plan.base.products + self.products_after - self.products_before,
        }
    }

    /// Hands over its products as [`Products::scan`] does, before anybody else can see them, until told to break off.
    pub fn scan(&self, each: &mut dyn FnMut(Product) -> ControlFlow<()>) -> Result<(), StoreError> {
        scan(&self.plan.inner, self.plan.buckets, self.generation, each)
    }

    /// Makes it count, durably.
    pub fn commit(self, origin: Origin, imported_t: i64) -> Result<Committed, StoreError> {
        let products = self.products();
        let Self { plan, generation, superseded, taxonomy, sole, .. } = self;
        plan.inner.write_state(State {
            generation,
            buckets: plan.buckets,
            dictionary: plan.codec.id(),
            products,
            origin: Some(origin),
            imported_t,
            taxonomy,
        })?;
        let relaid = plan.buckets != plan.base.buckets;
        let (inner, base) = (Arc::clone(&plan.inner), plan.base.clone());
        Ok(Committed { inner, base, relaid, superseded, _sole: sole })
    }

    /// Gives it up, and removes what it had written.
    pub fn discard(self) -> Result<(), StoreError> {
        let inner = &self.plan.inner;
        for bucket in &self.written {
            inner.remove(self.plan.buckets.key(*bucket, self.generation))?;
        }
        inner.unmark_draft()
    }
}

impl Plan {
    /// The codec that new versions are packed with.
    pub fn packer(&self) -> Result<Packer<'_>, StoreError> {
        self.codec.packer().map_err(|error| self.inner.bucket_error(error))
    }

    /// How many buckets there are.
    pub fn buckets(&self) -> u64 {
        self.buckets.count()
    }

    fn bucket(&self, record: &Record<'_>) -> u32 {
        self.buckets.of(layout::hash(record.code))
    }

    /// Packs a range of buckets from their incoming records, which are sorted by hash and code, each code once.
    pub fn pack(
        &self,
        packer: &mut Packer<'_>,
        range: Range<u64>,
        mut incoming: &[Record<'_>],
    ) -> Result<Vec<Change>, StoreError> {
        // Where products stay in their places, a bucket without an incoming product is not even read.
        let skips = self.merge == Merge::Add && self.buckets == self.base.buckets;
        let mut changes = Vec::new();
        let mut bucket = range.start as u32;
        for _ in range {
            if skips {
                let Some(first) = incoming.first() else { break };
                bucket = self.bucket(first);
            }
            let end = incoming.partition_point(|record| self.bucket(record) <= bucket);
            changes.extend(self.pack_bucket(packer, bucket, &incoming[..end])?);
            incoming = &incoming[end..];
            bucket = bucket.wrapping_add(1);
        }
        Ok(changes)
    }

    fn pack_bucket(
        &self,
        packer: &mut Packer<'_>,
        bucket: u32,
        incoming: &[Record<'_>],
    ) -> Result<Option<Change>, StoreError> {
        let damaged = |error: BucketError| self.inner.bucket_error(error);
        let same_place = self.buckets == self.base.buckets;
        let there = if same_place { self.inner.version_at(self.buckets, bucket, self.base.generation)? } else { None };
        let unless = there.as_ref().map(|(_, value)| digest_of(value)).transpose().map_err(damaged)?;
        let replaces = there.as_ref().map(|(generation, _)| *generation);
        if there.is_none() && incoming.is_empty() && (same_place || self.merge == Merge::Replace) {
            return Ok(None);
        }
        let stored = if self.merge == Merge::Add { self.stored(bucket)? } else { Vec::new() };
        let mut records: Vec<Record<'_>> = stored.iter().flat_map(Unpacked::records).collect();
        records.retain(|record| self.bucket(record) == bucket);
        let products_before = records.len() as u64;
        merge(&mut records, incoming);
        let products_after = records.len() as u64;
        if products_after == 0 && unless.is_none() {
            return Ok(None);
        }
        let packed = packer.pack(bucket, &records, unless).map_err(damaged)?;
        Ok(Some(Change { bucket, replaces, products_before, products_after, packed }))
    }

    /// The buckets of the generation that counts whose products may belong in a bucket of this plan.
    fn stored(&self, bucket: u32) -> Result<Vec<Unpacked>, StoreError> {
        let (old, new) = (self.base.buckets.count(), self.buckets.count());
        let bucket = u64::from(bucket);
        let range = if old >= new {
            bucket * (old / new)..(bucket + 1) * (old / new)
        } else {
            let holder = bucket / (new / old);
            holder..holder + 1
        };
        let mut found = Vec::new();
        for holder in range {
            let holder = holder as u32;
            if let Some(value) = self.inner.version(self.base.buckets, holder, self.base.generation)? {
                found.push(self.inner.unpack(holder, &value)?);
            }
        }
        Ok(found)
    }
}

/// Adds incoming records to those of a bucket; of two of one product the newer stays, of two of one time the incoming one.
/// But the rows of the CSV export often lack the nutrients that the dump has of the same edit: then the stored one stays.
fn merge<'a>(records: &mut Vec<Record<'a>>, incoming: &[Record<'a>]) {
    for record in incoming {
        match records.binary_search_by_key(&record.code, |stored| stored.code) {
            Ok(at) if replaces(record, &records[at]) => records[at] = *record,
            Ok(_) => {}
            Err(at) => records.insert(at, *record),
        }
    }
}

fn replaces(incoming: &Record<'_>, stored: &Record<'_>) -> bool {
    match incoming.last_modified_t.cmp(&stored.last_modified_t) {
        Ordering::Equal => incoming.bytes == stored.bytes || known_amounts(incoming) >= known_amounts(stored),
        age => age == Ordering::Greater,
    }
}

/// How many nutrients a record states; none where it cannot be read.
fn known_amounts(record: &Record<'_>) -> usize {
    let product = record::decode(record.bytes).ok();
    product.map_or(0, |product| Nutrient::ALL.into_iter().filter(|one| product.nutrition.value(*one).is_some()).count())
}

impl Committed {
    /// Removes what no longer counts.
    pub fn prune(self) -> Result<(), StoreError> {
        if self.relaid {
            sweep::everything_stale(&self.inner)?;
        }
        for (bucket, generation) in &self.superseded {
            self.inner.remove(self.base.buckets.key(*bucket, *generation))?;
        }
        sweep::stale_companions(&self.inner)?;
        self.inner.unmark_draft()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(code: u128, last_modified_t: i64, bytes: &[u8]) -> Record<'_> {
        Record { code: crate::food::barcode::Barcode::from_number(code), last_modified_t, bytes }
    }

    #[test]
    fn of_two_records_of_a_product_the_newer_stays() {
        let mut records = vec![record(2, 10, b"old"), record(5, 10, b"kept")];

        merge(&mut records, &[record(5, 9, b"older"), record(2, 10, b"again"), record(1, 0, b"new")]);

        let bytes: Vec<_> = records.iter().map(|record| record.bytes).collect();
        assert_eq!(bytes, [b"new".as_slice(), b"again", b"kept"]);
    }

    #[test]
    fn of_two_of_one_time_the_stored_one_stays_where_the_other_lacks_its_nutrients() {
        let encoded = |name: &str, sugars_g: Option<f64>| {
            let mut product = Product::new(crate::food::barcode::Barcode::from_number(1), name);
            if let Some(grams) = sugars_g {
                product.nutrition = product.nutrition.with(Nutrient::Sugars, grams);
            }
            let mut bytes = Vec::new();
            record::encode(&product, &mut bytes);
            bytes
        };
        let (dump, export, corrected) =
            (encoded("truffles", Some(39.0)), encoded("truffles", None), encoded("Truffles", Some(38.0)));

        for (incoming, time, kept) in [(&export, 10, &dump), (&export, 11, &export), (&corrected, 10, &corrected)] {
            let mut records = vec![record(1, 10, &dump)];
            merge(&mut records, &[record(1, time, incoming)]);
            assert_eq!(records[0].bytes, kept);
        }
    }
}
