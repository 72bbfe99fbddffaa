//! Countries where a product is sold.

use serde::{Deserialize, Serialize};

/// A country or territory: its place in the table of ISO 3166-1 codes, below [`COUNTRIES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Country(pub u8);

/// ISO 3166-1 has 249 codes; a set of them fits four words.
pub const COUNTRIES_MAX: usize = 256;

/// A set of countries; empty where nobody has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CountrySet(pub [u64; 4]);
