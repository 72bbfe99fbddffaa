//! From a barcode to its document and back.
//!
//! A hash table of document numbers with linear probing: one or two places of memory are looked at, where a
//! search in sorted codes would look at twenty. A barcode of up to 19 digits fits one word; the few longer
//! ones have the rest of theirs in a list of its own.

use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Slice};
use crate::food::barcode::Barcode;

const LOW: &str = "codes.low";
const HIGH: &str = "codes.high";
const TABLE: &str = "codes.table";

/// A free place in the table.
const FREE: u32 = u32::MAX;

/// The barcodes of all documents, read in place.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    low: Slice<u64>,
    /// Document and upper word, by document.
    high: Slice<[u64; 2]>,
    table: Slice<u32>,
}

impl Codes {
    pub(crate) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        Ok(Self { low: file.slice(LOW)?, high: file.slice(HIGH)?, table: file.slice(TABLE)? })
    }

    pub(crate) fn len(&self) -> usize {
        self.low.len()
    }

    /// The barcode of a document; none past the last.
    pub(crate) fn code(&self, doc: u32) -> Option<Barcode> {
        code(&self.low, &self.high, doc)
    }

    /// The document of a barcode.
    pub(crate) fn find(&self, wanted: Barcode) -> Option<u32> {
        let (low, high, table) = (&self.low[..], &self.high[..], &self.table[..]);
        probes(wanted, table.len())
            .map(|place| table[place])
            .take_while(|doc| *doc != FREE)
            .find(|doc| code(low, high, *doc) == Some(wanted))
    }
}

fn code(low: &[u64], high: &[[u64; 2]], doc: u32) -> Option<Barcode> {
    let low = *low.get(doc as usize)?;
    let high = high.binary_search_by_key(&u64::from(doc), |[doc, _]| *doc).map_or(0, |place| high[place][1]);
    Some(Barcode::from_number(u128::from(high) << 64 | u128::from(low)))
}

/// The places to look at for a code, the likeliest first, each once.
fn probes(code: Barcode, places: usize) -> impl Iterator<Item = usize> {
    let hash = xxh3_64(&code.number().to_le_bytes());
    let first = ((u128::from(hash) * places as u128) >> 64) as usize;
    (first..places).chain(0..first)
}

/// Gathers the barcodes in memory, 8 bytes a document.
#[derive(Debug, Default)]
pub(crate) struct CodesBuilder {
    low: Vec<u64>,
    high: Vec<[u64; 2]>,
}

impl CodesBuilder {
    /// Adds the next document.
    pub(crate) fn add(&mut self, code: Barcode) {
        let number = code.number();
        if number >> 64 != 0 {
            self.high.push([self.low.len() as u64, (number >> 64) as u64]);
        }
        self.low.push(number as u64);
    }

    /// The table of all documents; the barcode that occurs twice, if one does.
    fn table(&self) -> Result<Vec<u32>, Barcode> {
        // Two places in three taken: 1.5 places are looked at on average, and 4 million codes take 24 MB.
        let mut table = vec![FREE; self.low.len() * 3 / 2 + 1];
        for doc in 0..self.low.len() as u32 {
            let Some(added) = code(&self.low, &self.high, doc) else { continue };
            for place in probes(added, table.len()) {
                if table[place] == FREE {
                    table[place] = doc;
                    break;
                }
                if code(&self.low, &self.high, table[place]) == Some(added) {
                    return Err(added);
                }
            }
        }
        Ok(table)
    }

    /// Writes the sections; the inner error is a barcode that occurs twice.
    pub(crate) fn finish(self, file: &mut FileWriter) -> Result<Result<(), Barcode>, MappedError> {
        let table = match self.table() {
            Ok(table) => table,
            Err(twice) => return Ok(Err(twice)),
        };
        file.section(LOW, self.low.as_bytes())?;
        file.section(HIGH, self.high.as_bytes())?;
        file.section(TABLE, table.as_bytes())?;
        Ok(Ok(()))
    }
}
