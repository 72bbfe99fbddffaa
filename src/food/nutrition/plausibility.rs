//! Whether the values of a nutrition table can be true together.

use super::{KJ_PER_KCAL, Nutrient, Nutrition};
use crate::food::product::Implausibility;

/// The parts of 100 g may weigh more by rounding on the label, not by more than this.
const SUM_MAX_G: f64 = 105.0;

/// Labels round to 0.5 g at worst (European Commission guidance on tolerances, December 2012, table 4);
/// twice that, since part and whole are rounded each.
const ROUNDING_G: f64 = 1.0;

/// Energy of each gram, kJ (Regulation (EU) 1169/2011, annex XIV).
const ENERGY_FACTORS: [(Nutrient, f64); 4] =
    [(Nutrient::Fat, 37.0), (Nutrient::Carbohydrates, 17.0), (Nutrient::Proteins, 17.0), (Nutrient::Fiber, 8.0)];

/// Energy of a gram of alcohol, kJ (annex XIV).
const ALCOHOL_KJ_PER_G: f64 = 29.0;

/// Density of alcohol, g per ml.
const ALCOHOL_DENSITY: f64 = 0.789;

/// How far the energy may be from what the nutrients give: polyols and organic acids have factors of their
/// own, some countries count fibre among the carbohydrates, and labels round.
const ENERGY_TOLERANCE: f64 = 0.30;

/// Below this difference rounding alone can explain it: half a gram of fat, two of carbohydrates.
const ENERGY_FLOOR_KJ: f64 = 120.0;

/// How far the two units of energy may differ.
const UNITS_TOLERANCE: f64 = 0.05;

/// Below this difference the rounding of either can explain it, 10 kcal being the coarsest in use.
const UNITS_FLOOR_KJ: f64 = 42.0;

/// Why the values cannot all be true, if so. `energy_kcal` is what the record says in the other unit.
pub fn implausibility(nutrition: &Nutrition, energy_kcal: Option<f64>) -> Option<Implausibility> {
    if part_exceeds_whole(nutrition) {
        Some(Implausibility::PartExceedsWhole)
    } else if nutrient_sum_g(nutrition) > SUM_MAX_G {
        Some(Implausibility::NutrientSum)
    } else if units_contradict(nutrition, energy_kcal) || energy_contradicts(nutrition) {
        Some(Implausibility::Energy)
    } else {
        None
    }
}

fn nutrient_sum_g(nutrition: &Nutrition) -> f64 {
    [Nutrient::Fat, Nutrient::Carbohydrates, Nutrient::Fiber, Nutrient::Proteins, Nutrient::Salt]
        .into_iter()
        .filter_map(|nutrient| nutrition.value(nutrient))
        .sum()
}

fn part_exceeds_whole(nutrition: &Nutrition) -> bool {
    let exceeds = |part: Option<f64>, whole: Option<f64>| match (part, whole) {
        (Some(part), Some(whole)) => part > whole + ROUNDING_G,
        _ => false,
    };
    let masses = Nutrient::ALL.into_iter().filter(|nutrient| *nutrient != Nutrient::Energy);
    exceeds(nutrition.value(Nutrient::Sugars), nutrition.value(Nutrient::Carbohydrates))
        || exceeds(nutrition.value(Nutrient::SaturatedFat), nutrition.value(Nutrient::Fat))
        || masses.into_iter().any(|nutrient| exceeds(nutrition.value(nutrient), Some(100.0)))
}

fn units_contradict(nutrition: &Nutrition, energy_kcal: Option<f64>) -> bool {
    let (Some(kilojoules), Some(kcal)) = (nutrition.value(Nutrient::Energy), energy_kcal) else {
        return false;
    };
    differ(kilojoules, kcal * KJ_PER_KCAL, UNITS_TOLERANCE, UNITS_FLOOR_KJ)
}

/// Whether the energy is far from what fat, carbohydrates and protein give; only where all are known.
fn energy_contradicts(nutrition: &Nutrition) -> bool {
    let Some(stated) = nutrition.value(Nutrient::Energy) else { return false };
    let required = [Nutrient::Fat, Nutrient::Carbohydrates, Nutrient::Proteins];
    if required.into_iter().any(|nutrient| nutrition.value(nutrient).is_none()) {
        return false;
    }
    let from_nutrients: f64 =
        ENERGY_FACTORS.into_iter().filter_map(|(nutrient, factor)| Some(nutrition.value(nutrient)? * factor)).sum();
    let alcohol_g = nutrition.alcohol_percent.unwrap_or(0.0) * ALCOHOL_DENSITY;
    differ(stated, from_nutrients + alcohol_g * ALCOHOL_KJ_PER_G, ENERGY_TOLERANCE, ENERGY_FLOOR_KJ)
}

/// Whether two energies differ by more than a part of the greater, and by more than the floor.
fn differ(one: f64, other: f64, tolerance: f64, floor: f64) -> bool {
    let difference = (one - other).abs();
    difference > floor && difference > tolerance * one.max(other)
}
