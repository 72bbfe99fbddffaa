//! Finds products by name, brand, category and barcode, forgiving typos.
//!
//! Documents are numbered by popularity, so that a list read from its start gives the best known products first and
//! a search may stop early. A query goes through these steps, each in its module:
//! [`query`] cuts the text into words; [`plan`] turns words into [`patterns`](plan::Pattern) of the dictionary
//! (as written, plural, beginning, joined, split, misspelt) and into categories; [`walk`] enumerates the documents
//! that may match; [`rank`] reads what each says, refuses or scores it.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};

use fst::Map;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::food::category::{CategoryId, Taxonomy};
use crate::food::country::Country;
use crate::food::nutri_score::Grade;
use crate::food::product::Lang;

use super::facts::Facts;
use super::mapped::{MappedError, MappedFile, Section, Slice};
use super::snapshot::Doc;

mod build;
mod category_names;
mod codes;
mod forward;
mod plan;
mod postings;
mod prefixes;
mod query;
mod rank;
mod typo;
mod vocabulary;
mod walk;

pub use build::IndexBuilder;

use category_names::CategoryNames;
use codes::Codes;
use forward::{Document, Head};
use plan::Plan;
use postings::Cursor;
use prefixes::PrefixTops;
use query::Query;
use rank::Ranking;
use typo::TypoAutomata;
use walk::Found;

/// With fewer results than fit the first page, misspelt words are looked for too.
const ENOUGH: u32 = 10;
/// A word in at most so many products may itself be a misspelling of a more usual one.
const SUSPICIOUS: u32 = 64;
/// Words that are left out in turn when nothing matches all of them.
const RELAXED_MAX: usize = 4;

/// What a person looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// As typed.
    pub text: String,
    /// Names in this language are preferred.
    pub lang: Lang,
    /// Products sold there come first.
    pub prefer_country: Option<Country>,
    /// Only products known to be sold there.
    pub country: Option<Country>,
    /// Only these grades; all if empty.
    pub grades: Vec<Grade>,
    /// Only this category and those below it.
    pub category: Option<CategoryId>,
    /// Results to skip.
    pub offset: usize,
    /// Results to return.
    pub limit: usize,
}

impl SearchRequest {
    /// The first `limit` products that a text finds, whatever they are.
    pub fn of(text: impl Into<String>, lang: Lang, limit: usize) -> Self {
        Self {
            text: text.into(),
            lang,
            prefer_country: None,
            country: None,
            grades: Vec::new(),
            category: None,
            offset: 0,
            limit,
        }
    }
}

/// How many products match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exact(u32),
    /// So many were seen before the search stopped.
    AtLeast(u32),
}

/// What was found, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchResults {
    /// The page that was asked for.
    pub docs: Vec<Doc>,
    /// How many there are in all.
    pub count: Count,
    /// A word that no result needs to have, because nothing has all words of the query.
    pub left_out: Option<String>,
}

