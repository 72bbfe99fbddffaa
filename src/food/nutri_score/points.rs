//! From nutrients to points, score and grade.

use serde::{Deserialize, Serialize};

use super::component::{Component, ComponentId, Kind};
use super::thresholds::{self, Scale};
use super::{Family, Grade};
use crate::food::nutrition::{Nutrient, Nutrition};

/// Energy of a gram of saturated fat, kJ (Regulation (EU) 1169/2011, annex XIV).
const FAT_KJ_PER_G: f64 = 37.0;

/// What the rule looks at. A missing value gains no points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Inputs {
    /// Which tables apply.
    pub family: Family,
    /// Energy, kJ; of fats, oils, nuts and seeds only the energy from saturated fat.
    pub energy_kj: Option<f64>,
    /// Sugars, g.
    pub sugars_g: Option<f64>,
    /// Saturated fat, g; of fats, oils, nuts and seeds its part in all fat, percent.
    pub saturated_fat: Option<f64>,
    /// Salt, g, not rounded.
    pub salt_g: Option<f64>,
    /// Whether there are non-nutritive sweeteners; counts for beverages only.
    pub sweeteners: Option<bool>,
    /// Protein, g.
    pub proteins_g: Option<f64>,
    /// Fibre, g.
    pub fiber_g: Option<f64>,
    /// Fruit, vegetables and legumes, percent.
    pub fruits_vegetables_legumes_percent: Option<f64>,
}

impl Inputs {
    /// The inputs of a nutrition table, with what it does not say left out.
    pub fn of(nutrition: &Nutrition, family: Family) -> Self {
        let value = |nutrient| nutrition.value(nutrient);
        let saturated_fat_g = value(Nutrient::SaturatedFat);
        let (energy_kj, saturated_fat) = if family == Family::FatsOilsNutsSeeds {
            let ratio_percent = saturated_fat_g.map(|grams| saturated_fat_ratio(grams, value(Nutrient::Fat)));
            (saturated_fat_g.map(|grams| grams * FAT_KJ_PER_G), ratio_percent)
        } else {
            (value(Nutrient::Energy), saturated_fat_g)
        };
        Self {
            family,
            energy_kj,
            sugars_g: value(Nutrient::Sugars),
            saturated_fat,
            salt_g: value(Nutrient::Salt),
            sweeteners: None,
            proteins_g: value(Nutrient::Proteins),
            fiber_g: value(Nutrient::Fiber),
            fruits_vegetables_legumes_percent: nutrition
                .fruits_vegetables_legumes_percent
                .map(|amount| to_one_decimal(amount.value)),
        }
    }
}

/// Saturated fat in all fat, percent, to one decimal as Open Food Facts rounds it. A record with
/// saturated fat but no fat has nothing else.
fn saturated_fat_ratio(saturated_fat_g: f64, fat_g: Option<f64>) -> f64 {
    if saturated_fat_g <= 0.0 {
        return 0.0;
    }
    let fat_g = fat_g.filter(|fat_g| *fat_g > 0.0).unwrap_or(saturated_fat_g);
    to_one_decimal(saturated_fat_g / fat_g * 100.0)
}

/// Percentages are computed, not printed on labels: digits beyond the first would be noise at the
/// thresholds.
fn to_one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Why protein counts, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProteinRule {
    /// It always counts for beverages.
    CountsForBeverages,
    /// It always counts for cheese.
    CountsForCheese,
    /// There are few enough negative points.
    CountsBelowLimit,
    /// There are too many negative points.
    IgnoredFromLimit,
}

impl ProteinRule {
    pub(super) fn of(family: Family, negative_points: u8) -> Self {
        match family {
            Family::Beverage | Family::Water => Self::CountsForBeverages,
            Family::Cheese => Self::CountsForCheese,
            _ if negative_points < Self::limit(family) => Self::CountsBelowLimit,
            _ => Self::IgnoredFromLimit,
        }
    }

    /// From how many negative points on the protein of a family is ignored.
    pub fn limit(family: Family) -> u8 {
        if family == Family::FatsOilsNutsSeeds {
            thresholds::PROTEINS_IGNORED_FROM_FATS
        } else {
            thresholds::PROTEINS_IGNORED_FROM
        }
    }

    /// Whether protein counts.
    pub fn counts(self) -> bool {
        self != Self::IgnoredFromLimit
    }
}

/// A score and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Which tables applied.
    pub family: Family,
    /// The letter.
    pub grade: Grade,
    /// Negative points less positive points.
    pub score: i8,
    /// Sum of the points that worsen the score.
    pub negative_points: u8,
    /// Sum of the points that improve it, without protein where that is ignored.
    pub positive_points: u8,
    /// Why protein counts, or not. Where it does not, its component shows the points that it would gain.
    pub protein_rule: ProteinRule,
    /// The lines of the sum, negative ones first, in the order of the rule.
    pub components: Vec<Component>,
}

