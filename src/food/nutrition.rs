//! What a food contains, per 100 g or 100 ml.

use serde::{Deserialize, Serialize};

/// What the values of a [`Nutrition`] are counted per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Basis {
    /// Per 100 grams.
    #[default]
    Per100g,
    /// Per 100 millilitres.
    Per100ml,
}

/// One value and whether it comes from the label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// In the unit of the field that holds it.
    pub value: f64,
    /// Not from the label: estimated from the ingredients, or marked as about.
    pub estimated: bool,
}

impl Amount {
    /// A value printed on the label.
    pub fn labelled(value: f64) -> Self {
        Self { value, estimated: false }
    }

    /// A value that somebody computed.
    pub fn estimated(value: f64) -> Self {
        Self { value, estimated: true }
    }
}

/// The nutrients that this project reasons about; all masses in grams, energy in kilojoules.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Nutrition {
    /// What the values are counted per.
    pub basis: Basis,
    /// Energy, kJ.
    pub energy_kj: Option<Amount>,
    /// Fat, g.
    pub fat_g: Option<Amount>,
    /// Saturated fat, g.
    pub saturated_fat_g: Option<Amount>,
    /// Carbohydrates, g.
    pub carbohydrates_g: Option<Amount>,
    /// Sugars, g.
    pub sugars_g: Option<Amount>,
    /// Fibre, g.
    pub fiber_g: Option<Amount>,
    /// Protein, g.
    pub proteins_g: Option<Amount>,
    /// Salt, g (2.5 times sodium).
    pub salt_g: Option<Amount>,
    /// Fruit, vegetables and legumes, percent of the mass; an estimate unless the label says it.
    pub fruits_vegetables_legumes_percent: Option<Amount>,
    /// Alcohol, percent by volume.
    pub alcohol_percent: Option<f64>,
}

/// Names a field of [`Nutrition`] that has a mass or an energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nutrient {
    /// Energy, kJ.
    Energy,
    /// Fat, g.
    Fat,
    /// Saturated fat, g.
    SaturatedFat,
    /// Carbohydrates, g.
    Carbohydrates,
    /// Sugars, g.
    Sugars,
    /// Fibre, g.
    Fiber,
    /// Protein, g.
    Proteins,
    /// Salt, g.
    Salt,
}

impl Nutrient {
    /// All of them, in the order of a European nutrition label (Regulation (EU) 1169/2011, annex XV).
    pub const ALL: [Self; 8] = [
        Self::Energy,
        Self::Fat,
        Self::SaturatedFat,
        Self::Carbohydrates,
        Self::Sugars,
        Self::Fiber,
        Self::Proteins,
        Self::Salt,
    ];
}

impl Nutrition {
    /// The amount of one nutrient, if known.
    pub fn amount(&self, nutrient: Nutrient) -> Option<Amount> {
        match nutrient {
            Nutrient::Energy => self.energy_kj,
            Nutrient::Fat => self.fat_g,
            Nutrient::SaturatedFat => self.saturated_fat_g,
            Nutrient::Carbohydrates => self.carbohydrates_g,
            Nutrient::Sugars => self.sugars_g,
            Nutrient::Fiber => self.fiber_g,
            Nutrient::Proteins => self.proteins_g,
            Nutrient::Salt => self.salt_g,
        }
    }
}
