//! Allergens, traces and diets, with what is unknown kept apart from what is absent.

use serde::{Deserialize, Serialize};

/// What a record says about a question of diet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// An ingredient may or may not make it so.
    Maybe,
    /// Nobody has said; never to be shown as safe.
    #[default]
    Unknown,
}

/// Answers of the ingredients analysis (`ingredients_analysis_tags`, labels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// Without anything from animals.
    pub vegan: Verdict,
    /// Without meat or fish.
    pub vegetarian: Verdict,
    /// Without palm oil.
    pub palm_oil_free: Verdict,
}

/// A set of the fourteen allergens that must be declared in the EU
/// (Regulation (EU) 1169/2011, annex II), and a mark for any other that a record names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Allergens(pub u16);
