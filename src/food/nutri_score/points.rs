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
