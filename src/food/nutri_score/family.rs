//! Which tables of the rule apply to a product, and whether any does, by its categories.
//!
//! Source: the scope of Santé publique France's rule, in the categories of Open Food Facts.

use serde::{Deserialize, Serialize};

/// The kinds of food that the rule tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Everything else.
    #[default]
    General,
    /// Drinks, milks and plant drinks included.
    Beverage,
    /// Plain water: the only a among drinks.
    Water,
    /// Cheese: its protein always counts.
    Cheese,
    /// Fats, oils, cream, nuts and seeds: judged by the kind of their fat.
    FatsOilsNutsSeeds,
    /// Red meat: its protein counts little.
    RedMeat,
}

impl Family {
    /// Whether the tables of beverages apply.
    pub fn is_beverage(self) -> bool {
        matches!(self, Self::Beverage | Self::Water)
    }
}

/// Categories that the rule does not grade.
const NOT_APPLICABLE: [&str; 16] = [
    "en:alcoholic-beverages",
    "en:aromatic-herbs",
    "en:baby-foods",
    "en:baby-milks",
    "en:chewing-gum",
    "en:coffees",
    "en:food-additives",
    "en:herbal-teas",
    "en:honeys",
    "en:meal-replacements",
    "en:non-food-products",
    "en:pet-food",
    "en:salts",
    "en:spices",
    "en:sugar-substitutes",
    "en:vinegars",
];

/// Drinks made from what [`NOT_APPLICABLE`] excludes: they are graded, as beverages.
const READY_TO_DRINK: [&str; 5] =
    ["en:tea-based-beverages", "en:iced-teas", "en:herbal-tea-beverages", "en:coffee-beverages", "en:coffee-drinks"];

/// Under beverages in the taxonomy, but eaten, or drunk only once prepared.
const NOT_BEVERAGES: [&str; 8] = [
    "en:chocolate-powders",
    "en:coffees",
    "en:herbal-teas",
    "en:meal-replacement",
    "en:meal-replacements",
    "en:soups",
    "en:tea-bags",
    "en:teas",
];

/// Categories of red meat.
const RED_MEAT: [&str; 8] =
    ["en:beef", "en:horse-meat", "en:lamb-meat", "en:mutton", "en:pork", "en:goat-meat", "en:veal-meat", "en:venison"];

/// The category for which the rule gives the product no grade, if any.
pub fn not_applicable(categories: &[String]) -> Option<&str> {
    if has_any(categories, &READY_TO_DRINK) {
        return None;
    }
    categories.iter().map(String::as_str).find(|tag| NOT_APPLICABLE.contains(tag))
}

/// Which tables apply, by the categories (with everything above them) and whether the ingredients
/// show more than a tenth of red meat.
pub fn family_of(categories: &[String], red_meat: Option<bool>) -> Family {
    let has = |tags: &[&str]| has_any(categories, tags);
    let beverage = has(&READY_TO_DRINK) || has(&["en:beverages", "en:beverage-preparations"]) && !has(&NOT_BEVERAGES);
    if beverage {
        if has(&["en:spring-waters"]) && !has(&["en:flavored-waters", "en:flavoured-waters"]) {
            Family::Water
        } else {
            Family::Beverage
        }
    } else if has(&["en:cheeses"]) && !has(&["fr:fromages-blancs"]) {
        Family::Cheese
    } else if has(&["en:fats", "en:creams", "en:seeds"]) || has(&["en:nuts", "en:peanuts"]) && !has(&["en:chestnuts"]) {
        Family::FatsOilsNutsSeeds
    } else if red_meat == Some(true) || has(&RED_MEAT) {
        Family::RedMeat
    } else {
        Family::General
    }
}

/// What the categories alone say of the part of fruit, vegetables and legumes, percent: it stands
/// before any estimate from the ingredients.
pub fn fruits_vegetables_legumes_override(categories: &[String]) -> Option<f64> {
    let has = |tags: &[&str]| has_any(categories, tags);
    if has(&["en:olive-oils", "en:avocado-oils"]) {
        Some(100.0)
    } else if has(&["en:tofu", "en:crisps"]) {
        Some(0.0)
    } else {
        None
    }
}

fn has_any(categories: &[String], tags: &[&str]) -> bool {
    categories.iter().any(|category| tags.contains(&category.as_str()))
}
