//! The tables of the rule: at which values a component gains a point, and which score has which grade.
//!
//! Source: Santé publique France, "Nutri-Score: règlement d'usage" and its annexes for the algorithm
//! of 2023 (in force since 2024 in France), after the reports of the scientific committee of July
//! 2022 (food) and March 2023 (beverages).

use super::{ComponentId, Family, Grade};

/// Energy of food, kJ per 100 g.
pub(super) const ENERGY_KJ: [f64; 10] = [335.0, 670.0, 1005.0, 1340.0, 1675.0, 2010.0, 2345.0, 2680.0, 3015.0, 3350.0];

/// Energy of beverages, kJ per 100 ml.
pub(super) const ENERGY_BEVERAGE_KJ: [f64; 10] = [30.0, 90.0, 150.0, 210.0, 240.0, 270.0, 300.0, 330.0, 360.0, 390.0];

/// Energy from saturated fat of fats, oils, nuts and seeds, kJ per 100 g.
pub(super) const ENERGY_FROM_SATURATED_FAT_KJ: [f64; 10] =
    [120.0, 240.0, 360.0, 480.0, 600.0, 720.0, 840.0, 960.0, 1080.0, 1200.0];

/// Sugars of food, g per 100 g.
pub(super) const SUGARS_G: [f64; 15] =
    [3.4, 6.8, 10.0, 14.0, 17.0, 20.0, 24.0, 27.0, 31.0, 34.0, 37.0, 41.0, 44.0, 48.0, 51.0];

/// Sugars of beverages, g per 100 ml.
pub(super) const SUGARS_BEVERAGE_G: [f64; 10] = [0.5, 2.0, 3.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0];

/// Saturated fat, g per 100 g or 100 ml.
pub(super) const SATURATED_FAT_G: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

/// Saturated fat in all fat, percent; here a point is gained when the value is *reached*.
pub(super) const SATURATED_FAT_RATIO_PERCENT: [f64; 10] = [10.0, 16.0, 22.0, 28.0, 34.0, 40.0, 46.0, 52.0, 58.0, 64.0];

/// Salt, g per 100 g or 100 ml.
pub(super) const SALT_G: [f64; 20] =
    [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 3.4, 3.6, 3.8, 4.0];

/// Points of a beverage with non-nutritive sweeteners.
pub(super) const SWEETENERS_POINTS: u8 = 4;

/// Protein of food, g per 100 g.
pub(super) const PROTEINS_G: [f64; 7] = [2.4, 4.8, 7.2, 9.6, 12.0, 14.0, 17.0];

/// Protein of beverages, g per 100 ml.
pub(super) const PROTEINS_BEVERAGE_G: [f64; 7] = [1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.0];

/// Red meat gains at most so many points for its protein: its iron is no reason to eat more of it.
pub(super) const PROTEINS_RED_MEAT_POINTS_MAX: u8 = 2;

/// Fibre, g per 100 g or 100 ml.
pub(super) const FIBER_G: [f64; 5] = [3.0, 4.1, 5.2, 6.3, 7.4];

/// Fruit, vegetables and legumes, percent; the points gained at each step are in the pairs.
pub(super) const FRUITS_VEGETABLES_LEGUMES: [(f64, u8); 3] = [(40.0, 1), (60.0, 2), (80.0, 5)];

/// The same for beverages.
pub(super) const FRUITS_VEGETABLES_LEGUMES_BEVERAGE: [(f64, u8); 3] = [(40.0, 2), (60.0, 4), (80.0, 6)];

/// From so many negative points on, the protein of food no longer counts.
pub(super) const PROTEINS_IGNORED_FROM: u8 = 11;

/// The same for fats, oils, nuts and seeds.
pub(super) const PROTEINS_IGNORED_FROM_FATS: u8 = 7;

