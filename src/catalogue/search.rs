//! Finds products by name, brand, category and barcode, forgiving typos.

use crate::food::category::CategoryId;
use crate::food::country::Country;
use crate::food::nutri_score::Grade;
use crate::food::product::Lang;

use super::snapshot::Doc;

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
}
