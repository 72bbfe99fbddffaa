//! Builds the index within a fixed amount of memory: words and documents go to scratch files, and the posting lists
//! are made range by range of the dictionary.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use fst::MapBuilder;
use zerocopy::IntoBytes;

use super::category_names;
use super::codes;
use super::forward::{Field, Head, ORDINALS_MAX, Token};
use super::postings;
use super::prefixes::{self, HeavyPrefixes};
use super::vocabulary::Vocabulary;
use super::{DictionaryEntry, SearchError, section};
use crate::catalogue::mapped::FileWriter;
use crate::catalogue::text::Words;
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::product::{Lang, Product};

/// Words kept of one product; a longer record is spam or a mistake.
const WORDS_MAX: usize = 96;
/// Names kept of one product besides that of its main language.
const OTHER_NAMES_MAX: usize = 8;
/// Words of a brand that are also indexed as one ("haagendazs").
const JOINED_WORDS_MAX: usize = 4;
/// Bytes of such a joined word.
const JOINED_LEN_MAX: usize = 32;
/// Postings held in memory at once: 48 MB.
const POSTINGS_PER_PASS: u64 = 12 << 20;

/// Takes products in order of their popularity and writes the sections of the index.
pub struct IndexBuilder {
    scratch: PathBuf,
    vocabulary: Vocabulary,
    categories: u32,
    category_names: category_names::Gathered,
    documents: Documents,
    codes: BufWriter<File>,
    words: Vec<(u32, u8)>,
}

impl IndexBuilder {
    /// A builder that keeps its temporary files in the folder `scratch`.
    pub fn new(scratch: &Path, taxonomy: &Taxonomy) -> Result<Self, SearchError> {
        let start = || -> io::Result<Self> {
            Ok(Self {
                scratch: scratch.to_owned(),
                vocabulary: Vocabulary::new(scratch),
                categories: taxonomy.len() as u32,
                category_names: category_names::Gathered::of(taxonomy),
                documents: Documents::create(scratch)?,
                codes: BufWriter::new(File::create(scratch.join(codes::SCRATCH))?),
                words: Vec::new(),
            })
        };
        start().map_err(|cause| SearchError::io(scratch, cause))
    }

    /// Adds the next document, numbered from 0; `categories` with all above them.
    pub fn add(&mut self, doc: u32, product: &Product, categories: &[CategoryId]) -> Result<(), SearchError> {
        if doc != self.documents.count {
            return Err(SearchError::OutOfOrder { expected: self.documents.count, found: doc });
        }
        self.add_next(product, categories).map_err(|cause| SearchError::io(&self.scratch, cause))
    }

    fn add_next(&mut self, product: &Product, categories: &[CategoryId]) -> io::Result<()> {
        self.words.clear();
        self.add_names(product)?;
        for brand in &product.brands {
            self.add_brand(brand)?;
        }
        self.add_text(Field::Quantity, &Words::of(&product.quantity))?;
        if let Some(generic) = &product.generic_name {
            self.add_text(Field::Generic, &Words::of(&generic.text))?;
        }
        self.codes.write_all(&codes::key(product.code).to_le_bytes())?;
        self.documents.write(Head::new(product.lang, product.completeness), &self.words, categories)
    }

    /// Each distinct name once.
    fn add_names(&mut self, product: &Product) -> io::Result<()> {
        let mut kept: Vec<Words> = Vec::with_capacity(product.names.len().min(OTHER_NAMES_MAX + 1));
        for (place, name) in product.names.iter().take(OTHER_NAMES_MAX + 1).enumerate() {
            let words = Words::of(&name.text);
            if kept.contains(&words) {
                continue;
            }
            let field = match name.lang {
                _ if place == 0 => Field::Name,
                Lang::FR => Field::NameFr,
                Lang::EN => Field::NameEn,
                _ => Field::NameOther,
            };
            self.add_text(field, &words)?;
            kept.push(words);
        }
        Ok(())
    }

    fn add_brand(&mut self, brand: &str) -> io::Result<()> {
        let words = Words::of(brand);
        self.add_text(Field::Brand, &words)?;
        let can_be_joined = (2..=JOINED_WORDS_MAX).contains(&words.len()) && words.joined().len() <= JOINED_LEN_MAX;
        if can_be_joined && self.words.len() < WORDS_MAX {
            let number = self.vocabulary.number(words.joined())?;
            self.words.push((number, Field::BrandJoined.tag(true)));
        }
        Ok(())
    }

    fn add_text(&mut self, field: Field, words: &Words) -> io::Result<()> {
        let room = WORDS_MAX - self.words.len().min(WORDS_MAX);
        for (place, word) in words.iter().take(room).enumerate() {
            let number = self.vocabulary.number(word)?;
            self.words.push((number, field.tag(place == 0)));
        }
        Ok(())
    }

