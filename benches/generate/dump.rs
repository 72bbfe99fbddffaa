//! Dumps like those of Open Food Facts, of any size, the same for the same seed.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

mod bulk;
mod random;
mod record;
mod vocabulary;

use vocabulary::{FAMILIES, LANGS, VARIANTS};

/// Records of one gzip member: some 20 MB, so that the parallel members cost no ratio.
const CHUNK_RECORDS: u64 = 2_000;
/// Chunks that wait for their turn per thread, to bound memory.
const CHUNKS_WAITING: usize = 2;

/// Which dump.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dump {
    /// How many lines; about one in a hundred is a bad one.
    pub(crate) products: u64,
    /// Another seed, another dump.
    pub(crate) seed: u64,
}

/// How many bytes a dump has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sizes {
    /// Lines and their ends.
    pub(crate) raw: u64,
    /// As written.
    pub(crate) written: u64,
}

impl Dump {
    /// Appends some of its lines.
    pub(crate) fn lines(self, numbers: std::ops::Range<u64>, out: &mut Vec<u8>) {
        let mut members = record::Members::default();
        for number in numbers {
            record::write_line(out, &mut members, self.seed, number);
            out.push(b'\n');
        }
    }

    /// Writes it, compressed or plain, with some threads; the bytes do not depend on their number.
    pub(crate) fn write(self, to: &mut impl Write, gzip: bool, threads: usize) -> io::Result<Sizes> {
        let threads = threads.max(1) as u64;
        let chunks = self.products.div_ceil(CHUNK_RECORDS);
        thread::scope(|scope| {
            let receivers: Vec<_> = (0..threads)
                .map(|thread| {
                    let (sender, receiver) = mpsc::sync_channel(CHUNKS_WAITING);
                    scope.spawn(move || {
                        for chunk in (thread..chunks).step_by(threads as usize) {
                            if sender.send(self.chunk(chunk, gzip)).is_err() {
                                break;
                            }
                        }
                    });
                    receiver
                })
                .collect();
            let mut sizes = Sizes::default();
            for chunk in 0..chunks {
                let received = receivers[(chunk % threads) as usize].recv();
                let (raw, bytes) = received.map_err(|_| io::Error::other("a writing thread has ended"))??;
                to.write_all(&bytes)?;
                sizes.raw += raw as u64;
                sizes.written += bytes.len() as u64;
            }
            Ok(sizes)
        })
    }

    fn chunk(self, chunk: u64, gzip: bool) -> io::Result<(usize, Vec<u8>)> {
        let first = chunk * CHUNK_RECORDS;
        let mut lines = Vec::with_capacity(CHUNK_RECORDS as usize * 12_000);
        self.lines(first..self.products.min(first + CHUNK_RECORDS), &mut lines);
        if !gzip {
            return Ok((lines.len(), lines));
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(lines.len() / 5), Compression::fast());
        encoder.write_all(&lines)?;
        Ok((lines.len(), encoder.finish()?))
    }
}

/// Writes the taxonomy of the dump's categories, in Open Food Facts' shape.
pub(crate) fn write_taxonomy(to: &mut impl Write) -> io::Result<()> {
    let mut entries = std::collections::BTreeMap::<String, serde_json::Value>::new();
    for family in &FAMILIES {
        for (place, tag) in family.categories.iter().enumerate() {
            let last = place + 1 == family.categories.len();
            let english = tag.trim_start_matches("en:").replace('-', " ");
            let names: serde_json::Map<_, _> = LANGS
                .iter()
                .zip(family.names)
                .filter(|(lang, _)| last && **lang != "en")
                .map(|(lang, name)| ((*lang).to_owned(), name.into()))
                .chain(std::iter::once(("en".to_owned(), english.into())))
                .collect();
            let parents: Vec<_> = place.checked_sub(1).map(|above| family.categories[above]).into_iter().collect();
            let entry =
                entries.entry((*tag).to_owned()).or_insert_with(|| serde_json::json!({"name": names, "parents": []}));
            if let Some(list) = entry["parents"].as_array_mut() {
                list.extend(parents.into_iter().map(Into::into));
                list.dedup();
            }
        }
        for (variant, words) in VARIANTS.iter().enumerate() {
            let names: serde_json::Map<_, _> = LANGS
                .iter()
                .enumerate()
                .map(|(lang, code)| ((*code).to_owned(), format!("{} {}", family.names[lang], words[lang]).into()))
                .collect();
            let parent = family.categories.last().copied().unwrap_or_default();
            entries.insert(record::category(family, variant), serde_json::json!({"name": names, "parents": [parent]}));
        }
    }
    serde_json::to_writer(to, &entries).map_err(io::Error::other)
}
