//! The lines of the sum that makes a score.

use serde::{Deserialize, Serialize};

/// What a component counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentId {
    /// Energy.
    Energy,
    /// Energy from saturated fat (fats, oils, nuts and seeds).
    EnergyFromSaturatedFat,
    /// Sugars.
    Sugars,
    /// Saturated fat.
    SaturatedFat,
    /// Saturated fat in all fat (fats, oils, nuts and seeds).
    SaturatedFatRatio,
    /// Salt.
    Salt,
    /// Non-nutritive sweeteners (beverages).
    NonNutritiveSweeteners,
    /// Protein.
    Proteins,
    /// Fibre.
    Fiber,
    /// Fruit, vegetables and legumes.
    FruitsVegetablesLegumes,
}

impl ComponentId {
    /// Its name in the programming interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::EnergyFromSaturatedFat => "energy_from_saturated_fat",
            Self::Sugars => "sugars",
            Self::SaturatedFat => "saturated_fat",
            Self::SaturatedFatRatio => "saturated_fat_ratio",
            Self::Salt => "salt",
            Self::NonNutritiveSweeteners => "non_nutritive_sweeteners",
            Self::Proteins => "proteins",
            Self::Fiber => "fiber",
            Self::FruitsVegetablesLegumes => "fruits_vegetables_legumes",
        }
    }

    /// Whether its points worsen or improve the score.
    pub fn kind(self) -> Kind {
        match self {
            Self::Proteins | Self::Fiber | Self::FruitsVegetablesLegumes => Kind::Positive,
            _ => Kind::Negative,
        }
    }

    /// What its value is counted in; sweeteners are there or not.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Energy | Self::EnergyFromSaturatedFat => "kJ",
            Self::SaturatedFatRatio | Self::FruitsVegetablesLegumes => "%",
            Self::NonNutritiveSweeteners => "",
            _ => "g",
        }
    }
}

/// Which way the points of a component count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// They worsen the score.
    Negative,
    /// They improve it.
    Positive,
}

/// One line of the sum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// What it counts.
    pub id: ComponentId,
    /// The value looked at, in [`ComponentId::unit`] per 100 g or 100 ml; sweeteners are 0 or 1.
    pub value: Option<f64>,
    /// Points gained.
    pub points: u8,
    /// Points that can be gained.
    pub points_max: u8,
}
