//! A handful of products in one stored value: packed, compressed, checked.
//!
//! A value is the XXH3 of the payload seeded with the bucket's number (u64), the dictionary (u32), the payload's
//! length (u32), and the payload compressed with zstd. The payload is the number of records (u32), then per record,
//! sorted by code, the code (u128), its last change (i64) and its length (u32), then the records. Little-endian.

use std::io;

use xxhash_rust::xxh3::xxh3_64_with_seed;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::food::barcode::Barcode;

/// Speed matters more than the last tenth of the size.
const LEVEL: i32 = 1;
/// What a dictionary may take in memory and in the store, bytes: zstd's own default for dictionaries.
const DICTIONARY_BYTES: usize = 112 << 10;
/// Training on less than this, bytes, gives nothing that helps.
const SAMPLES_BYTES_MIN: usize = 1 << 20;
/// Bytes before the compressed payload.
const HEADER: usize = 16;
/// Bytes of a record's row.
const ROW: usize = 28;
/// The largest payload, bytes: far above a bucket of the longest records, low enough to allocate on a small machine.
const PAYLOAD_MAX: usize = 64 << 20;

/// One product as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its barcode.
    pub code: Barcode,
    /// When it was last changed, UNIX seconds: of two records of one product the newer counts.
    pub last_modified_t: i64,
    /// Its encoding by [`catalogue::record`](crate::catalogue::record).
    pub bytes: &'a [u8],
}

/// Why a value is not a bucket.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Altered or cut short.
    #[error("a bucket of products is altered or cut short")]
    Damaged,
    /// Compressed with a dictionary other than the one at hand.
    #[error("a bucket needs dictionary {0}")]
    OtherDictionary(u32),
    /// Too much to be stored as one value.
    #[error("a bucket would take over {PAYLOAD_MAX} bytes")]
    TooLarge,
    /// zstd refused.
    #[error("zstd: {0}")]
    Zstd(#[from] io::Error),
}

/// Compresses and decompresses with one dictionary; shared by all threads.
pub struct Codec {
    id: u32,
    dictionary: Vec<u8>,
    prepared: Option<(EncoderDictionary<'static>, DecoderDictionary<'static>)>,
}

impl Codec {
    /// A codec for a stored dictionary; an empty one stands for none.
    pub fn new(id: u32, dictionary: Vec<u8>) -> Self {
        let prepared = (!dictionary.is_empty())
            .then(|| (EncoderDictionary::copy(&dictionary, LEVEL), DecoderDictionary::copy(&dictionary)));
        Self { id, dictionary, prepared }
    }

    /// Learns what the samples have in common; none if there are too few.
    pub fn train(id: u32, samples: &[Vec<u8>]) -> Self {
        let enough = samples.iter().map(Vec::len).sum::<usize>() >= SAMPLES_BYTES_MIN;
        let trained = enough.then(|| zstd::dict::from_samples(samples, DICTIONARY_BYTES).ok()).flatten();
        trained.map_or_else(|| Self::new(0, Vec::new()), |dictionary| Self::new(id, dictionary))
    }

    /// Its number; 0 without a dictionary.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The dictionary's bytes.
    pub fn dictionary(&self) -> &[u8] {
        &self.dictionary
    }

    /// Something that packs one bucket after the other; one per thread.
    pub fn packer(&self) -> Result<Packer<'_>, BucketError> {
        let compressor = match &self.prepared {
            Some((encoder, _)) => Compressor::with_prepared_dictionary(encoder)?,
            None => Compressor::new(LEVEL)?,
        };
        Ok(Packer { id: self.id, compressor, payload: Vec::new() })
    }

    /// Reads a value back, and checks it.
    pub fn unpack(&self, bucket: u32, value: &[u8]) -> Result<Unpacked, BucketError> {
        let id = dictionary_of(value)?;
        if id != self.id {
            return Err(BucketError::OtherDictionary(id));
        }
        let length = u32_at(value, 12)? as usize;
        if length > PAYLOAD_MAX {
            return Err(BucketError::Damaged);
        }
        let mut decompressor = match &self.prepared {
            Some((_, decoder)) => Decompressor::with_prepared_dictionary(decoder)?,
            None => Decompressor::new()?,
        };
        let payload = decompressor.decompress(&value[HEADER..], length).map_err(|_| BucketError::Damaged)?;
        if payload.len() != length || xxh3_64_with_seed(&payload, u64::from(bucket)) != digest_of(value)? {
            return Err(BucketError::Damaged);
        }
        Unpacked::check(payload)
    }
}