/// Why an index cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file or its folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The snapshot file cannot be written.
    #[error(transparent)]
    Snapshot(#[from] MappedError),
    /// The dictionary cannot be written.
    #[error("search dictionary: {0}")]
    Dictionary(#[from] fst::Error),
    /// Documents are numbered from 0 without gaps.
    #[error("document {found} was added where {expected} is next")]
    OutOfOrder {
        /// The number that is next.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// More distinct words than the layout can number (2^28).
    #[error("the products have more distinct words than the index can hold")]
    TooManyWords,
}

impl SearchError {
    fn io(path: &Path, cause: io::Error) -> Self {
        Self::Io { path: path.to_owned(), cause }
    }
}

/// Names of the sections in a snapshot file.
mod section {
    pub(super) const TERMS: &str = "search.terms";
    pub(super) const DICTIONARY: &str = "search.dictionary";
    pub(super) const POSTINGS: &str = "search.postings";
    pub(super) const FORWARD: &str = "search.forward";
    pub(super) const FORWARD_ENDS: &str = "search.forward-ends";
    pub(super) const PREFIXES: &str = "search.prefixes";
    pub(super) const PREFIX_ENDS: &str = "search.prefix-ends";
    pub(super) const PREFIX_TOP: &str = "search.prefix-top";
    pub(super) const CATEGORY_WORDS: &str = "search.cat-words";
    pub(super) const CATEGORY_LISTS: &str = "search.cat-lists";
    pub(super) const CATEGORY_LIST_ENDS: &str = "search.cat-list-ends";
    pub(super) const CATEGORY_NAMES: &str = "search.cat-names";
    pub(super) const CATEGORY_NAME_ENDS: &str = "search.cat-name-ends";
    pub(super) const CODES: &str = "search.codes";
    pub(super) const CODE_DOCS: &str = "search.code-docs";
}

/// Where the posting list of a word or category is, and how long.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct DictionaryEntry {
    /// Place of the list in the postings, or, of a list of one, the document: low and high half.
    place: [u32; 2],
    /// Documents in the list.
    count: u32,
}

impl DictionaryEntry {
    fn new(place: u64, count: u32) -> Self {
        Self { place: [place as u32, (place >> 32) as u32], count }
    }

    fn place(self) -> u64 {
        u64::from(self.place[1]) << 32 | u64::from(self.place[0])
    }
}

/// The index of one snapshot, read in place.
pub struct SearchIndex {
    terms: Map<Section>,
    words: u32,
    dictionary: Slice<DictionaryEntry>,
    postings: Section,
    forward: Slice<u32>,
    forward_ends: Slice<u32>,
    prefixes: PrefixTops,
    categories: CategoryNames,
    codes: Codes,
    automata: TypoAutomata,
}

impl SearchIndex {
    /// Finds the sections of the index in a snapshot file.
    ///
    /// The dictionaries are compared with their checksums at once: reading a damaged one would panic.
    pub fn open(file: &MappedFile) -> Result<Self, MappedError> {
        file.verify_section(section::TERMS)?;
        let terms = Map::new(file.bytes(section::TERMS)?).map_err(|error| file.damaged(format!("terms: {error}")))?;
        let dictionary = file.slice::<DictionaryEntry>(section::DICTIONARY)?;
        if terms.len() > dictionary.len() {
            return Err(file.damaged("the search dictionary has fewer entries than words".to_owned()));
        }
        Ok(Self {
            words: terms.len() as u32,
            terms,
            dictionary,
            postings: file.bytes(section::POSTINGS)?,
            forward: file.slice(section::FORWARD)?,
            forward_ends: file.slice(section::FORWARD_ENDS)?,
            prefixes: PrefixTops::open(file)?,
            categories: CategoryNames::open(file)?,
            codes: Codes::open(file)?,
            automata: TypoAutomata::default(),
        })
    }

    /// How many documents there are.
    pub fn len(&self) -> u32 {
        self.forward_ends.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The products that match, best first.
    ///
    /// A text of digits that is a barcode, or begins one, finds that. Else every word must match, apart from those
    /// that say nothing about a food; misspellings are looked for where little is found as written; where still
    /// nothing is found, one word is left out, and the answer says which.
    pub fn search(&self, request: &SearchRequest, taxonomy: &Taxonomy, facts: &Facts) -> SearchResults {
        let search = Search { index: self, request, facts, read: &Cell::new(0) };
        if let Some(found) = search.barcode() {
            return found.page(request, None);
        }
        let query = Query::parse(&request.text, request.lang);
        if query.words.is_empty() {
            return search.listing().page(request, None);
        }
        let mut plan = Plan::as_written(self, &query, taxonomy);
        let mut found = search.run(&plan);
        // Where a filter turned away more than a search looks at, there may be more as written.
        if found.count == 0 && !found.is_complete && search.has_filter() {
            return found.page(request, None);
        }
        for round in typo::rounds(&plan, &query, self, &found) {
            plan.add_misspellings(self, &query, taxonomy, round);
            found = search.run(&plan);
            if found.count > 0 {
                break;
            }
        }
        if found.count == 0
            && let Some((found, word)) = search.relaxed(&plan, &query, taxonomy)
        {
            return found.page(request, Some(query.words[word].clone()));
        }
        found.page(request, None)
    }

    fn entry(&self, ordinal: u32) -> DictionaryEntry {
        self.dictionary.get(ordinal as usize).copied().unwrap_or(DictionaryEntry::new(0, 0))
    }

    /// In how many products a word or category is.
    fn count(&self, ordinal: u32) -> u32 {
        self.entry(ordinal).count
    }

    fn category_entry(&self, category: CategoryId) -> u32 {
        self.words.saturating_add(category.0)
    }

    fn cursor(&self, ordinal: u32) -> Cursor<'_> {
        let entry = self.entry(ordinal);
        match entry.count {
            1 => Cursor::single(entry.place() as u32),
            count => Cursor::new(self.postings.get(entry.place() as usize..).unwrap_or(&[]), count),
        }
    }

    fn ordinal(&self, word: &str) -> Option<u32> {
        self.terms.get(word).map(|ordinal| ordinal as u32)
    }

    /// A document's head and its words.
    fn record(&self, doc: u32) -> &[u32] {
        let place = doc as usize;
        let start = place.checked_sub(1).and_then(|before| self.forward_ends.get(before)).copied().unwrap_or(0);
        let end = self.forward_ends.get(place).copied().unwrap_or(start);
        self.forward.get(start as usize..end as usize).unwrap_or(&[])
    }
}

/// One search: what all its steps need.
#[derive(Clone, Copy)]
struct Search<'a> {
    index: &'a SearchIndex,
    request: &'a SearchRequest,
    facts: &'a Facts,
    /// Documents looked at so far.
    read: &'a Cell<usize>,
}

