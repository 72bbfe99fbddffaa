//! What the rule says of a product, and which of two grades to show.

use serde::{Deserialize, Serialize};

use super::family::{Family, family_of, fruits_vegetables_legumes, is_prepared_first, not_applicable};
use super::points::{Inputs, Scored, components};
use super::{Grade, NutriScore, Source, Version};
use crate::food::nutrition::{Amount, Nutrient, Nutrition};
use crate::food::product::Product;

/// What the rule of 2023 says of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Assessment {
    /// A grade, with its points.
    Scored(Scored),
    /// No grade for this kind of product: the category that excludes it.
    NotApplicable(String),
    /// No grade until this is known.
    Missing(Vec<Missing>),
}

/// What the rule needs to know and the record does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Its category.
    Category,
    /// What it contains once it is prepared: it is graded as it is eaten, and known as it is sold.
    Preparation,
    /// A nutrient.
    Nutrient(Nutrient),
}

/// What Open Food Facts reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// A grade.
    Graded {
        /// The letter.
        grade: Grade,
        /// The points, where given.
        score: Option<i8>,
        /// The rule, where given.
        version: Option<Version>,
    },
    /// That the product has none by the rule.
    NotApplicable,
}

/// Nutrients without which there is no grade.
const REQUIRED: [Nutrient; 5] =
    [Nutrient::Energy, Nutrient::Sugars, Nutrient::SaturatedFat, Nutrient::Salt, Nutrient::Proteins];

/// Applies the rule of 2023 to a product.
pub fn assess(product: &Product) -> Assessment {
    if product.categories.is_empty() {
        return Assessment::Missing(vec![Missing::Category]);
    }
    if let Some(category) = not_applicable(&product.categories) {
        return Assessment::NotApplicable(category.to_owned());
    }
    let family = family_of(&product.categories, product.red_meat);
    let nutrition = with_implied_zeros(product.nutrition);
    let missing = missing(product, family, &nutrition);
    if !missing.is_empty() {
        return Assessment::Missing(missing);
    }
    let inputs = Inputs::of(&nutrition, family);
    Assessment::Scored(components(&Inputs {
        sweeteners: product.sweeteners,
        fruits_vegetables_legumes_percent: fruits_vegetables_legumes(
            &product.categories,
            inputs.fruits_vegetables_legumes_percent,
        ),
        ..inputs
    }))
}

/// What the rule still needs. Water needs nothing: whatever is in it, it is an a.
fn missing(product: &Product, family: Family, nutrition: &Nutrition) -> Vec<Missing> {
    if family == Family::Water {
        return Vec::new();
    }
    let preparation = is_prepared_first(&product.categories);
    let fat = (family == Family::FatsOilsNutsSeeds).then_some(Nutrient::Fat);
    let unknown = REQUIRED.into_iter().chain(fat).filter(|nutrient| nutrition.amount(*nutrient).is_none());
    preparation.then_some(Missing::Preparation).into_iter().chain(unknown.map(Missing::Nutrient)).collect()
}

/// Where there is none of the whole there is none of its part.
fn with_implied_zeros(nutrition: Nutrition) -> Nutrition {
    let zero = |whole: Option<Amount>| whole.filter(|whole| whole.value == 0.0);
    Nutrition {
        sugars_g: nutrition.sugars_g.or(zero(nutrition.carbohydrates_g)),
        saturated_fat_g: nutrition.saturated_fat_g.or(zero(nutrition.fat_g)),
        ..nutrition
    }
}

/// The grade to show: the official one of 2023, else ours, else an older one.
///
/// Of a grade reported without its version (all rows of the CSV export, most old records of a dump) nobody says by
/// which rule it is, and the letters themselves do not agree on one. Of 5,420 such letters in records of a dump that
/// we can compute, 58 % are the letter of 2023, 75 % that of 2021, 16 % neither; of 46 in a CSV export of 2026, all are
/// that of 2023. So it is one of 2023 where ours, computed from the values, is the same letter; else its version
/// stays [`Unstated`](Version::Unstated). The letter is shown either way: ours may be the wrong one of the two.
pub fn resolve(product: &Product, reported: Option<Reported>) -> NutriScore {
    let Some(reported) = reported else {
        return computed(product).unwrap_or_default();
    };
    let Reported::Graded { grade, score, version } = reported else {
        return NutriScore::NotApplicable;
    };
    let official = |version| NutriScore::Graded { grade, score, version, source: Source::Off };
    match version {
        Some(Version::V2023) => official(Version::V2023),
        Some(Version::V2021) => computed(product).unwrap_or(official(Version::V2021)),
        Some(Version::Unstated) | None => match assess(product) {
            Assessment::Scored(scored) if scored.grade == grade => official(Version::V2023),
            _ => official(Version::Unstated),
        },
    }
}

/// What we compute; none where something is missing.
fn computed(product: &Product) -> Option<NutriScore> {
    let source = if rests_on_estimates(product) { Source::Estimated } else { Source::Computed };
    match assess(product) {
        Assessment::Scored(scored) => {
            Some(NutriScore::Graded { grade: scored.grade, score: Some(scored.score), version: Version::V2023, source })
        }
        Assessment::NotApplicable(_) => Some(NutriScore::NotApplicable),
        Assessment::Missing(_) => None,
    }
}

