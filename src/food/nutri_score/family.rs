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
const NOT_APPLICABLE: [&str; 17] = [
    "en:alcoholic-beverages",
    "en:aromatic-herbs",
    "en:baby-foods",
    "en:baby-milks",
    "en:chewing-gum",
    "en:coffees",
    "en:dietary-supplements",
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

/// Drinks that the taxonomy does not always put under beverages: the rule of 2023 counts them.
const MILKS: [&str; 4] = ["en:milks", "en:plant-milks", "en:plant-based-milk-alternatives", "en:dairy-drinks"];

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

/// Fats, oils, cream, seeds and nuts; of processed nuts the rule names those of the customs tariff's
/// numbers 2008.11 and 2008.19, butters of nuts among them.
const FATS_OILS_NUTS_SEEDS: [&str; 8] =
    ["en:fats", "en:creams", "en:seeds", "en:nuts", "en:peanuts", "en:coconuts", "en:oilseed-purees", "en:nut-butters"];

/// Red meat: fresh (numbers 02.01 to 02.06 of the customs tariff), and prepared from pork, beef or lamb.
const RED_MEAT: [&str; 15] = [
    "en:beef",
    "en:beef-and-its-products",
    "en:goat-meat",
    "en:hams",
    "en:horse-meat",
    "en:lamb-meat",
    "en:lardons",
    "en:mutton",
    "en:pork",
    "en:pork-and-its-products",
    "en:pork-sausages",
    "en:salami",
    "en:sausages",
    "en:veal-meat",
    "en:venison",
];

/// Where these are named, a sausage or a ham is not of red meat, unless its ingredients say so.
const NOT_RED_MEAT: [&str; 8] = [
    "en:chicken-and-its-products",
    "en:fishes",
    "en:meat-alternatives",
    "en:meat-analogues",
    "en:poultries",
    "en:poultry-hams",
    "en:poultry-sausages",
    "en:turkey-and-its-products",
];

/// Foods that are prepared with water or milk before they are eaten: they are graded as prepared.
const PREPARED_FIRST: [&str; 6] = [
    "en:beverage-preparations",
    "en:cocoa-and-chocolate-powders",
    "en:dessert-mixes",
    "en:dried-products-to-be-rehydrated",
    "en:flavoured-syrups",
    "en:instant-beverages",
];

/// The part of fruit, vegetables and legumes where the category leaves no doubt, percent: it stands
/// before an estimate from the ingredients.
const FRUITS_VEGETABLES_LEGUMES_CERTAIN: [(&str, f64); 4] =
    [("en:olive-oils", 100.0), ("en:avocado-oils", 100.0), ("en:tofu", 0.0), ("en:crisps", 0.0)];

/// The same where nothing better is known. The first that applies counts: potatoes are vegetables.
const FRUITS_VEGETABLES_LEGUMES_LIKELY: [(&str, f64); 11] = [
    ("en:potatoes", 0.0),
    ("en:sweet-potatoes", 0.0),
    ("en:fruit-juices", 100.0),
    ("en:vegetable-juices", 100.0),
    ("en:fruit-sauces", 90.0),
    ("en:vegetables", 90.0),
    ("en:fruits", 90.0),
    ("en:mushrooms", 90.0),
    ("en:canned-fruits", 90.0),
    ("en:frozen-fruits", 90.0),
    ("en:jams", 50.0),
];

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
    if has(&["en:spring-waters"]) && !has(&["en:flavored-waters", "en:flavoured-waters"]) {
        Family::Water
    } else if is_beverage(categories) {
        Family::Beverage
    } else if has(&["en:cheeses"]) && !has(&["fr:fromages-blancs"]) {
        Family::Cheese
    } else if has(&FATS_OILS_NUTS_SEEDS) && !has(&["en:chestnuts"]) {
        Family::FatsOilsNutsSeeds
    } else if red_meat.unwrap_or_else(|| has(&RED_MEAT) && !has(&NOT_RED_MEAT)) {
        Family::RedMeat
    } else {
        Family::General
    }
}

fn is_beverage(categories: &[String]) -> bool {
    let has = |tags: &[&str]| has_any(categories, tags);
    let drunk = has(&["en:beverages", "en:beverage-preparations"]) || has(&MILKS);
    has(&READY_TO_DRINK) || drunk && !has(&NOT_BEVERAGES)
}

