//! Which fields of a record are wanted, and where they stand in one line.

use std::borrow::Cow;

use super::scan::{self, Malformed};
use super::value::Value;
use crate::food::product::Lang;

/// A field that is read, by the name that Open Food Facts gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as its field")]
pub(super) enum Field {
    AbbreviatedProductName,
    AdditivesTags,
    Allergens,
    AllergensTags,
    Brands,
    BrandsTags,
    CategoriesHierarchy,
    CategoriesTags,
    Code,
    ComparedToCategory,
    Completeness,
    Countries,
    CountriesTags,
    DataQualityErrorsTags,
    EcoscoreGrade,
    EnvironmentalScoreGrade,
    FoodGroupsTags,
    GenericName,
    Id,
    ImageFrontUrl,
    ImageUrl,
    Images,
    IngredientsAnalysisTags,
    IngredientsNonNutritiveSweetenersN,
    IngredientsText,
    LabelsTags,
    Lang,
    LastModifiedT,
    Lc,
    NovaGroup,
    Nutriments,
    NutrimentsEstimated,
    Nutriscore,
    NutriscoreGrade,
    NutriscoreScore,
    NutriscoreVersion,
    Nutrition,
    NutritionDataPer,
    Obsolete,
    PopularityKey,
    ProductName,
    ProductQuantityUnit,
    ProductType,
    Quantity,
    ScansN,
    ServingQuantity,
    ServingSize,
    Stores,
    StoresTags,
    Traces,
    TracesTags,
    UniqueScansN,
    WithNonNutritiveSweeteners,
}

/// How many [`Field`]s there are.
const FIELDS: usize = Field::WithNonNutritiveSweeteners as usize + 1;

impl Field {
    /// The field of a key, if it is wanted.
    #[inline]
    pub(super) fn named(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"abbreviated_product_name" => Self::AbbreviatedProductName,
            b"additives_tags" => Self::AdditivesTags,
            b"allergens" => Self::Allergens,
            b"allergens_tags" => Self::AllergensTags,
            b"brands" => Self::Brands,
            b"brands_tags" => Self::BrandsTags,
            b"categories_hierarchy" => Self::CategoriesHierarchy,
            b"categories_tags" => Self::CategoriesTags,
            b"code" => Self::Code,
            b"compared_to_category" => Self::ComparedToCategory,
            b"completeness" => Self::Completeness,
            b"countries" => Self::Countries,
            b"countries_tags" => Self::CountriesTags,
            b"data_quality_errors_tags" => Self::DataQualityErrorsTags,
            b"ecoscore_grade" => Self::EcoscoreGrade,
            b"environmental_score_grade" => Self::EnvironmentalScoreGrade,
            b"food_groups_tags" => Self::FoodGroupsTags,
            b"generic_name" => Self::GenericName,
            b"_id" => Self::Id,
            b"image_front_url" => Self::ImageFrontUrl,
            b"image_url" => Self::ImageUrl,
            b"images" => Self::Images,
            b"ingredients_analysis_tags" => Self::IngredientsAnalysisTags,
            b"ingredients_non_nutritive_sweeteners_n" => Self::IngredientsNonNutritiveSweetenersN,
            b"ingredients_text" => Self::IngredientsText,
            b"labels_tags" => Self::LabelsTags,
            b"lang" => Self::Lang,
            b"last_modified_t" => Self::LastModifiedT,
            b"lc" => Self::Lc,
            b"nova_group" => Self::NovaGroup,
            b"nutriments" => Self::Nutriments,
            b"nutriments_estimated" => Self::NutrimentsEstimated,
            b"nutriscore" => Self::Nutriscore,
            b"nutriscore_grade" => Self::NutriscoreGrade,
            b"nutriscore_score" => Self::NutriscoreScore,
            b"nutriscore_version" => Self::NutriscoreVersion,
            b"nutrition" => Self::Nutrition,
            b"nutrition_data_per" => Self::NutritionDataPer,
            b"obsolete" => Self::Obsolete,
            b"popularity_key" => Self::PopularityKey,
            b"product_name" => Self::ProductName,
            b"product_quantity_unit" => Self::ProductQuantityUnit,
            b"product_type" => Self::ProductType,
            b"quantity" => Self::Quantity,
            b"scans_n" => Self::ScansN,
            b"serving_quantity" => Self::ServingQuantity,
            b"serving_size" => Self::ServingSize,
            b"stores" => Self::Stores,
            b"stores_tags" => Self::StoresTags,
            b"traces" => Self::Traces,
            b"traces_tags" => Self::TracesTags,
            b"unique_scans_n" => Self::UniqueScansN,
            b"with_non_nutritive_sweeteners" => Self::WithNonNutritiveSweeteners,
            _ => return None,
        })
    }
}

/// A text that a record has once per language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Translated {
    /// `product_name_xx`
    ProductName,
    /// `generic_name_xx`
    GenericName,
    /// `ingredients_text_xx`
    IngredientsText,
}

impl Translated {
    /// The text and language of a key such as `product_name_fr`.
    #[inline]
    pub(super) fn named(key: &[u8]) -> Option<(Self, Lang)> {
        let [name @ .., b'_', first @ b'a'..=b'z', second @ b'a'..=b'z'] = key else { return None };
        let text = match name {
            b"product_name" => Self::ProductName,
            b"generic_name" => Self::GenericName,
            b"ingredients_text" => Self::IngredientsText,
            _ => return None,
        };
        Some((text, Lang([*first, *second])))
    }
}

/// The wanted values of one record.
#[derive(Debug, Clone)]
pub(super) struct Wanted<'a> {
    fields: [Option<Value<'a>>; FIELDS],
    translated: Vec<(Translated, Lang, Value<'a>)>,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { fields: [None; FIELDS], translated: Vec::new() }
    }
}

impl<'a> Wanted<'a> {
    /// Picks them out of a dump's line. Of a repeated key the last value counts.
    pub(super) fn of_line(line: &'a [u8]) -> Result<Self, Malformed> {
        let mut wanted = Self::default();
        for member in scan::members(line) {
            let (key, raw) = member?;
            if let Some(field) = Field::named(key) {
                wanted.set(field, Value::Json(raw));
            } else if let Some((text, lang)) = Translated::named(key) {
                wanted.translated.push((text, lang, Value::Json(raw)));
            }
        }
        Ok(wanted)
    }

    /// Sets one field.
    pub(super) fn set(&mut self, field: Field, value: Value<'a>) {
        self.fields[field as usize] = Some(value);
    }

    /// The value of one field.
    pub(super) fn get(&self, field: Field) -> Option<Value<'a>> {
        self.fields[field as usize]
    }

    /// The text of one field.
    pub(super) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.get(field)?.text()
    }

    /// The number of one field.
    pub(super) fn number(&self, field: Field) -> Option<f64> {
        Some(self.get(field)?.number()?.value)
    }

    /// The whole number of one field.
    pub(super) fn whole(&self, field: Field) -> Option<u64> {
        self.get(field)?.whole()
    }

    /// The value of one field by language, in the record's order.
    pub(super) fn translations(&self, wished: Translated) -> impl Iterator<Item = (Lang, Value<'a>)> {
        self.translated.iter().filter(move |(text, ..)| *text == wished).map(|&(_, lang, value)| (lang, value))
    }
}
