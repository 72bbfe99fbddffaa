//! What a food contains: a value, a bar, and what the value means in words.

use crate::food::nutrition::{Amount, Basis, Nutrient, Nutrition};

use super::super::language::{Language, Speaker};

/// Kilojoules in a kilocalorie (Regulation (EU) 1169/2011, annex XIV uses the rounded factors behind it).
const KJ_PER_KCAL: f64 = 4.184;
/// Where *high* begins on a bar of 100: what lies beyond still shows.
const HIGH_AT: f64 = 60.0;
/// The whole bar.
const WHOLE: f64 = 100.0;

/// How much of it there is, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
}

impl Level {
    /// The bounds of low and high, g per 100 g of food or 100 ml of a drink (United Kingdom, Department of Health,
    /// "Guide to creating a front of pack nutrition label", 2016, table 2).
    fn bounds(nutrient: Nutrient, drink: bool) -> Option<(f64, f64)> {
        Some(match (nutrient, drink) {
            (Nutrient::Fat, false) => (3.0, 17.5),
            (Nutrient::Fat, true) => (1.5, 8.75),
            (Nutrient::SaturatedFat, false) => (1.5, 5.0),
            (Nutrient::SaturatedFat, true) => (0.75, 2.5),
            (Nutrient::Sugars, false) => (5.0, 22.5),
            (Nutrient::Sugars, true) => (2.5, 11.25),
            (Nutrient::Salt, false) => (0.3, 1.5),
            (Nutrient::Salt, true) => (0.3, 0.75),
            _ => return None,
        })
    }

    /// The level of an amount; none for what is neither to be limited nor to be sought by a bound.
    pub fn of(nutrient: Nutrient, value: f64, drink: bool) -> Option<Self> {
        let (low, high) = Self::bounds(nutrient, drink)?;
        Some(match value {
            value if value <= low => Self::Low,
            value if value > high => Self::High,
            _ => Self::Medium,
        })
    }

    /// Its class in the style.
    pub fn class(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Low => "level-low",
            Self::Medium => "level-medium",
            Self::High => "level-high",
        }
    }
}

/// What an adult needs in a day: kJ for energy, g for the rest (Regulation (EU) 1169/2011, annex XIII, part B).
fn reference_intake(nutrient: Nutrient) -> Option<f64> {
    Some(match nutrient {
        Nutrient::Energy => 8400.0,
        Nutrient::Fat => 70.0,
        Nutrient::SaturatedFat => 20.0,
        Nutrient::Carbohydrates => 260.0,
        Nutrient::Sugars => 90.0,
        Nutrient::Proteins => 50.0,
        Nutrient::Salt => 6.0,
        Nutrient::Fiber => return None,
    })
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which nutrient.
    pub name: String,
    /// Whether it is a part of the row above.
    pub part: bool,
    /// How much, with its unit.
    pub value: String,
    /// Length of the bar, 0 to 100.
    pub width: String,
    /// Class of the bar: `low`, `medium`, `high` or `plain`.
    pub class: &'static str,
    /// "high", in words.
    pub level: Option<String>,
    /// "12 % of a day's reference intake".
    pub share: Option<String>,
    /// Whether somebody computed it.
    pub estimated: bool,
}

/// The rows of what is known, in the order of a label.
pub fn rows(nutrition: &Nutrition, drink: bool, speaker: Speaker<'_>) -> Vec<Row> {
    Nutrient::ALL
        .into_iter()
        .filter_map(|nutrient| Some(row(nutrient, nutrition.amount(nutrient)?, drink, speaker)))
        .collect()
}

fn row(nutrient: Nutrient, amount: Amount, drink: bool, speaker: Speaker<'_>) -> Row {
    let level = Level::of(nutrient, amount.value, drink);
    let share = reference_intake(nutrient).map(|intake| amount.value / intake * WHOLE);
    Row {
        name: speaker.say(message(nutrient)).into_owned(),
        part: matches!(nutrient, Nutrient::SaturatedFat | Nutrient::Sugars),
        value: written(nutrient, amount.value, speaker.language),
        width: format!("{:.1}", width(nutrient, amount.value, drink)),
        class: level.map_or("plain", Level::class),
        level: level.map(|level| speaker.say(level.message()).into_owned()),
        share: share
            .map(|share| speaker.say_with("nutrient-share", &[("percent", speaker.language.percent(share).into())])),
        estimated: amount.estimated,
    }
}

/// How long the bar of an amount is, 0 to 100: against the bound of *high*, else against a day's reference intake.
pub fn width(nutrient: Nutrient, value: f64, drink: bool) -> f64 {
    let full = match Level::bounds(nutrient, drink) {
        Some((_, high)) => high / HIGH_AT * WHOLE,
        None => reference_intake(nutrient).unwrap_or(FIBER_FULL_G),
    };
    (value / full * WHOLE).clamp(0.0, WHOLE)
}

/// Bran has about 25 g; nearly everything else has less.
const FIBER_FULL_G: f64 = 25.0;

/// The name of a nutrient as a message.
pub fn message(nutrient: Nutrient) -> &'static str {
    match nutrient {
        Nutrient::Energy => "nutrient-energy",
        Nutrient::Fat => "nutrient-fat",
        Nutrient::SaturatedFat => "nutrient-saturated-fat",
        Nutrient::Carbohydrates => "nutrient-carbohydrates",
        Nutrient::Sugars => "nutrient-sugars",
        Nutrient::Fiber => "nutrient-fiber",
        Nutrient::Proteins => "nutrient-proteins",
        Nutrient::Salt => "nutrient-salt",
    }
}

/// A value with its unit: energy in both units, masses in grams.
pub fn written(nutrient: Nutrient, value: f64, language: Language) -> String {
    if nutrient == Nutrient::Energy {
        let (kj, kcal) = (language.count(whole(value)), language.count(whole(value / KJ_PER_KCAL)));
        return format!("{kcal}\u{a0}kcal ({kj}\u{a0}kJ)");
    }
    format!("{}\u{a0}g", language.decimal(value))
}

/// A value in a narrow place: energy in kilocalories only.
pub fn written_short(nutrient: Nutrient, value: f64, language: Language) -> String {
    match nutrient {
        Nutrient::Energy => format!("{}\u{a0}kcal", language.count(whole(value / KJ_PER_KCAL))),
        _ => written(nutrient, value, language),
    }
}

fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

/// "per 100 g" or "per 100 ml".
pub fn basis(basis: Basis, speaker: Speaker<'_>) -> String {
    let message = match basis {
        Basis::Per100g => "nutrient-per-100g",
        Basis::Per100ml => "nutrient-per-100ml",
    };
    speaker.say(message).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_their_bounds_and_drinks_have_half() {
        for (nutrient, value, drink, level) in [
            (Nutrient::Sugars, 5.0, false, Some(Level::Low)),
            (Nutrient::Sugars, 5.1, false, Some(Level::Medium)),
            (Nutrient::Sugars, 22.6, false, Some(Level::High)),
            (Nutrient::Sugars, 11.3, true, Some(Level::High)),
            (Nutrient::Salt, 0.3, false, Some(Level::Low)),
            (Nutrient::Fiber, 30.0, false, None),
        ] {
            assert_eq!(Level::of(nutrient, value, drink), level, "{nutrient:?} {value}");
        }
    }

    #[test]
    fn a_bar_never_leaves_its_track() {
        for nutrient in Nutrient::ALL {
            for value in [-1.0, 0.0, 0.01, 3.0, 100.0, 3700.0] {
                assert!((0.0..=100.0).contains(&width(nutrient, value, false)), "{nutrient:?} {value}");
            }
        }
    }
}
