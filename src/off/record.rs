//! One record of the JSON dump or of a delta: one line, one product or the reason why not.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::assembly::assemble;
use super::nutriments;
use super::wanted::Wanted;
use crate::food::product::Product;

/// Why a line gives no product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rejection {
    /// The line is not one whole JSON object.
    NotJson,
    /// The row has not as many cells as the header.
    WrongColumns,
    /// The row is not UTF-8.
    NotUtf8,
    /// The line is longer than any record can be.
    TooLong,
    /// There is no barcode.
    NoCode,
    /// The barcode is not made of at most 24 digits.
    BadCode,
    /// There is no name in any language, nor a general description.
    NoName,
    /// A cosmetic, a pet food or another thing.
    NotFood,
}

impl Rejection {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotJson,
        Self::WrongColumns,
        Self::NotUtf8,
        Self::TooLong,
        Self::NoCode,
        Self::BadCode,
        Self::NoName,
        Self::NotFood,
    ];

    /// A stable name for reports: `no-name`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::WrongColumns => "wrong-columns",
            Self::NotUtf8 => "not-utf8",
            Self::TooLong => "too-long",
            Self::NoCode => "no-code",
            Self::BadCode => "bad-code",
            Self::NoName => "no-name",
            Self::NotFood => "not-food",
        }
    }
}

impl std::error::Error for Rejection {}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotJson => "the line is not one whole JSON object",
            Self::WrongColumns => "the row has not as many cells as the header has columns",
            Self::NotUtf8 => "the row is not UTF-8 text",
            Self::TooLong => "the line is longer than any record can be",
            Self::NoCode => "the record has no barcode",
            Self::BadCode => "the barcode is not made of at most 24 digits",
            Self::NoName => "the record has no name in any language",
            Self::NotFood => "the record is about a cosmetic, pet food or other goods",
        })
    }
}

/// Reads one line of a dump, in any of the shapes that live in one.
///
/// A field of the wrong type counts as absent: only what makes a product useless rejects it.
pub fn parse(line: &[u8]) -> Result<Product, Rejection> {
    let wanted = Wanted::of_line(line).map_err(|_| Rejection::NotJson)?;
    assemble(&wanted, nutriments::of_record(&wanted))
}

#[cfg(test)]
mod tests;
