//! From nutrients to points, score and grade.

use serde::{Deserialize, Serialize};

use super::thresholds;
use super::{Family, Grade};
use crate::food::nutrition::Nutrition;

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
        let value = |amount: Option<crate::food::nutrition::Amount>| amount.map(|amount| amount.value);
        let saturated_fat_g = value(nutrition.saturated_fat_g);
        let (energy_kj, saturated_fat) = if family == Family::FatsOilsNutsSeeds {
            (
                saturated_fat_g.map(|grams| grams * FAT_KJ_PER_G),
                saturated_fat_ratio(saturated_fat_g, value(nutrition.fat_g)),
            )
        } else {
            (value(nutrition.energy_kj), saturated_fat_g)
        };
        Self {
            family,
            energy_kj,
            sugars_g: value(nutrition.sugars_g),
            saturated_fat,
            salt_g: value(nutrition.salt_g),
            sweeteners: None,
            proteins_g: value(nutrition.proteins_g),
            fiber_g: value(nutrition.fiber_g),
            fruits_vegetables_legumes_percent: value(nutrition.fruits_vegetables_legumes_percent),
        }
    }
}

/// Saturated fat in all fat, percent. A record with saturated fat but no fat has nothing else.
fn saturated_fat_ratio(saturated_fat_g: Option<f64>, fat_g: Option<f64>) -> Option<f64> {
    let saturated = saturated_fat_g?;
    if saturated <= 0.0 {
        return Some(0.0);
    }
    let fat = fat_g.filter(|fat| *fat > 0.0).unwrap_or(saturated);
    Some(saturated / fat * 100.0)
}

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
    fn of(family: Family, negative_points: u8) -> Self {
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

fn line_up(inputs: &Inputs) -> Vec<Component> {
    let beverage = inputs.family.is_beverage();
    let fats = inputs.family == Family::FatsOilsNutsSeeds;
    let passing = |id, value: Option<f64>, table: &[f64]| Component {
        id,
        value,
        points: value.map_or(0, |value| thresholds::passed(value, table)),
        points_max: table.len() as u8,
    };
    let mut components = vec![
        match (fats, beverage) {
            (true, _) => passing(
                ComponentId::EnergyFromSaturatedFat,
                inputs.energy_kj,
                &thresholds::ENERGY_FROM_SATURATED_FAT_KJ,
            ),
            (_, true) => passing(ComponentId::Energy, inputs.energy_kj, &thresholds::ENERGY_BEVERAGE_KJ),
            _ => passing(ComponentId::Energy, inputs.energy_kj, &thresholds::ENERGY_KJ),
        },
        passing(
            ComponentId::Sugars,
            inputs.sugars_g,
            if beverage { &thresholds::SUGARS_BEVERAGE_G[..] } else { &thresholds::SUGARS_G[..] },
        ),
        if fats {
            saturated_fat_ratio_component(inputs.saturated_fat)
        } else {
            passing(ComponentId::SaturatedFat, inputs.saturated_fat, &thresholds::SATURATED_FAT_G)
        },
        passing(ComponentId::Salt, inputs.salt_g, &thresholds::SALT_G),
    ];
    if beverage {
        components.push(sweeteners_component(inputs.sweeteners));
    }
    components.push(proteins_component(inputs));
    components.push(passing(ComponentId::Fiber, inputs.fiber_g, &thresholds::FIBER_G));
    components.push(fruits_vegetables_legumes_component(inputs));
    components
}

fn saturated_fat_ratio_component(percent: Option<f64>) -> Component {
    let table = &thresholds::SATURATED_FAT_RATIO_PERCENT;
    Component {
        id: ComponentId::SaturatedFatRatio,
        value: percent,
        points: percent.map_or(0, |percent| thresholds::reached(percent, table)),
        points_max: table.len() as u8,
    }
}

fn sweeteners_component(sweeteners: Option<bool>) -> Component {
    Component {
        id: ComponentId::NonNutritiveSweeteners,
        value: sweeteners.map(f64::from),
        points: if sweeteners == Some(true) { thresholds::SWEETENERS_POINTS } else { 0 },
        points_max: thresholds::SWEETENERS_POINTS,
    }
}

fn proteins_component(inputs: &Inputs) -> Component {
    let table = if inputs.family.is_beverage() { &thresholds::PROTEINS_BEVERAGE_G } else { &thresholds::PROTEINS_G };
    let points_max = match inputs.family {
        Family::RedMeat => thresholds::PROTEINS_RED_MEAT_POINTS_MAX,
        _ => table.len() as u8,
    };
    Component {
        id: ComponentId::Proteins,
        value: inputs.proteins_g,
        points: inputs.proteins_g.map_or(0, |grams| thresholds::passed(grams, table).min(points_max)),
        points_max,
    }
}

fn fruits_vegetables_legumes_component(inputs: &Inputs) -> Component {
    let steps = if inputs.family.is_beverage() {
        &thresholds::FRUITS_VEGETABLES_LEGUMES_BEVERAGE
    } else {
        &thresholds::FRUITS_VEGETABLES_LEGUMES
    };
    Component {
        id: ComponentId::FruitsVegetablesLegumes,
        value: inputs.fruits_vegetables_legumes_percent,
        points: inputs.fruits_vegetables_legumes_percent.map_or(0, |percent| thresholds::step(percent, steps)),
        points_max: steps[steps.len() - 1].1,
    }
}
