//! A product in a list.

use crate::catalogue::snapshot::{Card, Doc, Snapshot};
use crate::food::category::CategoryId;
use crate::food::nutri_score::Grade;

use super::super::page::Visit;
use super::super::{product, substitutes};
use super::drawing;
use super::grade::Badge;

/// What a product card shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductCard {
    /// The barcode.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Brand and quantity, as far as known, with a dot between.
    pub details: String,
    /// Its most specific category, in the visitor's language.
    pub kind: String,
    /// Its badge.
    pub badge: Badge,
    /// Which drawing stands for it.
    pub drawing: &'static str,
    /// Its page.
    pub href: String,
    /// What to buy instead.
    pub substitutes_href: String,
    /// Whether there may be something better: it has a letter, and not the best one.
    pub may_be_bettered: bool,
}

impl ProductCard {
    /// The card of a document.
    pub fn of(doc: Doc, visit: &Visit<'_>) -> Self {
        Self::new(visit.snapshot.card(doc, visit.language().lang()), visit)
    }

    /// The card of a catalogue card.
    pub fn new(card: Card, visit: &Visit<'_>) -> Self {
        Self {
            href: product::address(card.code).to_string(),
            substitutes_href: substitutes::address(card.code).to_string(),
            may_be_bettered: card.nutri_score.grade().is_some_and(|grade| grade != Grade::A),
            code: card.code.to_string(),
            details: details(&card),
            kind: kind(&card.categories, &visit.snapshot, visit),
            badge: Badge::of(card.nutri_score, visit.speaker),
            drawing: drawing::of(&card.categories, visit.snapshot.taxonomy()),
            name: unbroken(&card.name),
        }
    }
}

/// Whether a list has a letter that was computed from estimates, which its sign must be explained for.
pub fn has_estimated_letter<'a>(cards: impl IntoIterator<Item = &'a ProductCard>) -> bool {
    cards.into_iter().any(|card| card.badge.is_estimated)
}

/// A name whose percentages stay on one line.
fn unbroken(name: &str) -> String {
    name.replace(" %", "\u{a0}%")
}

fn details(card: &Card) -> String {
    let parts = card.brands.iter().take(1).chain(std::iter::once(&card.quantity)).filter(|part| !part.is_empty());
    parts.map(String::as_str).collect::<Vec<_>>().join(" · ")
}

fn kind(categories: &[CategoryId], snapshot: &Snapshot, visit: &Visit<'_>) -> String {
    let taxonomy = snapshot.taxonomy();
    let name = |id| taxonomy.name(id, visit.language().lang()).to_owned();
    taxonomy.most_specific(categories).map(name).unwrap_or_default()
}