/// How the value of one component becomes points.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    /// A point for each threshold passed, up to a limit.
    Passed(&'static [f64], u8),
    /// A point for each threshold reached or passed.
    Reached(&'static [f64]),
    /// The points of the highest step passed.
    Steps(&'static [(f64, u8)]),
    /// All points if there is any.
    Presence(u8),
}

impl Scale {
    /// The scale of a component in a family.
    pub(super) fn of(id: ComponentId, family: Family) -> Self {
        let passed = |table: &'static [f64]| Self::Passed(table, table.len() as u8);
        let beverage = family.is_beverage();
        match id {
            ComponentId::Energy if beverage => passed(&ENERGY_BEVERAGE_KJ),
            ComponentId::Energy => passed(&ENERGY_KJ),
            ComponentId::EnergyFromSaturatedFat => passed(&ENERGY_FROM_SATURATED_FAT_KJ),
            ComponentId::Sugars if beverage => passed(&SUGARS_BEVERAGE_G),
            ComponentId::Sugars => passed(&SUGARS_G),
            ComponentId::SaturatedFat => passed(&SATURATED_FAT_G),
            ComponentId::SaturatedFatRatio => Self::Reached(&SATURATED_FAT_RATIO_PERCENT),
            ComponentId::Salt => passed(&SALT_G),
            ComponentId::NonNutritiveSweeteners => Self::Presence(SWEETENERS_POINTS),
            ComponentId::Proteins if beverage => passed(&PROTEINS_BEVERAGE_G),
            ComponentId::Proteins if family == Family::RedMeat => {
                Self::Passed(&PROTEINS_G, PROTEINS_RED_MEAT_POINTS_MAX)
            }
            ComponentId::Proteins => passed(&PROTEINS_G),
            ComponentId::Fiber => passed(&FIBER_G),
            ComponentId::FruitsVegetablesLegumes if beverage => Self::Steps(&FRUITS_VEGETABLES_LEGUMES_BEVERAGE),
            ComponentId::FruitsVegetablesLegumes => Self::Steps(&FRUITS_VEGETABLES_LEGUMES),
        }
    }

    /// The points of a value.
    pub(super) fn points(self, value: f64) -> u8 {
        let count = |table: &[f64], gains: &dyn Fn(f64) -> bool| -> u8 {
            table.iter().filter(|threshold| gains(**threshold)).count() as u8
        };
        match self {
            Self::Passed(table, max) => count(table, &|threshold| value > threshold).min(max),
            Self::Reached(table) => count(table, &|threshold| value >= threshold),
            Self::Steps(steps) => steps.iter().rev().find(|(from, _)| value > *from).map_or(0, |(_, points)| *points),
            Self::Presence(points) => {
                if value > 0.0 {
                    points
                } else {
                    0
                }
            }
        }
    }

    /// The points that can be gained.
    pub(super) fn points_max(self) -> u8 {
        match self {
            Self::Passed(_, max) => max,
            Self::Reached(table) => table.len() as u8,
            Self::Steps(steps) => steps.last().map_or(0, |(_, points)| *points),
            Self::Presence(points) => points,
        }
    }

    /// The greatest value that gains no more than so many points, where the table says.
    pub(super) fn greatest_value_with(self, points: u8) -> Option<f64> {
        match self {
            Self::Passed(table, _) => table.get(usize::from(points)).copied(),
            Self::Reached(_) | Self::Steps(_) | Self::Presence(_) => None,
        }
    }
}

/// The worst score of each grade from a to d; a greater score is an e. Water is always an a.
pub(super) const fn grade_limits(family: Family) -> [i8; 4] {
    match family {
        Family::General | Family::Cheese | Family::RedMeat => [0, 2, 10, 18],
        Family::FatsOilsNutsSeeds => [-6, 2, 10, 18],
        // Only water is an a: no score of a beverage is low enough for it.
        Family::Beverage => [i8::MIN, 2, 6, 9],
        Family::Water => [i8::MAX; 4],
    }
}

/// The grade of a score.
pub(super) fn grade(score: i8, family: Family) -> Grade {
    let limits = grade_limits(family);
    Grade::ALL[limits.iter().filter(|&&limit| score > limit).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_score_never_has_a_better_grade_and_each_limit_belongs_to_the_better_one() {
        for (family, limits) in [
            (Family::General, [(0, Grade::A), (2, Grade::B), (10, Grade::C), (18, Grade::D), (19, Grade::E)]),
            (Family::Cheese, [(0, Grade::A), (2, Grade::B), (10, Grade::C), (18, Grade::D), (19, Grade::E)]),
            (
                Family::FatsOilsNutsSeeds,
                [(-6, Grade::A), (2, Grade::B), (10, Grade::C), (18, Grade::D), (19, Grade::E)],
            ),
            (Family::Beverage, [(-17, Grade::B), (2, Grade::B), (6, Grade::C), (9, Grade::D), (10, Grade::E)]),
            (Family::Water, [(-17, Grade::A), (0, Grade::A), (10, Grade::A), (18, Grade::A), (55, Grade::A)]),
        ] {
            for (score, expected) in limits {
                assert_eq!(grade(score, family), expected, "{family:?} {score}");
            }
            assert!((-17..=58).all(|score| grade(score, family) <= grade(score + 1, family)), "{family:?}");
        }
    }

    #[test]
    fn every_table_ascends() {
        for table in [
            &ENERGY_KJ[..],
            &ENERGY_BEVERAGE_KJ,
            &ENERGY_FROM_SATURATED_FAT_KJ,
            &SUGARS_G,
            &SUGARS_BEVERAGE_G,
            &SATURATED_FAT_G,
            &SATURATED_FAT_RATIO_PERCENT,
            &SALT_G,
            &PROTEINS_G,
            &PROTEINS_BEVERAGE_G,
            &FIBER_G,
        ] {
            assert!(table.is_sorted_by(|one, next| one < next), "{table:?}");
        }
    }
}