impl Search<'_> {
    /// Whether the filters let a document pass, apart from the category, which is a list to walk.
    fn passes(&self, doc: u32) -> bool {
        let grades = &self.request.grades;
        let grade_fits = grades.is_empty() || self.facts.grade(doc).is_some_and(|grade| grades.contains(&grade));
        grade_fits && self.request.country.is_none_or(|country| self.facts.countries(doc).contains(country))
    }

    /// Whether there are filters apart from the category.
    fn has_filter(&self) -> bool {
        !self.request.grades.is_empty() || self.request.country.is_some()
    }

    fn in_category(&self, doc: u32) -> bool {
        self.request.category.is_none_or(|category| self.facts.categories(doc).contains(&category.0))
    }

    /// What some documents say.
    ///
    /// Each is somewhere else in the file, so most of the time goes by waiting for memory: the places of all are read
    /// first, then the beginnings of all, so that the processor waits for many at once.
    fn documents(&self, docs: &[u32]) -> Vec<Document<'_>> {
        let place = |doc: &u32| {
            let record = self.index.record(*doc);
            let (countries, categories) = (self.facts.country_set(*doc), self.facts.category_set(*doc));
            Document { doc: *doc, head: Head(0), tokens: record, countries, categories }
        };
        let mut documents: Vec<Document<'_>> = docs.iter().map(place).collect();
        for document in &mut documents {
            if let Some((head, tokens)) = document.tokens.split_first() {
                (document.head, document.tokens) = (Head(*head), tokens);
            }
        }
        documents
    }

    /// What a text of digits means, if anything.
    fn barcode(&self) -> Option<Found> {
        let docs = self.index.codes.find(&self.request.text)?;
        let docs: Vec<u32> = docs.into_iter().filter(|doc| self.passes(*doc) && self.in_category(*doc)).collect();
        (!docs.is_empty()).then(|| Found::in_order(docs))
    }

    /// Without any word: what the filters let pass, most popular first; nothing where there are none.
    fn listing(&self) -> Found {
        let is_filtered = self.request.category.is_some() || self.has_filter();
        if !is_filtered || !self.request.text.trim().is_empty() {
            return Found::in_order(Vec::new());
        }
        self.run(&Plan::default())
    }

    fn run(&self, plan: &Plan) -> Found {
        walk::run(self, plan, &Ranking::new(self, plan))
    }

    /// The results without one of the words, and which.
    fn relaxed(&self, plan: &Plan, query: &Query, taxonomy: &Taxonomy) -> Option<(Found, usize)> {
        plan.words_to_leave_out(self.index).into_iter().take(RELAXED_MAX).find_map(|word| {
            let found = self.run(&plan.without(word, self.index, query, taxonomy));
            (found.count > 0).then_some((found, word))
        })
    }
}