/// Whether the food is graded as prepared, not as sold.
pub(super) fn is_prepared_first(categories: &[String]) -> bool {
    has_any(categories, &PREPARED_FIRST)
}

/// The part of fruit, vegetables and legumes, percent: what the category makes certain, else what is
/// known, else what is likely of the category.
pub(super) fn fruits_vegetables_legumes(categories: &[String], known_percent: Option<f64>) -> Option<f64> {
    let by_category = |table: &[(&str, f64)]| -> Option<f64> {
        table.iter().find(|(tag, _)| has_any(categories, &[tag])).map(|(_, percent)| *percent)
    };
    by_category(&FRUITS_VEGETABLES_LEGUMES_CERTAIN)
        .or(known_percent)
        .or_else(|| by_category(&FRUITS_VEGETABLES_LEGUMES_LIKELY))
}

fn has_any(categories: &[String], tags: &[&str]) -> bool {
    categories.iter().any(|category| tags.contains(&category.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|&tag| tag.to_owned()).collect()
    }

    #[test]
    fn categories_decide_which_tables_apply() {
        for (categories, family) in [
            (&["en:snacks"][..], Family::General),
            (&["en:beverages", "en:sodas"], Family::Beverage),
            (&["en:dairies", "en:milks"], Family::Beverage),
            (&["en:beverages", "en:plant-milks"], Family::Beverage),
            (&["en:beverages", "en:teas", "en:iced-teas"], Family::Beverage),
            (&["en:beverages", "en:teas"], Family::General),
            (&["en:meals", "en:soups"], Family::General),
            (&["en:beverages", "en:waters", "en:spring-waters"], Family::Water),
            (&["en:beverages", "en:waters", "en:spring-waters", "en:flavored-waters"], Family::Beverage),
            (&["en:dairies", "en:cheeses"], Family::Cheese),
            (&["en:dairies", "en:cheeses", "fr:fromages-blancs"], Family::General),
            (&["en:fats", "en:vegetable-oils"], Family::FatsOilsNutsSeeds),
            (&["en:dairies", "en:creams"], Family::FatsOilsNutsSeeds),
            (&["en:nuts", "en:almonds"], Family::FatsOilsNutsSeeds),
            (&["en:spreads", "en:oilseed-purees", "en:peanut-butters"], Family::FatsOilsNutsSeeds),
            (&["en:nuts", "en:chestnuts"], Family::General),
            (&["en:meats", "en:beef"], Family::RedMeat),
            (&["en:prepared-meats", "en:hams"], Family::RedMeat),
            (&["en:prepared-meats", "en:hams", "en:poultries", "en:poultry-hams"], Family::General),
        ] {
            assert_eq!(family_of(&tags(categories), None), family, "{categories:?}");
        }
    }

    #[test]
    fn the_ingredients_know_better_than_the_category_what_is_red_meat() {
        assert_eq!(family_of(&tags(&["en:prepared-meats", "en:sausages"]), Some(false)), Family::General);
        assert_eq!(family_of(&tags(&["en:meals", "en:lasagnas"]), Some(true)), Family::RedMeat);
        assert_eq!(family_of(&tags(&["en:cheeses"]), Some(true)), Family::Cheese);
    }

    #[test]
    fn what_is_out_of_scope_is_told_unless_it_is_ready_to_drink() {
        assert_eq!(not_applicable(&tags(&["en:plant-based-foods", "en:coffees"])), Some("en:coffees"));
        assert_eq!(not_applicable(&tags(&["en:beverages", "en:coffees", "en:coffee-drinks"])), None);
        assert_eq!(not_applicable(&tags(&["en:spreads"])), None);
    }

    #[test]
    fn a_certain_category_stands_before_an_estimate_and_an_estimate_before_a_likely_one() {
        for (categories, known, expected) in [
            (&["en:fats", "en:olive-oils"][..], Some(0.0), Some(100.0)),
            (&["en:snacks", "en:crisps"], Some(95.0), Some(0.0)),
            (&["en:spreads", "en:jams"], Some(35.0), Some(35.0)),
            (&["en:spreads", "en:jams"], None, Some(50.0)),
            (&["en:vegetables", "en:potatoes"], None, Some(0.0)),
            (&["en:vegetables", "en:carrots"], None, Some(90.0)),
            (&["en:biscuits"], None, None),
        ] {
            assert_eq!(fruits_vegetables_legumes(&tags(categories), known), expected, "{categories:?} {known:?}");
        }
    }
}