impl Scored {
    /// The component, if the family has it.
    pub fn component(&self, id: ComponentId) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// Whether the points of a component count.
    pub fn counts(&self, id: ComponentId) -> bool {
        id != ComponentId::Proteins || self.protein_rule.counts()
    }
}

/// Counts the points, and grades their sum.
pub fn components(inputs: &Inputs) -> Scored {
    let components: Vec<Component> = line_up(inputs);
    let sum = |wanted: &dyn Fn(&Component) -> bool| -> u8 {
        components.iter().filter(|component| wanted(component)).map(|component| component.points).sum()
    };
    let negative_points = sum(&|component| component.id.kind() == Kind::Negative);
    let protein_rule = ProteinRule::of(inputs.family, negative_points);
    let positive_points = sum(&|component| {
        component.id.kind() == Kind::Positive && (component.id != ComponentId::Proteins || protein_rule.counts())
    });
    let score = negative_points as i8 - positive_points as i8;
    Scored {
        family: inputs.family,
        grade: thresholds::grade(score, inputs.family),
        score,
        negative_points,
        positive_points,
        protein_rule,
        components,
    }
}

/// The lines of the sum in the order of the rule.
fn line_up(inputs: &Inputs) -> Vec<Component> {
    let fats = inputs.family == Family::FatsOilsNutsSeeds;
    let lines = [
        (if fats { ComponentId::EnergyFromSaturatedFat } else { ComponentId::Energy }, inputs.energy_kj),
        (ComponentId::Sugars, inputs.sugars_g),
        (if fats { ComponentId::SaturatedFatRatio } else { ComponentId::SaturatedFat }, inputs.saturated_fat),
        (ComponentId::Salt, inputs.salt_g),
        (ComponentId::NonNutritiveSweeteners, inputs.sweeteners.map(f64::from)),
        (ComponentId::Proteins, inputs.proteins_g),
        (ComponentId::Fiber, inputs.fiber_g),
        (ComponentId::FruitsVegetablesLegumes, inputs.fruits_vegetables_legumes_percent),
    ];
    lines
        .into_iter()
        .filter(|(id, _)| *id != ComponentId::NonNutritiveSweeteners || inputs.family.is_beverage())
        .map(|(id, value)| {
            let scale = Scale::of(id, inputs.family);
            let points = value.map_or(0, |value| scale.points(value));
            Component { id, value, points, points_max: scale.points_max() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAMILIES: [Family; 6] =
        [Family::General, Family::Beverage, Family::Water, Family::Cheese, Family::FatsOilsNutsSeeds, Family::RedMeat];

    fn any_inputs() -> impl Strategy<Value = Inputs> {
        let amount =
            |max: f64| proptest::option::weighted(0.9, (0.0..max).prop_map(|value| (value * 10.0).round() / 10.0));
        (
            proptest::sample::select(&FAMILIES[..]),
            (amount(4_000.0), amount(100.0), amount(100.0), amount(6.0)),
            (proptest::option::of(any::<bool>()), amount(30.0), amount(15.0), amount(100.0)),
        )
            .prop_map(
                |(family, (energy, sugars, saturated_fat, salt), (sweeteners, proteins, fiber, fruits))| Inputs {
                    family,
                    energy_kj: energy,
                    sugars_g: sugars,
                    saturated_fat,
                    salt_g: salt,
                    sweeteners,
                    proteins_g: proteins,
                    fiber_g: fiber,
                    fruits_vegetables_legumes_percent: fruits,
                },
            )
    }

    fn more(value: Option<f64>, by: f64) -> f64 {
        value.unwrap_or(0.0) + by
    }

    proptest! {
        #[test]
        fn more_of_what_is_unhealthy_never_improves_the_score(inputs in any_inputs(), by in 0.0..60.0f64) {
            let before = components(&inputs);
            for worse in [
                Inputs { energy_kj: Some(more(inputs.energy_kj, by * 50.0)), ..inputs },
                Inputs { sugars_g: Some(more(inputs.sugars_g, by)), ..inputs },
                Inputs { saturated_fat: Some(more(inputs.saturated_fat, by)), ..inputs },
                Inputs { salt_g: Some(more(inputs.salt_g, by)), ..inputs },
                Inputs { sweeteners: Some(true), ..inputs },
            ] {
                let after = components(&worse);
                prop_assert!(after.score >= before.score, "{before:?} {after:?}");
                prop_assert!(after.grade >= before.grade, "{before:?} {after:?}");
            }
        }

        #[test]
        fn more_of_what_is_healthy_never_worsens_the_score(inputs in any_inputs(), by in 0.0..60.0f64) {
            let before = components(&inputs);
            for better in [
                Inputs { fiber_g: Some(more(inputs.fiber_g, by)), ..inputs },
                Inputs { proteins_g: Some(more(inputs.proteins_g, by)), ..inputs },
                Inputs {
                    fruits_vegetables_legumes_percent: Some(more(inputs.fruits_vegetables_legumes_percent, by)),
                    ..inputs
                },
            ] {
                let after = components(&better);
                prop_assert!(after.score <= before.score, "{before:?} {after:?}");
            }
        }

        #[test]
        fn what_is_unknown_counts_as_nothing(inputs in any_inputs()) {
            let known = |value: Option<f64>| Some(value.unwrap_or(0.0));
            let filled = Inputs {
                energy_kj: known(inputs.energy_kj),
                sugars_g: known(inputs.sugars_g),
                saturated_fat: known(inputs.saturated_fat),
                salt_g: known(inputs.salt_g),
                sweeteners: Some(inputs.sweeteners.unwrap_or(false)),
                proteins_g: known(inputs.proteins_g),
                fiber_g: known(inputs.fiber_g),
                fruits_vegetables_legumes_percent: known(inputs.fruits_vegetables_legumes_percent),
                ..inputs
            };

            prop_assert_eq!(components(&inputs).score, components(&filled).score);
        }

        #[test]
        fn the_score_is_the_sum_of_the_components_that_count(inputs in any_inputs()) {
            let scored = components(&inputs);

            let sum: i8 = scored
                .components
                .iter()
                .filter(|component| scored.counts(component.id))
                .map(|component| match component.id.kind() {
                    Kind::Negative => component.points as i8,
                    Kind::Positive => -(component.points as i8),
                })
                .sum();
            prop_assert_eq!(scored.score, sum);
            prop_assert!(scored.components.iter().all(|component| component.points <= component.points_max));
        }
    }

    #[test]
    fn protein_stops_counting_at_eleven_negative_points_and_at_seven_for_fats() {
        let sugary = |sugars_g, family| {
            let inputs = Inputs { family, sugars_g: Some(sugars_g), proteins_g: Some(20.0), ..Inputs::default() };
            components(&inputs)
        };
        for (family, sugars_g, negative_points, score) in [
            (Family::General, 37.0, 10, 3),
            (Family::General, 37.1, 11, 11),
            (Family::RedMeat, 37.0, 10, 8),
            (Family::RedMeat, 37.1, 11, 11),
            (Family::Cheese, 37.1, 11, 4),
            (Family::FatsOilsNutsSeeds, 20.0, 5, -2),
            (Family::FatsOilsNutsSeeds, 24.0, 6, -1),
            (Family::FatsOilsNutsSeeds, 24.1, 7, 7),
        ] {
            let scored = sugary(sugars_g, family);

            assert_eq!((scored.negative_points, scored.score), (negative_points, score), "{family:?} {sugars_g} g");
        }
    }

    #[test]
    fn a_threshold_is_passed_only_above_it_except_that_of_the_ratio() {
        let points = |inputs: Inputs, id| components(&inputs).component(id).map(|component| component.points);
        let sugars = |grams| Inputs { sugars_g: Some(grams), ..Inputs::default() };
        let ratio =
            |percent| Inputs { family: Family::FatsOilsNutsSeeds, saturated_fat: Some(percent), ..Inputs::default() };

        assert_eq!(points(sugars(3.4), ComponentId::Sugars), Some(0));
        assert_eq!(points(sugars(3.41), ComponentId::Sugars), Some(1));
        assert_eq!(points(ratio(9.9), ComponentId::SaturatedFatRatio), Some(0));
        assert_eq!(points(ratio(10.0), ComponentId::SaturatedFatRatio), Some(1));
    }

    #[test]
    fn fats_are_judged_by_their_saturated_fat() {
        let butter = Nutrition::default()
            .with(Nutrient::Energy, 3_090.0)
            .with(Nutrient::Fat, 82.0)
            .with(Nutrient::SaturatedFat, 55.0)
            .with(Nutrient::Sugars, 0.5)
            .with(Nutrient::Salt, 0.03)
            .with(Nutrient::Proteins, 0.7);

        let scored = components(&Inputs::of(&butter, Family::FatsOilsNutsSeeds));

        let line = |id| scored.component(id).and_then(|component| component.value);
        assert_eq!(line(ComponentId::EnergyFromSaturatedFat), Some(2_035.0));
        assert_eq!(line(ComponentId::SaturatedFatRatio), Some(67.1));
        assert_eq!((scored.score, scored.grade), (20, Grade::E));
    }
}
