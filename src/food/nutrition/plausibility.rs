//! Whether the values of a nutrition table can be true together.

use super::{KJ_PER_KCAL, Nutrient, Nutrition};
use crate::food::product::Implausibility;

/// The parts of 100 g may weigh more by rounding on the label, not by more than this.
const SUM_MAX_G: f64 = 105.0;

/// Labels round to 0.5 g at worst (European Commission guidance on tolerances, December 2012, table 4);
/// twice that, since part and whole are rounded each.
const ROUNDING_G: f64 = 1.0;

/// Energy of a gram, kJ (Regulation (EU) 1169/2011, annex XIV).
const FAT_KJ_PER_G: f64 = 37.0;
/// Carbohydrates other than polyols, and protein.
const CARBOHYDRATES_KJ_PER_G: f64 = 17.0;
/// Protein.
const PROTEINS_KJ_PER_G: f64 = 17.0;
/// Polyols, which a label counts among the carbohydrates without having to tell them apart.
const POLYOLS_KJ_PER_G: f64 = 10.0;
/// Fibre, which some countries count among the carbohydrates.
const FIBER_KJ_PER_G: f64 = 8.0;
/// Alcohol.
const ALCOHOL_KJ_PER_G: f64 = 29.0;

/// Density of alcohol, g per ml.
const ALCOHOL_DENSITY: f64 = 0.789;

/// How far the energy may be outside of what the nutrients allow: labels round each value, and may
/// state averages.
const ENERGY_TOLERANCE: f64 = 0.30;

/// Below this difference rounding alone can explain it: half a gram of fat, two of carbohydrates.
const ENERGY_FLOOR_KJ: f64 = 120.0;

/// How far the two units of energy may differ.
const UNITS_TOLERANCE: f64 = 0.05;

/// Below this difference the rounding of either can explain it, 10 kcal being the coarsest in use.
const UNITS_FLOOR_KJ: f64 = 42.0;

