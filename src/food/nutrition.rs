//! What a food contains, per 100 g or 100 ml.

use serde::{Deserialize, Serialize};

mod level;
mod plausibility;

pub use level::{Consumed, Level, level};
pub use plausibility::implausibility;

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

/// Why a number is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AmountError {
    /// Not a number, or infinite.
    #[error("an amount is a finite number")]
    NotFinite,
    /// Below zero.
    #[error("an amount is not negative")]
    Negative,
    /// So large that it is a slip of the keyboard, not a measurement.
    #[error("an amount in 100 g is not that large")]
    Absurd,
}

/// Ten times more than there is in 100 g: what is above has another unit, or is a joke. What is between is
/// kept, and marked as implausible.
const GRAMS_MAX: f64 = 1_000.0;

/// Pure fat has 3,700 kJ in 100 g; what is above ten times that is no energy.
const KILOJOULES_MAX: f64 = 37_000.0;

/// Energy of a kilocalorie, kJ (the thermochemical calorie).
pub const KJ_PER_KCAL: f64 = 4.184;

/// Salt of a gram of sodium, g (Regulation (EU) 1169/2011, annex I).
pub const SALT_PER_SODIUM: f64 = 2.5;

/// Kilocalories as kilojoules, in whole kilojoules as a label says them.
pub fn kj_from_kcal(kcal: f64) -> f64 {
    (kcal * KJ_PER_KCAL).round()
}

/// Kilojoules as kilocalories, unrounded.
pub fn kcal_from_kj(kj: f64) -> f64 {
    kj / KJ_PER_KCAL
}

/// The salt of a record that gives both salt and sodium, in grams.
///
/// Open Food Facts derives one from the other and rounds it: where they agree to rounding, sodium is
/// the more exact; where they contradict each other, salt is what the label says in Europe.
pub fn salt_of_both(salt_g: f64, sodium_g: f64) -> f64 {
    /// Salt is shown to a hundredth of a gram, or to three digits.
    const ROUNDING_G: f64 = 0.005;
    const ROUNDING: f64 = 0.005;
    let exact = salt_from_sodium(sodium_g);
    if (exact - salt_g).abs() <= ROUNDING_G.max(salt_g * ROUNDING) { exact } else { salt_g }
}

/// Sodium as salt, both in grams.
pub fn salt_from_sodium(sodium_g: f64) -> f64 {
    sodium_g * SALT_PER_SODIUM
}

impl Amount {
    /// A value from a record, if it can be one of the nutrient.
    pub fn parsed(nutrient: Nutrient, value: f64, estimated: bool) -> Result<Self, AmountError> {
        let max = if nutrient == Nutrient::Energy { KILOJOULES_MAX } else { GRAMS_MAX };
        if !value.is_finite() {
            Err(AmountError::NotFinite)
        } else if value < 0.0 {
            Err(AmountError::Negative)
        } else if value > max {
            Err(AmountError::Absurd)
        } else {
            Ok(Self { value, estimated })
        }
    }

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
    /// Energy in kcal, where the record states that too; [`kcal`](Self::kcal) is the one to show.
    pub energy_kcal: Option<Amount>,
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
    /// Sets the amount of one nutrient.
    pub fn set(&mut self, nutrient: Nutrient, amount: Option<Amount>) {
        let field = match nutrient {
            Nutrient::Energy => &mut self.energy_kj,
            Nutrient::Fat => &mut self.fat_g,
            Nutrient::SaturatedFat => &mut self.saturated_fat_g,
            Nutrient::Carbohydrates => &mut self.carbohydrates_g,
            Nutrient::Sugars => &mut self.sugars_g,
            Nutrient::Fiber => &mut self.fiber_g,
            Nutrient::Proteins => &mut self.proteins_g,
            Nutrient::Salt => &mut self.salt_g,
        };
        *field = amount;
    }

