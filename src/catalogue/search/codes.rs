//! Barcodes typed into the search box: whole, or their first digits.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use super::{SearchError, section};
use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Slice};
use crate::food::barcode::Barcode;

/// The scratch file of all codes in order of the documents.
pub(super) const SCRATCH: &str = "search-codes";
/// Digits from which on the first digits of a barcode are looked for: a country and part of a company.
const DIGITS_MIN: usize = 6;
/// Digits from which on a known code is taken for a whole one: EAN-8.
const WHOLE_DIGITS_MIN: usize = 8;
/// Documents of one prefix that are looked at.
const PREFIX_MAX: usize = 16_384;
/// Lengths in which barcodes are printed: EAN-8, UPC-A, EAN-13, GTIN-14.
const LENGTHS: [u32; 4] = [8, 12, 13, 14];
/// Marks the key of a code that is too long for 63 bits.
const HASHED: u64 = 1 << 63;

/// The number under which a code is kept: its value, or a hash of it where it is too long.
pub(super) fn key(code: Barcode) -> u64 {
    let number = code.number();
    u64::try_from(number)
        .ok()
        .filter(|key| key & HASHED == 0)
        .unwrap_or_else(|| xxh3_64(&number.to_le_bytes()) | HASHED)
}

/// Sorts the codes of the scratch file and writes their sections; 16 bytes of memory per document.
pub(super) fn write(scratch: &Path, count: u32, writer: &mut FileWriter) -> Result<(), SearchError> {
    let failed = |cause| SearchError::io(scratch, cause);
    let mut file = BufReader::new(File::open(scratch.join(SCRATCH)).map_err(failed)?);
    let mut codes = Vec::with_capacity(count as usize);
    for doc in 0..count {
        let mut bytes = [0; 8];
        file.read_exact(&mut bytes).map_err(failed)?;
        codes.push((u64::from_le_bytes(bytes), doc));
    }
    codes.sort_unstable();
    writer.begin(section::CODES)?;
    for chunk in codes.chunks(1024) {
        let keys: Vec<u64> = chunk.iter().map(|(key, _)| *key).collect();
        std::io::Write::write_all(writer, keys.as_bytes()).map_err(failed)?;
    }
    writer.begin(section::CODE_DOCS)?;
    for chunk in codes.chunks(1024) {
        let docs: Vec<u32> = chunk.iter().map(|(_, doc)| *doc).collect();
        std::io::Write::write_all(writer, docs.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// The codes, read in place.
pub(super) struct Codes {
    keys: Slice<u64>,
    docs: Slice<u32>,
}

impl Codes {
    pub(super) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        let codes = Self { keys: file.slice(section::CODES)?, docs: file.slice(section::CODE_DOCS)? };
        if codes.keys.len() == codes.docs.len() {
            Ok(codes)
        } else {
            Err(file.damaged("codes without documents".into()))
        }
    }

    /// The documents that a text of digits means, most popular first; of a whole code just that one.
    /// `None` if the text is no barcode nor the beginning of one.
    pub(super) fn find(&self, text: &str) -> Option<Vec<u32>> {
        let digits: String = text.chars().filter(|character| !matches!(character, ' ' | '-')).collect();
        let code: Barcode = digits.parse().ok()?;
        let key = key(code);
        let place = self.keys.partition_point(|known| *known < key);
        if self.keys.get(place) == Some(&key) && digits.len() >= WHOLE_DIGITS_MIN {
            return self.docs.get(place).map(|doc| vec![*doc]);
        }
        let significant = digits.trim_start_matches('0');
        (significant.len() >= DIGITS_MIN).then(|| self.beginning_with(key, significant.len() as u32))
    }

    fn beginning_with(&self, first_digits: u64, count: u32) -> Vec<u32> {
        let mut found = Vec::new();
        for length in LENGTHS.into_iter().filter(|length| *length > count) {
            let scale = 10u64.pow(length - count);
            let range = first_digits * scale..(first_digits + 1) * scale;
            let start = self.keys.partition_point(|key| *key < range.start);
            let end = self.keys.partition_point(|key| *key < range.end);
            found.extend(self.docs[start..end].iter().take(PREFIX_MAX));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
