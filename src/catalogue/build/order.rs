//! The order of the documents: what most people look for comes first.

use std::cmp::Reverse;

use crate::food::barcode::Barcode;
use crate::food::product::Product;

/// A product's place among the others: popularity, then completeness, then code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    popularity: Reverse<u32>,
    completeness: Reverse<u8>,
    code: Barcode,
}

impl Rank {
    pub(crate) fn of(product: &Product) -> Self {
        Self {
            popularity: Reverse(product.popularity),
            completeness: Reverse(product.completeness),
            code: product.code,
        }
    }
}
