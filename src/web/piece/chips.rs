//! Filters in force: each is a link to the same page without it.

use super::super::address::Address;

/// One filter in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What it keeps to.
    pub label: String,
    /// The page without it.
    pub href: String,
}

impl Chip {
    /// A filter that `href` leaves out.
    pub fn new(label: impl Into<String>, without: &Address) -> Self {
        Self { label: label.into(), href: without.to_string() }
    }
}

/// One choice of a filter form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its value in the address.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}