    /// Writes the sections of the index and removes the temporary files.
    pub fn finish(self, writer: &mut FileWriter) -> Result<(), SearchError> {
        let Self { scratch, vocabulary, categories, category_names, documents, codes, .. } = self;
        let failed = |cause| SearchError::io(&scratch, cause);
        let count = documents.count;
        let documents = documents.close().map_err(failed)?;
        let (ordinals, words) = write_dictionary(&scratch, vocabulary, writer)?;
        let counts = write_forward(&documents, &ordinals, words, categories, writer)?;
        write_postings(&documents, &ordinals, words, &counts, writer)?;
        let heavy = HeavyPrefixes::find(&scratch.join(prefixes::TERMS), &counts).map_err(failed)?;
        let top = top_of_prefixes(&documents, &ordinals, &heavy, words).map_err(failed)?;
        heavy.write(&top, writer)?;
        drop((ordinals, counts));
        category_names.write(writer)?;
        codes.into_inner().map_err(|error| failed(error.into_error()))?;
        codes::write(&scratch, count, writer)?;
        for name in [DOCUMENTS, prefixes::TERMS, codes::SCRATCH] {
            std::fs::remove_file(scratch.join(name)).map_err(failed)?;
        }
        Ok(())
    }
}

/// The dictionary section; returns the ordinal of every provisional number, and how many words there are.
fn write_dictionary(
    scratch: &Path,
    vocabulary: Vocabulary,
    writer: &mut FileWriter,
) -> Result<(Vec<u32>, u32), SearchError> {
    writer.begin(section::TERMS)?;
    let mut dictionary = MapBuilder::new(&mut *writer)?;
    let failed = |cause| SearchError::io(scratch, cause);
    let mut terms = BufWriter::new(File::create(scratch.join(prefixes::TERMS)).map_err(failed)?);
    let mut ordinals = Vec::new();
    let mut words = 0u32;
    vocabulary
        .drain(|word, numbers| {
            dictionary.insert(word, u64::from(words)).map_err(io::Error::other)?;
            terms.write_all(&[word.len() as u8])?;
            terms.write_all(word)?;
            for number in numbers.iter().map(|number| *number as usize) {
                ordinals.resize(ordinals.len().max(number + 1), 0);
                ordinals[number] = words;
            }
            words += 1;
            Ok(())
        })
        .map_err(failed)?;
    dictionary.finish()?;
    terms.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((ordinals, words))
}

/// The forward section; returns in how many documents each word, and then each category, is.
fn write_forward(
    documents: &Path,
    ordinals: &[u32],
    words: u32,
    categories: u32,
    writer: &mut FileWriter,
) -> Result<Vec<u32>, SearchError> {
    let total =
        words.checked_add(categories).filter(|total| *total <= ORDINALS_MAX).ok_or(SearchError::TooManyWords)?;
    let mut counts = vec![0u32; total as usize];
    let mut ends = Vec::new();
    let mut written = 0u32;
    writer.begin(section::FORWARD)?;
    let failed = |cause| SearchError::io(documents, cause);
    let mut reader = DocumentReader::open(documents).map_err(failed)?;
    let mut record: Vec<u32> = Vec::new();
    while reader.read().map_err(failed)? {
        record.clear();
        record.push(reader.head);
        record.extend(reader.words.iter().map(|(number, tag)| Token::new(ordinals[*number as usize], *tag).0));
        writer.write_all(record.as_bytes()).map_err(failed)?;
        written += record.len() as u32;
        ends.push(written);
        for entry in reader.entries(ordinals, words) {
            counts[*entry as usize] += 1;
        }
    }
    writer.section(section::FORWARD_ENDS, ends.as_bytes())?;
    Ok(counts)
}

/// The posting lists and the table that finds them.
fn write_postings(
    documents: &Path,
    ordinals: &[u32],
    words: u32,
    counts: &[u32],
    writer: &mut FileWriter,
) -> Result<(), SearchError> {
    let failed = |cause| SearchError::io(documents, cause);
    let mut entries: Vec<DictionaryEntry> = Vec::with_capacity(counts.len());
    let mut encoded = Vec::new();
    let mut written = 0u64;
    writer.begin(section::POSTINGS)?;
    while entries.len() < counts.len() {
        let first = entries.len();
        let (lists, bounds) = gather(documents, ordinals, words, counts, first).map_err(failed)?;
        for bound in bounds.windows(2) {
            let docs = &lists[bound[0]..bound[1]];
            let place = if let [only] = docs { u64::from(*only) } else { written };
            entries.push(DictionaryEntry::new(place, docs.len() as u32));
            if docs.len() > 1 {
                encoded.clear();
                postings::encode(docs, &mut encoded);
                writer.write_all(&encoded).map_err(failed)?;
                written += encoded.len() as u64;
            }
        }
    }
    Ok(writer.section(section::DICTIONARY, entries.as_bytes())?)
}

