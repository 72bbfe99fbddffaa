//! A product as the catalogue knows it, whatever file it came from.

use serde::{Deserialize, Serialize};

use super::allergen::Allergens;
use super::allergen_words;
use super::barcode::Barcode;
use super::country::CountrySet;
use super::diet::Analysis;
use super::nutri_score::{Grade, NutriScore};
use super::nutrition::Nutrition;

pub use super::lang::Lang;

/// A text and its language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its language.
    pub lang: Lang,
    /// What it says; never empty.
    pub text: String,
}

/// Why a record is kept out of the substitutes although it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Implausibility {
    /// Fat, carbohydrates, protein, salt and fibre weigh over 105 g in 100 g.
    NutrientSum,
    /// A part weighs more than its whole (sugars in carbohydrates, saturates in fat), or over 100 g.
    PartExceedsWhole,
    /// The energy in kJ and in kcal contradict each other, or the nutrients.
    Energy,
    /// Open Food Facts' own checks found an error (`data_quality_errors_tags`).
    DataQualityError,
    /// Withdrawn from sale (`obsolete`).
    Obsolete,
}

/// The front picture's place at Open Food Facts: language and revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontImage {
    /// The language of the picture.
    pub lang: Lang,
    /// Its revision.
    pub revision: u32,
}

/// One product of the catalogue. Tags are Open Food Facts' canonical tags (`en:milk`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Its normalised barcode.
    pub code: Barcode,
    /// Its main language.
    pub lang: Lang,
    /// Its names, that of the main language first; never empty, so a record without a name is no product.
    pub names: Vec<Text>,
    /// What it is, in general words, if given.
    pub generic_name: Option<Text>,
    /// Its brands as written, the first one first.
    pub brands: Vec<String>,
    /// Net quantity as written ("350 g").
    pub quantity: String,
    /// Category tags from general to specific, junk removed.
    pub categories: Vec<String>,
    /// The category that Open Food Facts compares it with.
    pub compared_to_category: Option<String>,
    /// Food group tags (PNNS).
    pub food_groups: Vec<String>,
    /// Where it is sold.
    pub countries: CountrySet,
    /// Whether the record names its countries in other words than the canonical tags (`en:us`,
    /// "Deutschland"): old records that nobody keeps up.
    pub countries_interpreted: bool,
    /// Shops as written.
    pub stores: Vec<String>,
    /// Label tags.
    pub labels: Vec<String>,
    /// What it contains.
    pub nutrition: Nutrition,
    /// Whether it contains non-nutritive sweeteners, if known.
    pub sweeteners: Option<bool>,
    /// Whether more than a tenth of it is red meat by its ingredients, if known.
    pub red_meat: Option<bool>,
    /// Its Nutri-Score: the official one of 2023 where it has one, else ours, else an older one.
    pub nutri_score: NutriScore,
    /// The letter that the record itself states, whichever version of the rule it is from: the one a
    /// shopper reads on most packs. A substitute is never worse by this letter either.
    pub stated_grade: Option<Grade>,
    /// NOVA group 1 to 4, if known.
    pub nova_group: Option<u8>,
    /// Green-Score grade, `a` to `e` (also `a-plus`, `f`), if known.
    pub environmental_grade: Option<String>,
    /// Additive tags (`en:e322`).
    pub additives: Vec<String>,
    /// Allergens it contains; `None` where nobody has said.
    pub allergens: Option<Allergens>,
    /// Its allergen tags as the record has them, where one of them is not of the fourteen canonical ones
    /// (`pl:śmietanka`, cream): understood in [`allergens`](Self::allergens) as well as we can. Else empty.
    pub allergen_tags: Vec<String>,
    /// Allergens it may contain traces of; `None` where nobody has said.
    pub traces: Option<Allergens>,
    /// Vegan, vegetarian, palm oil.
    pub analysis: Analysis,
    /// The list of ingredients as written, in the main language.
    pub ingredients_text: Option<Text>,
    /// The front picture, if there is one.
    pub image: Option<FrontImage>,
    /// How many people scanned it in a year (`unique_scans_n`), or `popularity_key` scaled down.
    pub popularity: u32,
    /// How complete the record is, 0 to 100.
    pub completeness: u8,
    /// When it was last changed, UNIX seconds; 0 if unknown.
    pub last_modified_t: i64,
    /// Why it is kept out of the substitutes, if it is.
    pub implausible: Option<Implausibility>,
}

impl Product {
    /// Allergens that its ingredients name and its declaration lacks, as far as their words are known.
    pub fn suspected_allergens(&self) -> Allergens {
        let named = self.ingredients_text.as_ref().map(|ingredients| allergen_words::named_in(&ingredients.text));
        named.unwrap_or_default() - self.allergens.unwrap_or_default()
    }

    /// A product of which nothing is known but its code and its name.
    pub fn new(code: Barcode, name: &str) -> Self {
        Self {
            code,
            lang: Lang::UNKNOWN,
            names: vec![Text { lang: Lang::UNKNOWN, text: name.to_owned() }],
            generic_name: None,
            brands: Vec::new(),
            quantity: String::new(),
            categories: Vec::new(),
            compared_to_category: None,
            food_groups: Vec::new(),
            countries: CountrySet::default(),
            countries_interpreted: false,
            stores: Vec::new(),
            labels: Vec::new(),
            nutrition: Nutrition::default(),
            sweeteners: None,
            red_meat: None,
            nutri_score: NutriScore::Unknown,
            stated_grade: None,
            nova_group: None,
            environmental_grade: None,
            additives: Vec::new(),
            allergens: None,
            allergen_tags: Vec::new(),
            traces: None,
            analysis: Analysis::default(),
            ingredients_text: None,
            image: None,
            popularity: 0,
            completeness: 0,
            last_modified_t: 0,
            implausible: None,
        }
    }

    /// Its name in the wished language, else in its main language.
    pub fn name(&self, lang: Lang) -> &str {
        self.names
            .iter()
            .find(|name| name.lang == lang)
            .or_else(|| self.names.first())
            .map_or("", |name| name.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_falls_back_to_the_main_language() {
        let mut product = Product::new(Barcode::from_number(20_000_011), "Nudeln");
        product.names.push(Text { lang: Lang::FR, text: "Pâtes".to_owned() });

        assert_eq!(product.name(Lang::FR), "Pâtes");
        assert_eq!(product.name(Lang::EN), "Nudeln");
    }

    #[test]
    fn a_new_product_knows_nothing() {
        let product = Product::new(Barcode::from_number(20_000_011), "Nudeln");

        assert_eq!((product.nutri_score, product.stated_grade), (NutriScore::Unknown, None));
        assert_eq!((product.allergens, product.traces), (None, None));
        assert_eq!(product.analysis, Analysis::default());
        assert!(product.countries.is_empty() && product.implausible.is_none());
    }
}
