//! The Nutri-Score, 2023 version.

use serde::{Deserialize, Serialize};

/// The letter on the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The best.
    A,
    /// Good.
    B,
    /// Middling.
    C,
    /// Poor.
    D,
    /// The worst.
    E,
}

/// Which rule gave a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// The rule of 2017 to 2023 (named 2021 by Open Food Facts).
    V2021,
    /// The rule in force.
    V2023,
}

/// Who gave a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Open Food Facts.
    Off,
    /// This program, from the nutrients.
    Computed,
}

/// What is known of a product's Nutri-Score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum NutriScore {
    /// A grade and where it comes from.
    Graded {
        /// The letter.
        grade: Grade,
        /// The points behind it, where known.
        score: Option<i8>,
        /// The rule.
        version: Version,
        /// Who applied it.
        source: Source,
    },
    /// The rule does not grade this kind of product (honey, spices, wine …).
    NotApplicable,
    /// Something that the rule needs is not known.
    #[default]
    Unknown,
}
