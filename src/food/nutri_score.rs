//! The Nutri-Score, 2023 version.

use serde::{Deserialize, Serialize};

mod assessment;
mod component;
mod family;
mod hint;
mod points;
mod thresholds;

pub use assessment::{Assessment, Missing, Reported, assess, resolve};
pub use component::{Component, ComponentId, Kind};
pub use family::{Family, family_of, not_applicable};
pub use hint::{Hint, next_grade_hint};
pub use points::{Inputs, ProteinRule, Scored, components};

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

impl Grade {
    /// All of them, the best first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// Reads one letter in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "a" | "A" => Self::A,
            "b" | "B" => Self::B,
            "c" | "C" => Self::C,
            "d" | "D" => Self::D,
            "e" | "E" => Self::E,
            _ => return None,
        })
    }

    /// The letter, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
        }
    }
}

/// Which rule gave a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// The rule of 2017 to 2023 (named 2021 by Open Food Facts).
    V2021,
    /// The rule in force.
    V2023,
    /// Not said by the record, and not told by the letter: see [`resolve`].
    Unstated,
}

/// Who gave a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Open Food Facts.
    Off,
    /// This program, from the nutrients of the label.
    Computed,
    /// This program, from nutrients of which at least one is an estimate: the true letter may be another.
    Estimated,
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

impl NutriScore {
    /// The letter, if there is one.
    pub fn grade(self) -> Option<Grade> {
        match self {
            Self::Graded { grade, .. } => Some(grade),
            Self::NotApplicable | Self::Unknown => None,
        }
    }

    /// Whether the letter was computed from nutrients of which some are estimates.
    pub fn is_estimated(self) -> bool {
        matches!(self, Self::Graded { source: Source::Estimated, .. })
    }

    /// The points, if known.
    pub fn score(self) -> Option<i8> {
        match self {
            Self::Graded { score, .. } => score,
            Self::NotApplicable | Self::Unknown => None,
        }
    }
}