/// The dictionary that a value was compressed with.
pub fn dictionary_of(value: &[u8]) -> Result<u32, BucketError> {
    u32_at(value, 8)
}

/// The checksum of a value's payload: equal for equal records of one bucket, however they were compressed.
pub fn digest_of(value: &[u8]) -> Result<u64, BucketError> {
    let bytes = value.get(..8).and_then(|bytes| bytes.try_into().ok()).ok_or(BucketError::Damaged)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Packs buckets, reusing its memory.
pub struct Packer<'a> {
    id: u32,
    compressor: Compressor<'a>,
    payload: Vec<u8>,
}

/// One bucket ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Its number.
    pub bucket: u32,
    /// How many products it holds.
    pub products: u32,
    /// The stored value.
    pub value: Vec<u8>,
}

impl Packer<'_> {
    /// Packs the records of a bucket, which are sorted by code, each code once.
    ///
    /// Nothing comes back if the payload's digest is `unless`: the bucket has not changed.
    pub fn pack(
        &mut self,
        bucket: u32,
        records: &[Record<'_>],
        unless: Option<u64>,
    ) -> Result<Option<Packed>, BucketError> {
        self.lay_out(records)?;
        let digest = xxh3_64_with_seed(&self.payload, u64::from(bucket));
        if unless == Some(digest) {
            return Ok(None);
        }
        let compressed = self.compressor.compress(&self.payload)?;
        let mut value = Vec::with_capacity(HEADER + compressed.len());
        value.extend(digest.to_le_bytes());
        value.extend(self.id.to_le_bytes());
        value.extend((self.payload.len() as u32).to_le_bytes());
        value.extend(compressed);
        Ok(Some(Packed { bucket, products: records.len() as u32, value }))
    }

    fn lay_out(&mut self, records: &[Record<'_>]) -> Result<(), BucketError> {
        let length = 4 + records.iter().map(|record| ROW + record.bytes.len()).sum::<usize>();
        if length > PAYLOAD_MAX {
            return Err(BucketError::TooLarge);
        }
        self.payload.clear();
        self.payload.extend((records.len() as u32).to_le_bytes());
        for record in records {
            self.payload.extend(record.code.number().to_le_bytes());
            self.payload.extend(record.last_modified_t.to_le_bytes());
            self.payload.extend((record.bytes.len() as u32).to_le_bytes());
        }
        for record in records {
            self.payload.extend(record.bytes);
        }
        Ok(())
    }
}

/// A bucket read back.
#[derive(Debug)]
pub struct Unpacked {
    payload: Vec<u8>,
    count: usize,
}

impl Unpacked {
    fn check(payload: Vec<u8>) -> Result<Self, BucketError> {
        let count = u32_at(&payload, 0)? as usize;
        let unpacked = Self { payload, count };
        let rows_end = 4 + count * ROW;
        if unpacked.payload.len() < rows_end {
            return Err(BucketError::Damaged);
        }
        let records: usize = (0..count).map(|index| unpacked.row(index).2).sum();
        (unpacked.payload.len() == rows_end + records).then_some(unpacked).ok_or(BucketError::Damaged)
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Its records, sorted by code.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 4 + self.count * ROW;
        (0..self.count).map(move |index| {
            let (code, last_modified_t, length) = self.row(index);
            let bytes = &self.payload[start..start + length];
            start += length;
            Record { code, last_modified_t, bytes }
        })
    }

    /// The record of a product.
    pub fn find(&self, code: Barcode) -> Option<Record<'_>> {
        self.records().find(|record| record.code == code)
    }

    fn row(&self, index: usize) -> (Barcode, i64, usize) {
        let row = &self.payload[4 + index * ROW..][..ROW];
        let mut code = [0; 16];
        let mut changed = [0; 8];
        let mut length = [0; 4];
        code.copy_from_slice(&row[..16]);
        changed.copy_from_slice(&row[16..24]);
        length.copy_from_slice(&row[24..]);
        (
            Barcode::from_number(u128::from_le_bytes(code)),
            i64::from_le_bytes(changed),
            u32::from_le_bytes(length) as usize,
        )
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, BucketError> {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).ok_or(BucketError::Damaged)?;
    Ok(u32::from_le_bytes(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(contents: &[Vec<u8>]) -> Vec<Record<'_>> {
        let numbered = contents.iter().enumerate();
        numbered
            .map(|(index, bytes)| Record {
                code: Barcode::from_number(index as u128 + 1),
                last_modified_t: index as i64,
                bytes,
            })
            .collect()
    }

    /// Records that share their words and differ in the order of them.
    fn samples() -> Vec<Vec<u8>> {
        let words =
            ["sugar", "cocoa butter", "hazelnuts", "palm oil", "skimmed milk powder", "lecithin", "vanillin", "wheat"];
        let sentence =
            |number: usize| (0..40).map(|at| words[number * 31 % 101 * (at + 7) % words.len()]).collect::<Vec<_>>();
        (0..4_000).map(|number| format!("{number}: {}", sentence(number).join(", ")).into_bytes()).collect()
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(contents: Vec<Vec<u8>>, bucket: u32) {
            let codec = Codec::new(0, Vec::new());
            let records = records(&contents);

            let packed = codec.packer()?.pack(bucket, &records, None)?.expect("changed");
            let unpacked = codec.unpack(bucket, &packed.value)?;

            prop_assert_eq!(unpacked.records().collect::<Vec<_>>(), records.clone());
            prop_assert!(records.iter().all(|record| unpacked.find(record.code) == Some(*record)));
            prop_assert_eq!(unpacked.find(Barcode::from_number(u128::MAX)), None);
        }
    }

    #[test]
    fn a_dictionary_makes_buckets_smaller_and_is_asked_for_by_name() {
        let samples = samples();
        let (trained, plain) = (Codec::train(7, &samples), Codec::new(0, Vec::new()));
        let records = records(&samples[..2]);
        let pack =
            |codec: &Codec| codec.packer().expect("packer").pack(1, &records, None).expect("packed").expect("new");

        let (small, large) = (pack(&trained), pack(&plain));

        assert_eq!(trained.id(), 7);
        assert!(small.value.len() < large.value.len(), "{} {}", small.value.len(), large.value.len());
        assert_eq!(trained.unpack(1, &small.value).expect("unpacked").len(), 2);
        assert!(matches!(plain.unpack(1, &small.value), Err(BucketError::OtherDictionary(7))));
    }

    #[test]
    fn a_bucket_that_did_not_change_is_not_packed_again() {
        let codec = Codec::new(0, Vec::new());
        let contents = [b"milk".to_vec()];
        let mut packer = codec.packer().expect("packer");

        let first = packer.pack(3, &records(&contents), None).expect("packed").expect("new");
        let digest = digest_of(&first.value).expect("digest");

        assert_eq!(packer.pack(3, &records(&contents), Some(digest)).expect("packed"), None);
        assert!(packer.pack(4, &records(&contents), Some(digest)).expect("packed").is_some());
    }

    #[test]
    fn every_cut_and_every_altered_byte_is_noticed() {
        let codec = Codec::new(0, Vec::new());
        let contents = [b"milk".to_vec(), b"oat drink".to_vec()];
        let whole =
            codec.packer().expect("packer").pack(3, &records(&contents), None).expect("packed").expect("new").value;

        assert!(codec.unpack(4, &whole).is_err(), "another bucket");
        for cut in 0..whole.len() {
            assert!(codec.unpack(3, &whole[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 0x11;
            let noticed = codec
                .unpack(3, &altered)
                .map(|bucket| bucket.records().map(|record| record.bytes.to_vec()).collect::<Vec<_>>());
            assert!(noticed.is_err() || noticed.ok() == Some(contents.to_vec()), "altered at {at}");
        }
    }
}
