//! One generation of the catalogue, mapped into memory and read in place.

use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Node, Taxonomy};
use crate::food::nutri_score::NutriScore;
use crate::food::product::{FrontImage, Lang};
use crate::food::substitution::{Proposals, Wishes};

use super::candidates::Candidates;
use super::evaluation::{self, Evaluation};
use super::facts::Facts;
use super::mapped::{FileWriter, MappedError, MappedFile};
use super::search::{SearchIndex, SearchRequest, SearchResults};
use cards::Cards;
use codes::Codes;
use listings::Listings;

pub(crate) mod cards;
pub(crate) mod codes;
pub(crate) mod listings;

pub use listings::LISTED_MAX;

/// Marks a file as a snapshot.
pub(crate) const KIND: [u8; 8] = *b"FSW-SNAP";
/// The layout of the sections; it changes whenever an older program could misread one, or when candidates are chosen by
/// other rules, so that an upgrade builds them again.
pub(crate) const LAYOUT: u32 = 6;

const HEADER: &str = "snapshot";
const TAXONOMY: &str = "taxonomy";

/// A product's number in one snapshot, most popular first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Doc(pub u32);

/// What a list shows of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Its barcode.
    pub code: Barcode,
    /// Its name in the wished language, else in its own.
    pub name: String,
    /// Its brands.
    pub brands: Vec<String>,
    /// Net quantity as written.
    pub quantity: String,
    /// Its categories from general to specific.
    pub categories: Vec<CategoryId>,
    /// Its Nutri-Score.
    pub nutri_score: NutriScore,
    /// NOVA group, if known.
    pub nova_group: Option<u8>,
    /// The front picture, if any.
    pub image: Option<FrontImage>,
}

/// Where a snapshot's products come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The generic foods that the program carries.
    Starter,
    /// Open Food Facts.
    OpenFoodFacts,
}

/// One page of the products of a category, healthiest first.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryListing {
    /// The documents of the page.
    pub docs: Vec<Doc>,
    /// Products in the category and below it.
    pub count: u32,
    /// How many have each grade, a to e.
    pub grades: [u32; 5],
}

/// One generation of the catalogue.
///
/// Nothing here fails once the file is open: where bytes turn out to be damaged, a lookup finds nothing and a
/// card is blank, and [`verify`](Self::verify) says so.
pub struct Snapshot {
    file: MappedFile,
    header: Header,
    taxonomy: Taxonomy,
    codes: Codes,
    cards: Cards,
    facts: Facts,
    listings: Listings,
    search: SearchIndex,
    candidates: Candidates,
}

/// What is known of a snapshot as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) generation: u64,
    pub(crate) origin: Origin,
    pub(crate) built_t: i64,
    pub(crate) count: u32,
}

pub(crate) fn write_header(header: &Header, file: &mut FileWriter) -> Result<(), MappedError> {
    file.section(HEADER, &postcard::to_stdvec(header).expect("a few numbers always have an encoding"))
}

pub(crate) fn write_taxonomy(nodes: &[Node], file: &mut FileWriter) -> Result<(), MappedError> {
    file.section(TAXONOMY, &postcard::to_stdvec(nodes).expect("texts and lists always have an encoding"))
}

impl Snapshot {
    /// Maps a snapshot file, and checks that its parts are there and fit each other.
    ///
    /// Reads the header, the table of sections and the taxonomy; the rest is read when it is asked for.
    pub fn open(path: &Path) -> Result<Self, MappedError> {
        let file = MappedFile::open(path, KIND, LAYOUT)?;
        let snapshot = Self {
            header: decode(&file, HEADER)?,
            taxonomy: decode(&file, TAXONOMY)?,
            codes: Codes::open(&file)?,
            cards: Cards::open(&file)?,
            facts: Facts::open(&file)?,
            listings: Listings::open(&file)?,
            search: SearchIndex::open(&file)?,
            candidates: Candidates::open(&file)?,
            file,
        };
        if snapshot.lens().iter().any(|len| *len != snapshot.len()) {
            return Err(snapshot.file.damaged("the sections are not of one length".to_owned()));
        }
        Ok(snapshot)
    }

    /// How many documents each part knows.
    fn lens(&self) -> [usize; 5] {
        let Self { codes, cards, facts, search, candidates, .. } = self;
        [codes.len(), cards.len(), facts.len(), search.len() as usize, candidates.profiles().len()]
    }

    /// Compares everything with its checksums: reads the whole file, so it belongs in the background.
    pub fn verify(&self) -> Result<(), MappedError> {
        self.file.verify()
    }

    /// How many products there are.
    pub fn len(&self) -> usize {
        self.header.count as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its number: each build has one more.
    pub fn generation(&self) -> u64 {
        self.header.generation
    }

    /// When it was built, UNIX seconds.
    pub fn built_t(&self) -> i64 {
        self.header.built_t
    }

    /// Where its products come from.
    pub fn origin(&self) -> Origin {
        self.header.origin
    }

    /// Its size on disk, bytes.
    pub fn file_len(&self) -> u64 {
        self.file.len()
    }

    /// The categories that its products use.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// What filters ask of every document.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The product with this barcode.
    pub fn find(&self, code: Barcode) -> Option<Doc> {
        self.codes.find(code).map(Doc)
    }

    /// The barcode of a product; none past the last.
    pub fn code(&self, doc: Doc) -> Option<Barcode> {
        self.codes.code(doc.0)
    }

    /// What a list shows of a product.
    pub fn card(&self, doc: Doc, lang: Lang) -> Card {
        let stored = self.cards.get(doc.0).unwrap_or_default();
        Card {
            code: self.code(doc).unwrap_or(Barcode::from_number(0)),
            name: stored.name(lang).to_owned(),
            brands: stored.brands.into_iter().map(str::to_owned).collect(),
            quantity: stored.quantity.to_owned(),
            categories: self.facts.categories(doc.0).iter().copied().map(CategoryId).collect(),
            nutri_score: stored.nutri_score,
            nova_group: stored.nova_group,
            image: stored.image,
        }
    }

    /// Products that match a text, best first.
    pub fn search(&self, request: &SearchRequest) -> SearchResults {
        self.search.search(request, &self.taxonomy, &self.facts)
    }

    /// What to buy instead.
    pub fn substitutes(&self, original: Doc, wishes: &Wishes) -> Proposals {
        self.candidates.substitutes(original.0, wishes)
    }

    /// Judges the answers for at most `products_max` products that are asked about.
    pub fn evaluate(&self, products_max: usize) -> Evaluation {
        evaluation::evaluate(&self.candidates, products_max)
    }

    /// The products of a category, healthiest first; `offset` and `limit` in products.
    ///
    /// At most [`LISTED_MAX`] of them are listed; the counts are of all.
    pub fn category(&self, category: CategoryId, offset: usize, limit: usize) -> CategoryListing {
        let counts = self.listings.counts(category);
        let [grades @ .., _] = counts;
        let docs = self.listings.docs(category).iter().skip(offset).take(limit).map(|doc| Doc(*doc)).collect();
        CategoryListing { docs, count: counts.into_iter().fold(0, u32::saturating_add), grades }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.header.fmt(formatter)
    }
}

fn decode<T: DeserializeOwned>(file: &MappedFile, section: &str) -> Result<T, MappedError> {
    postcard::from_bytes(&file.bytes(section)?).map_err(|cause| file.damaged(format!("section `{section}`: {cause}")))
}