/// Why the values cannot all be true, if so.
pub fn implausibility(nutrition: &Nutrition) -> Option<Implausibility> {
    if part_exceeds_whole(nutrition) {
        Some(Implausibility::PartExceedsWhole)
    } else if nutrient_sum_g(nutrition) > SUM_MAX_G {
        Some(Implausibility::NutrientSum)
    } else if units_contradict(nutrition) || energy_contradicts(nutrition) {
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

fn units_contradict(nutrition: &Nutrition) -> bool {
    let (Some(kilojoules), Some(kcal)) = (nutrition.energy_kj, nutrition.energy_kcal) else { return false };
    differ(kilojoules.value, kcal.value * KJ_PER_KCAL, UNITS_TOLERANCE, UNITS_FLOOR_KJ)
}

/// Whether the energy is far from what fat, carbohydrates and protein give; only where all are known.
fn energy_contradicts(nutrition: &Nutrition) -> bool {
    let Some(stated) = nutrition.value(Nutrient::Energy) else { return false };
    let Some((least, most)) = energy_from_nutrients(nutrition) else { return false };
    differ(stated, stated.clamp(least, most), ENERGY_TOLERANCE, ENERGY_FLOOR_KJ)
}

/// The least and the most energy that the nutrients can have, kJ: carbohydrates other than sugars may be
/// polyols, and fibre may be among them.
fn energy_from_nutrients(nutrition: &Nutrition) -> Option<(f64, f64)> {
    let carbohydrates_g = nutrition.value(Nutrient::Carbohydrates)?;
    let fiber_g = nutrition.value(Nutrient::Fiber).unwrap_or(0.0);
    let sugars_g = nutrition.value(Nutrient::Sugars).unwrap_or(0.0).min(carbohydrates_g);
    let alcohol_g = nutrition.alcohol_percent.unwrap_or(0.0) * ALCOHOL_DENSITY;
    let certain = nutrition.value(Nutrient::Fat)? * FAT_KJ_PER_G
        + nutrition.value(Nutrient::Proteins)? * PROTEINS_KJ_PER_G
        + sugars_g * CARBOHYDRATES_KJ_PER_G
        + alcohol_g * ALCOHOL_KJ_PER_G;
    let others_g = carbohydrates_g - sugars_g;
    let fiber_inside_g = fiber_g.min(others_g);
    let least = certain + fiber_inside_g * FIBER_KJ_PER_G + (others_g - fiber_inside_g) * POLYOLS_KJ_PER_G;
    Some((least, certain + others_g * CARBOHYDRATES_KJ_PER_G + fiber_g * FIBER_KJ_PER_G))
}

/// Whether two energies differ by more than a part of the greater, and by more than the floor.
fn differ(one: f64, other: f64, tolerance: f64, floor: f64) -> bool {
    let difference = (one - other).abs();
    difference > floor && difference > tolerance * one.max(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::food::nutrition::Amount;

    /// Energy in kJ, then fat, saturated fat, carbohydrates, sugars, fibre, protein and salt in g.
    fn table(energy_kj: f64, grams: [f64; 7]) -> Nutrition {
        let [fat, saturated_fat, carbohydrates, sugars, fiber, proteins, salt] = grams;
        Nutrition::default()
            .with(Nutrient::Energy, energy_kj)
            .with(Nutrient::Fat, fat)
            .with(Nutrient::SaturatedFat, saturated_fat)
            .with(Nutrient::Carbohydrates, carbohydrates)
            .with(Nutrient::Sugars, sugars)
            .with(Nutrient::Fiber, fiber)
            .with(Nutrient::Proteins, proteins)
            .with(Nutrient::Salt, salt)
    }

    fn with_kcal(nutrition: Nutrition, kcal: Option<f64>) -> Nutrition {
        Nutrition { energy_kcal: kcal.map(Amount::labelled), ..nutrition }
    }

    #[test]
    fn real_labels_are_plausible() {
        for (what, nutrition, kcal) in [
            ("chocolate spread", table(2_252.0, [30.9, 10.6, 57.5, 56.3, 3.4, 6.3, 0.107]), Some(539.0)),
            ("olive oil", table(3_700.0, [100.0, 14.0, 0.0, 0.0, 0.0, 0.0, 0.0]), Some(900.0)),
            ("sugar", table(1_700.0, [0.0, 0.0, 100.0, 100.0, 0.0, 0.0, 0.0]), Some(400.0)),
            ("table salt", table(0.0, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 99.9]), Some(0.0)),
            ("cola zero", table(1.0, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02]), Some(0.2)),
            ("bread, kilocalories rounded", table(1_100.0, [2.0, 0.4, 50.0, 3.0, 3.0, 9.0, 1.2]), Some(265.0)),
            ("wheat bran", table(1_050.0, [4.3, 0.7, 22.0, 0.4, 43.0, 16.0, 0.01]), Some(250.0)),
            ("sugar-free sweets with polyols", table(1_000.0, [0.5, 0.3, 94.0, 0.0, 0.0, 0.0, 0.1]), Some(240.0)),
            ("rounded part and whole", table(850.0, [0.0, 0.0, 50.0, 50.4, 0.0, 0.0, 0.0]), None),
        ] {
            assert_eq!(implausibility(&with_kcal(nutrition, kcal)), None, "{what}");
        }
    }

    #[test]
    fn what_cannot_be_true_is_named() {
        for (what, nutrition, kcal, expected) in [
            (
                "per portion and per 100 g mixed",
                table(2_000.0, [60.0, 5.0, 60.0, 5.0, 0.0, 10.0, 1.0]),
                None,
                Implausibility::NutrientSum,
            ),
            (
                "more sugars than carbohydrates",
                table(400.0, [0.0, 0.0, 20.0, 25.0, 0.0, 0.0, 0.0]),
                None,
                Implausibility::PartExceedsWhole,
            ),
            (
                "more saturated fat than fat",
                table(400.0, [5.0, 7.0, 10.0, 5.0, 0.0, 2.0, 0.0]),
                None,
                Implausibility::PartExceedsWhole,
            ),
            (
                "more than 100 g in 100 g",
                table(2_900.0, [0.0, 0.0, 175.0, 94.0, 0.0, 0.0, 0.0]),
                None,
                Implausibility::PartExceedsWhole,
            ),
            (
                "kilocalories written as kilojoules",
                table(539.0, [30.9, 10.6, 57.5, 56.3, 0.0, 6.3, 0.1]),
                Some(539.0),
                Implausibility::Energy,
            ),
            (
                "kilocalories in the field of kilojoules, and nothing to compare with",
                table(265.0, [2.0, 0.4, 50.0, 3.0, 3.0, 9.0, 1.2]),
                None,
                Implausibility::Energy,
            ),
            (
                "energy without the nutrients for it",
                table(2_252.0, [1.0, 0.5, 10.0, 5.0, 0.0, 2.0, 0.1]),
                None,
                Implausibility::Energy,
            ),
        ] {
            assert_eq!(implausibility(&with_kcal(nutrition, kcal)), Some(expected), "{what}");
        }
    }

    #[test]
    fn alcohol_has_energy_of_its_own() {
        let wine = table(340.0, [0.0, 0.0, 2.6, 0.6, 0.0, 0.1, 0.0]);

        assert_eq!(implausibility(&wine), Some(Implausibility::Energy));
        assert_eq!(implausibility(&Nutrition { alcohol_percent: Some(12.5), ..wine }), None);
    }

    #[test]
    fn what_is_unknown_contradicts_nothing() {
        assert_eq!(implausibility(&with_kcal(Nutrition::default(), Some(539.0))), None);
        assert_eq!(implausibility(&Nutrition::default().with(Nutrient::Energy, 2_252.0)), None);
    }

    proptest! {
        #[test]
        fn a_table_computed_from_its_nutrients_is_plausible(
            fat in 0.0..40.0f64, carbohydrates in 0.0..40.0f64, proteins in 0.0..20.0f64, part in 0.0..1.0f64,
        ) {
            let energy_kj = 37.0 * fat + 17.0 * carbohydrates + 17.0 * proteins;
            let nutrition =
                table(energy_kj, [fat, fat * part, carbohydrates, carbohydrates * part, 0.0, proteins, 0.0]);

            prop_assert_eq!(implausibility(&with_kcal(nutrition, Some(energy_kj / KJ_PER_KCAL))), None);
        }
    }
}
