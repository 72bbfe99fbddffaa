//! How the catalogue lies in the store: keys, the record of what counts, the layout's version.
//!
//! ```text
//! meta     layout                      the version of all that follows (u32, little-endian; never changes its form)
//!          records                     the form of the encoded products (one byte, `record::VERSION`)
//!          state                       postcard of State: the generation that counts
//!          draft                       present while a generation is being written or an old one removed
//!          dictionary ID               a zstd dictionary
//!          taxonomy KIND GENERATION    zstd of postcard of a taxonomy
//! buckets  BITS BUCKET GENERATION      one version of one bucket
//! ```
//!
//! A full rewrite overwrote buckets in place in the first trials: a crash then leaves half of each catalogue. A tree
//! per generation is whole again, but dropping the old tree took 0.7 GB of memory. Versions of a bucket side by side
//! are whole, are written and removed in key order, cost nothing for a bucket that did not change, and make a small
//! update as safe as a full import.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::snapshot::Origin;
use crate::food::barcode::Barcode;

/// The version of this layout.
pub const LAYOUT: u32 = 1;

pub(super) const LAYOUT_KEY: &[u8] = b"layout";
pub(super) const RECORDS_KEY: &[u8] = b"records";
pub(super) const STATE_KEY: &[u8] = b"state";
pub(super) const DRAFT_KEY: &[u8] = b"draft";

/// Products in a bucket on average, by a factor of at most 1.42, when a catalogue is laid out. More would compress a little better; but a
/// page of the engine holds up to sixteen buckets, and a visit reads one page.
const PRODUCTS_PER_BUCKET: u64 = 16;
/// A layout is kept as long as its buckets hold this many products on average: it has to be worth rewriting it all.
const KEPT_LAYOUT: std::ops::RangeInclusive<u64> = 6..=32;
/// Bits of a bucket number that fit its place in a key.
const BITS_MAX: u8 = 32;

/// How many buckets there are: a power of two, so that the first bits of a hash name the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Buckets {
    bits: u8,
}

impl Buckets {
    /// A layout for so many products.
    pub fn for_products(count: u64) -> Self {
        // 181 / 128 is the square root of 2: the power of two that is nearest by ratio.
        let nearest = count.saturating_mul(181) / (PRODUCTS_PER_BUCKET * 128);
        Self { bits: (nearest.checked_ilog2().unwrap_or(0) as u8).min(BITS_MAX) }
    }

    /// Whether this layout still serves so many products.
    pub fn suits(self, count: u64) -> bool {
        let smallest = self.bits == 0 && count <= *KEPT_LAYOUT.end();
        smallest || KEPT_LAYOUT.contains(&(count >> self.bits))
    }

    /// How many buckets there are.
    pub fn count(self) -> u64 {
        1 << self.bits
    }

    /// The bucket of a product by the [hash](hash) of its code.
    pub fn of(self, hash: u64) -> u32 {
        (hash.checked_shr(64 - u32::from(self.bits)).unwrap_or(0)) as u32
    }

    /// The key of one version of a bucket.
    pub(super) fn key(self, bucket: u32, generation: u64) -> [u8; 13] {
        let mut key = [0; 13];
        key[0] = self.bits;
        key[1..5].copy_from_slice(&bucket.to_be_bytes());
        key[5..].copy_from_slice(&generation.to_be_bytes());
        key
    }

    /// The bucket and the generation of a key, if the key is of this layout.
    pub(super) fn parse(self, key: &[u8]) -> Option<(u32, u64)> {
        let (bits, rest) = key.split_first()?;
        let (bucket, generation) = rest.split_at_checked(4)?;
        (*bits == self.bits)
            .then_some((u32::from_be_bytes(bucket.try_into().ok()?), u64::from_be_bytes(generation.try_into().ok()?)))
    }
}

/// The stable hash that spreads products over buckets; also the order in which products are read back.
pub fn hash(code: Barcode) -> u64 {
    xxh3_64(&code.number().to_be_bytes())
}

/// Which taxonomy of the categories counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTaxonomy {
    /// The generation that it was stored with.
    pub generation: u64,
    /// Where it comes from.
    pub origin: Origin,
}

/// What counts: written as one record, so that it changes as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Grows with every import; buckets of a greater generation do not count.
    pub generation: u64,
    /// Where the buckets lie.
    pub buckets: Buckets,
    /// The dictionary that new buckets are compressed with; 0 for none.
    pub dictionary: u32,
    /// How many products there are.
    pub products: u64,
    /// Where they come from; none in an empty store.
    pub origin: Option<Origin>,
    /// When they were imported, UNIX seconds.
    pub imported_t: i64,
    /// The categories, if they are known. Earlier versions wrote one number more behind it, which is passed over.
    pub taxonomy: Option<StoredTaxonomy>,
}

impl State {
    pub(super) fn empty() -> Self {
        Self {
            generation: 0,
            buckets: Buckets::default(),
            dictionary: 0,
            products: 0,
            origin: None,
            imported_t: 0,
            taxonomy: None,
        }
    }
}

pub(super) fn dictionary_key(id: u32) -> Vec<u8> {
    [b"dictionary ".as_slice(), &id.to_be_bytes()].concat()
}

pub(super) fn taxonomy_key(generation: u64) -> Vec<u8> {
    [b"taxonomy categories ".as_slice(), &generation.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_about_sixteen_products() {
        for (products, buckets) in [(0, 1), (16, 1), (23, 2), (400, 32), (1_000_000, 65_536), (4_241_020, 1 << 18)] {
            assert_eq!(Buckets::for_products(products).count(), buckets, "{products}");
        }
    }

    #[test]
    fn a_layout_is_kept_while_its_buckets_are_neither_crowded_nor_empty() {
        let layout = Buckets::for_products(1_000_000);
        for (products, kept) in [(1_000_000, true), (2_000_000, true), (2_200_000, false), (300_000, false)] {
            assert_eq!(layout.suits(products), kept, "{products}");
        }
        assert!(Buckets::for_products(3).suits(0));
    }

    #[test]
    fn a_state_of_an_earlier_version_is_read() {
        let state = State { generation: 7, products: 300, ..State::empty() };
        let earlier = postcard::to_stdvec(&(&state, 7u64)).expect("encoded");

        assert_eq!(postcard::from_bytes(&earlier), Ok(state));
    }

    #[test]
    fn keys_sort_by_bucket_then_by_generation_and_read_back() {
        let layout = Buckets::for_products(1 << 20);
        let mut keys = [layout.key(2, 1), layout.key(1, 300), layout.key(1, 2), layout.key(70_000, 0)];
        keys.sort_unstable();

        let read: Vec<_> = keys.iter().filter_map(|key| layout.parse(key)).collect();

        assert_eq!(read, [(1, 2), (1, 300), (2, 1), (70_000, 0)]);
        assert_eq!(Buckets::for_products(5).parse(&keys[0]), None);
    }

    #[test]
    fn hashes_never_change_or_stored_products_would_be_lost() {
        let code: Barcode = "3017620422003".parse().expect("a barcode");
        assert_eq!(hash(code), 0xb925_bd2a_2cd0_5082);
    }
}