/// The lists of as many words from `first` on as fit in memory, and where each begins.
fn gather(
    documents: &Path,
    ordinals: &[u32],
    words: u32,
    counts: &[u32],
    first: usize,
) -> io::Result<(Vec<u32>, Vec<usize>)> {
    let mut bounds = vec![0usize];
    let mut total = 0u64;
    for count in &counts[first..] {
        if bounds.len() > 1 && total + u64::from(*count) > POSTINGS_PER_PASS {
            break;
        }
        total += u64::from(*count);
        bounds.push(total as usize);
    }
    let last = first + bounds.len() - 1;
    let mut next: Vec<usize> = bounds[..bounds.len() - 1].to_vec();
    let mut lists = vec![0u32; total as usize];
    let mut reader = DocumentReader::open(documents)?;
    let mut doc = 0;
    while reader.read()? {
        for entry in reader.entries(ordinals, words).iter().map(|entry| *entry as usize) {
            if (first..last).contains(&entry) {
                lists[next[entry - first]] = doc;
                next[entry - first] += 1;
            }
        }
        doc += 1;
    }
    Ok((lists, bounds))
}

/// The most popular documents of each heavy prefix.
fn top_of_prefixes(documents: &Path, ordinals: &[u32], heavy: &HeavyPrefixes, words: u32) -> io::Result<Vec<Vec<u32>>> {
    let innermost = heavy.innermost(words);
    let mut top = vec![Vec::new(); heavy.len()];
    let mut reader = DocumentReader::open(documents)?;
    let mut doc = 0;
    while reader.read()? {
        for entry in reader.entries(ordinals, words).iter().filter(|entry| **entry < words) {
            let mut prefix = innermost[*entry as usize];
            while let Some(list) = top.get_mut(prefix as usize) {
                if list.len() < prefixes::TOP_LEN && list.last() != Some(&doc) {
                    list.push(doc);
                }
                prefix = heavy.outer(prefix);
            }
        }
        doc += 1;
    }
    Ok(top)
}

const DOCUMENTS: &str = "search-documents";

/// The documents with provisional word numbers, one after the other on disk.
struct Documents {
    path: PathBuf,
    file: BufWriter<File>,
    count: u32,
}

impl Documents {
    fn create(scratch: &Path) -> io::Result<Self> {
        let path = scratch.join(DOCUMENTS);
        let file = BufWriter::with_capacity(1 << 18, File::create(&path)?);
        Ok(Self { path, file, count: 0 })
    }

    fn write(&mut self, head: Head, words: &[(u32, u8)], categories: &[CategoryId]) -> io::Result<()> {
        self.file.write_all(&head.0.to_le_bytes())?;
        self.file.write_all(&[words.len() as u8])?;
        self.file.write_all(&(categories.len() as u16).to_le_bytes())?;
        for (number, tag) in words {
            self.file.write_all(&number.to_le_bytes())?;
            self.file.write_all(&[*tag])?;
        }
        for category in categories.iter().take(usize::from(u16::MAX)) {
            self.file.write_all(&category.0.to_le_bytes())?;
        }
        self.count += 1;
        Ok(())
    }

    fn close(self) -> io::Result<PathBuf> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(self.path)
    }
}

struct DocumentReader {
    file: BufReader<File>,
    head: u32,
    words: Vec<(u32, u8)>,
    categories: Vec<u32>,
    bytes: Vec<u8>,
    entries: Vec<u32>,
}

impl DocumentReader {
    fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::with_capacity(1 << 18, File::open(path)?);
        Ok(Self { file, head: 0, words: Vec::new(), categories: Vec::new(), bytes: Vec::new(), entries: Vec::new() })
    }

    /// Reads the next document; `false` at the end.
    fn read(&mut self) -> io::Result<bool> {
        let mut start = [0; 7];
        match self.file.read_exact(&mut start) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            other => other?,
        }
        let [a, b, c, d, words, low, high] = start;
        self.head = u32::from_le_bytes([a, b, c, d]);
        let words = usize::from(words);
        self.bytes.resize(words * 5 + usize::from(u16::from_le_bytes([low, high])) * 4, 0);
        self.file.read_exact(&mut self.bytes)?;
        let number = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        self.words.clear();
        self.words.extend(self.bytes[..words * 5].chunks_exact(5).map(|bytes| (number(bytes), bytes[4])));
        self.categories.clear();
        self.categories.extend(self.bytes[words * 5..].chunks_exact(4).map(number));
        Ok(true)
    }

    /// The dictionary entries that this document is in, each once: words, then categories.
    fn entries(&mut self, ordinals: &[u32], words: u32) -> &[u32] {
        self.entries.clear();
        self.entries.extend(self.words.iter().map(|(number, _)| ordinals[*number as usize]));
        self.entries.extend(self.categories.iter().map(|category| words + category));
        self.entries.sort_unstable();
        self.entries.dedup();
        &self.entries
    }
}