    /// The same with one amount from the label.
    #[must_use]
    pub fn with(mut self, nutrient: Nutrient, value: f64) -> Self {
        self.set(nutrient, Some(Amount::labelled(value)));
        self
    }

    /// The energy in kcal: as stated, for a label rounds both units by itself (539 kcal beside 2 252 kJ, which are
    /// 538.2); computed from the kJ where it is not stated, or where only the kJ come from the label.
    pub fn kcal(&self) -> Option<f64> {
        let stated = self.energy_kcal.filter(|kcal| !kcal.estimated || self.energy_kj.is_none_or(|kj| kj.estimated));
        stated.map(|kcal| kcal.value).or_else(|| self.energy_kj.map(|kj| kcal_from_kj(kj.value)))
    }

    /// The amount of one nutrient without its mark, if known.
    pub fn value(&self, nutrient: Nutrient) -> Option<f64> {
        self.amount(nutrient).map(|amount| amount.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_an_amount_is_one() {
        for (nutrient, value, expected) in [
            (Nutrient::Sugars, 12.5, Ok(12.5)),
            (Nutrient::Sugars, 0.0, Ok(0.0)),
            (Nutrient::Sugars, 170.0, Ok(170.0)),
            (Nutrient::Sugars, 1_000.1, Err(AmountError::Absurd)),
            (Nutrient::Sugars, -0.1, Err(AmountError::Negative)),
            (Nutrient::Sugars, f64::NAN, Err(AmountError::NotFinite)),
            (Nutrient::Sugars, f64::INFINITY, Err(AmountError::NotFinite)),
            (Nutrient::Energy, 3_700.0, Ok(3_700.0)),
            (Nutrient::Energy, 37_001.0, Err(AmountError::Absurd)),
        ] {
            let parsed = Amount::parsed(nutrient, value, true);

            assert_eq!(parsed, expected.map(Amount::estimated), "{nutrient:?} {value}");
        }
    }

    #[test]
    fn units_become_those_of_the_label() {
        for (found, expected) in
            [(kj_from_kcal(100.0), 418.0), (kj_from_kcal(857.0), 3_586.0), (salt_from_sodium(0.4), 1.0)]
        {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn salt_is_taken_from_sodium_only_where_the_two_agree() {
        for (salt_g, sodium_g, expected) in
            [(0.37, 0.147, 0.3675), (26.7, 10.7, 26.75), (1.664_715, 0.917_121, 1.664_715), (1.0, 0.0, 1.0)]
        {
            assert!((salt_of_both(salt_g, sodium_g) - expected).abs() < 1e-9, "{salt_g} g, {sodium_g} g");
        }
    }

    #[test]
    fn the_kilocalories_of_the_label_are_shown_as_stated_and_computed_only_without_them() {
        let of = |energy_kj, energy_kcal| Nutrition { energy_kj, energy_kcal, ..Nutrition::default() };
        let (label, estimate) = (|value| Some(Amount::labelled(value)), |value| Some(Amount::estimated(value)));
        for (nutrition, kcal) in [
            (of(label(2_252.0), label(539.0)), Some(539.0)),
            (of(label(418.4), None), Some(100.0)),
            (of(label(418.4), estimate(120.0)), Some(100.0)),
            (of(estimate(418.4), estimate(120.0)), Some(120.0)),
            (of(estimate(418.4), label(120.0)), Some(120.0)),
            (of(None, None), None),
        ] {
            assert_eq!(nutrition.kcal().map(f64::round), kcal, "{nutrition:?}");
        }
    }

    #[test]
    fn every_nutrient_that_is_set_is_read_back() {
        for nutrient in Nutrient::ALL {
            let nutrition = Nutrition::default().with(nutrient, 4.2);

            assert_eq!(nutrition.amount(nutrient), Some(Amount::labelled(4.2)));
            let known = Nutrient::ALL.into_iter().filter(|nutrient| nutrition.value(*nutrient).is_some());
            assert_eq!(known.count(), 1);
        }
    }
}
