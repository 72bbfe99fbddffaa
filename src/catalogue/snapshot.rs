//! One generation of the catalogue, mapped into memory and read in place.

use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::nutri_score::NutriScore;
use crate::food::product::{FrontImage, Lang};
use crate::food::substitution::{Answer, Wishes};

use super::search::{SearchRequest, SearchResults};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
pub struct Snapshot {}

impl Snapshot {
    /// How many products there are.
    pub fn len(&self) -> usize {
        unimplemented!()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its number: each build has one more.
    pub fn generation(&self) -> u64 {
        unimplemented!()
    }

    /// When it was built, UNIX seconds.
    pub fn built_t(&self) -> i64 {
        unimplemented!()
    }

    /// Where its products come from.
    pub fn origin(&self) -> Origin {
        unimplemented!()
    }

    /// The categories that its products use.
    pub fn taxonomy(&self) -> &Taxonomy {
        unimplemented!()
    }

    /// The product with this barcode.
    pub fn find(&self, _code: Barcode) -> Option<Doc> {
        unimplemented!()
    }

    /// What a list shows of a product.
    pub fn card(&self, _doc: Doc, _lang: Lang) -> Card {
        unimplemented!()
    }

    /// Products that match a text, best first.
    pub fn search(&self, _request: &SearchRequest) -> SearchResults {
        unimplemented!()
    }

    /// What to buy instead.
    pub fn substitutes(&self, _original: Doc, _wishes: &Wishes) -> Answer {
        unimplemented!()
    }

    /// The products of a category, healthiest first; `offset` and `limit` in products.
    pub fn category(&self, _category: CategoryId, _offset: usize, _limit: usize) -> CategoryListing {
        unimplemented!()
    }
}