/// Whether a nutrient that counts is an estimate. The share of fruit and vegetables does not make a letter one: it
/// is an estimate from the ingredients in the official scores too.
fn rests_on_estimates(product: &Product) -> bool {
    let family = family_of(&product.categories, product.red_meat);
    let nutrition = with_implied_zeros(product.nutrition);
    let fat = (family == Family::FatsOilsNutsSeeds).then_some(Nutrient::Fat);
    let mut counted = REQUIRED.into_iter().chain([Nutrient::Fiber]).chain(fat);
    let is_estimate = |nutrient| nutrition.amount(nutrient).is_some_and(|amount| amount.estimated);
    family != Family::Water && counted.any(is_estimate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::barcode::Barcode;

    /// A biscuit with a grade of e by its nutrients.
    fn biscuit() -> Product {
        Product {
            categories: vec!["en:snacks".to_owned(), "en:biscuits".to_owned()],
            nutrition: Nutrition::default()
                .with(Nutrient::Energy, 2_100.0)
                .with(Nutrient::Fat, 24.0)
                .with(Nutrient::SaturatedFat, 12.0)
                .with(Nutrient::Carbohydrates, 64.0)
                .with(Nutrient::Sugars, 35.0)
                .with(Nutrient::Proteins, 6.0)
                .with(Nutrient::Salt, 0.8),
            ..Product::new(Barcode::from_number(20_000_011), "biscuit")
        }
    }

    fn graded(grade: Grade, version: Version, source: Source) -> NutriScore {
        NutriScore::Graded { grade, score: None, version, source }
    }

    fn without_score(nutri_score: NutriScore) -> NutriScore {
        match nutri_score {
            NutriScore::Graded { grade, version, source, .. } => graded(grade, version, source),
            other => other,
        }
    }

    fn reported(grade: Grade, version: Option<Version>) -> Reported {
        Reported::Graded { grade, score: None, version }
    }

    #[test]
    fn the_official_grade_of_2023_stays_and_ours_stands_in_for_an_older_one() {
        let unknown = Product::new(Barcode::from_number(20_000_011), "biscuit");
        let ours = graded(Grade::E, Version::V2023, Source::Computed);
        let official = |grade, version| graded(grade, version, Source::Off);
        for (product, report, expected) in [
            (&biscuit(), Some(reported(Grade::D, Some(Version::V2023))), official(Grade::D, Version::V2023)),
            (&biscuit(), Some(reported(Grade::D, Some(Version::V2021))), ours),
            (&unknown, Some(reported(Grade::D, Some(Version::V2021))), official(Grade::D, Version::V2021)),
            (&biscuit(), Some(reported(Grade::D, None)), official(Grade::D, Version::Unstated)),
            (&biscuit(), Some(reported(Grade::E, None)), official(Grade::E, Version::V2023)),
            (&unknown, Some(reported(Grade::D, None)), official(Grade::D, Version::Unstated)),
            (&biscuit(), None, ours),
            (&unknown, None, NutriScore::Unknown),
            (&biscuit(), Some(Reported::NotApplicable), NutriScore::NotApplicable),
        ] {
            assert_eq!(without_score(resolve(product, report)), expected, "{report:?}");
        }
    }

    #[test]
    fn a_letter_computed_from_an_estimate_that_counts_says_so() {
        let estimated = |nutrient: Nutrient| {
            let mut product = biscuit();
            product.nutrition.set(nutrient, Some(Amount::estimated(1.0)));
            resolve(&product, None).is_estimated()
        };
        for (nutrient, expected) in [
            (Nutrient::Salt, true),
            (Nutrient::Fiber, true),
            (Nutrient::Proteins, true),
            (Nutrient::Carbohydrates, false),
            (Nutrient::Fat, false),
        ] {
            assert_eq!(estimated(nutrient), expected, "{nutrient:?}");
        }
        let mut fruity = biscuit();
        fruity.nutrition.fruits_vegetables_legumes_percent = Some(Amount::estimated(10.0));
        assert!(!resolve(&fruity, None).is_estimated());
        assert!(!resolve(&fruity, Some(reported(Grade::D, None))).is_estimated(), "that is not ours");
    }

    #[test]
    fn what_is_missing_is_listed() {
        let uncategorised = Product { categories: Vec::new(), ..biscuit() };
        assert_eq!(assess(&uncategorised), Assessment::Missing(vec![Missing::Category]));

        let mut unsalted = biscuit();
        unsalted.nutrition.salt_g = None;
        unsalted.nutrition.proteins_g = None;
        let expected = [Nutrient::Salt, Nutrient::Proteins].map(Missing::Nutrient);
        assert_eq!(assess(&unsalted), Assessment::Missing(expected.to_vec()));

        let powder = Product { categories: vec!["en:cocoa-and-chocolate-powders".to_owned()], ..biscuit() };
        assert_eq!(assess(&powder), Assessment::Missing(vec![Missing::Preparation]));
    }

    #[test]
    fn where_there_is_no_fat_there_is_no_saturated_fat() {
        let mut sweets = biscuit();
        sweets.nutrition.fat_g = Some(Amount::labelled(0.0));
        sweets.nutrition.saturated_fat_g = None;

        assert!(matches!(assess(&sweets), Assessment::Scored(_)));
    }

    #[test]
    fn water_needs_no_table_and_honey_has_no_grade() {
        let of = |category: &str| {
            assess(&Product {
                categories: vec![category.to_owned()],
                ..Product::new(Barcode::from_number(20_000_011), "anything")
            })
        };

        assert!(matches!(of("en:spring-waters"), Assessment::Scored(scored) if scored.grade == Grade::A));
        assert_eq!(of("en:honeys"), Assessment::NotApplicable("en:honeys".to_owned()));
    }
}
