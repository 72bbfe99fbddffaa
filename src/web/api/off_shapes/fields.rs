//! The fields of a product as Open Food Facts' API v2 names and fills them.

use serde_json::{Map, Value};

use super::super::view::{image_url, year};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::country::Country;
use crate::food::diet::Verdict;
use crate::food::nutri_score::{NutriScore, Source};
use crate::food::nutrition::{Basis, Nutrient, SALT_PER_SODIUM};
use crate::food::product::Product;

/// A product in the shape of Open Food Facts' API v2.
pub(super) fn off_product(product: &Product) -> Map<String, Value> {
    let code = product.code.to_string();
    let mut fields = Map::new();
    let mut field = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    field("_id", code.clone().into());
    field("code", code.clone().into());
    field("product_type", "food".into());
    field("lang", product.lang.as_str().into());
    field("lc", product.lang.as_str().into());
    field("product_name", product.name(product.lang).into());
    for name in &product.names {
        field(&format!("product_name_{}", name.lang.as_str()), name.text.clone().into());
    }
    field("generic_name", product.generic_name.as_ref().map_or("", |text| &text.text).into());
    field("brands", product.brands.join(", ").into());
    field("brands_tags", product.brands.iter().map(|brand| slug(brand)).collect::<Vec<_>>().into());
    field("quantity", product.quantity.clone().into());
    field("categories", product.categories.join(", ").into());
    field("categories_tags", product.categories.clone().into());
    field("compared_to_category", product.compared_to_category.clone().into());
    field("food_groups_tags", product.food_groups.clone().into());
    field("countries_tags", product.countries.iter().map(Country::tag).collect::<Vec<_>>().into());
    field("stores", product.stores.join(", ").into());
    field("labels_tags", product.labels.clone().into());
    field("additives_tags", product.additives.clone().into());
    if let Some(tags) = allergen_tags(product.allergens, &product.allergen_tags) {
        field("allergens_tags", tags.into());
    }
    if let Some(tags) = allergen_tags(product.traces, &[]) {
        field("traces_tags", tags.into());
    }
    field("ingredients_analysis_tags", analysis_tags(product).into());
    field("ingredients_text", product.ingredients_text.as_ref().map_or("", |text| &text.text).into());
    field("nova_group", product.nova_group.into());
    field("environmental_score_grade", product.environmental_grade.clone().into());
    field("unique_scans_n", product.popularity.into());
    field("completeness", (f64::from(product.completeness) / 100.0).into());
    field("last_modified_t", product.last_modified_t.into());
    field("nutriments", nutriments(product).into());
    field("nutrition_data_per", if product.nutrition.basis == Basis::Per100ml { "100ml" } else { "100g" }.into());
    if let Some(image) = &product.image {
        let url = image_url(&code, image);
        field("image_front_url", url.clone().into());
        field("image_url", url.into());
    }
    nutri_score(product, &mut field);
    fields
}

/// Tags of allergens: those that the record has, if they are kept, then those that they mean. None where nobody has
/// said, and none where all that is known is an allergen without a tag: an empty list would say that there is none.
fn allergen_tags<'a>(allergens: Option<Allergens>, written: &'a [String]) -> Option<Vec<&'a str>> {
    let allergens = allergens?;
    let mut tags: Vec<&'a str> = written.iter().map(String::as_str).collect();
    let canonical: Vec<&str> = allergens.iter().map(Allergen::tag).filter(|tag| !tags.contains(tag)).collect();
    tags.extend(canonical);
    Some(tags).filter(|tags| !tags.is_empty() || !allergens.has_other())
}

fn nutri_score(product: &Product, field: &mut impl FnMut(&str, Value)) {
    let grade = match product.nutri_score {
        NutriScore::Graded { grade, score, version, source } => {
            field("nutriscore_score", score.into());
            if let Some(year) = year(version) {
                field("nutriscore_version", year.into());
            }
            field("foodswap_nutriscore_source", if source == Source::Off { "off" } else { "computed" }.into());
            grade.as_str()
        }
        NutriScore::NotApplicable => "not-applicable",
        NutriScore::Unknown => "unknown",
    };
    field("nutriscore_grade", grade.into());
    field("nutrition_grades", grade.into());
}

/// Values per 100 g or 100 ml under Open Food Facts' names; energy in kJ, masses in grams.
fn nutriments(product: &Product) -> Map<String, Value> {
    let mut values = Map::new();
    let mut put = |name: &str, value: f64, unit: &str| {
        values.insert(format!("{name}_100g"), value.into());
        values.insert(format!("{name}_unit"), unit.into());
    };
    for nutrient in Nutrient::ALL {
        let Some(value) = product.nutrition.value(nutrient) else { continue };
        match nutrient {
            Nutrient::Energy => {
                put("energy", value, "kJ");
                put("energy-kj", value, "kJ");
                if let Some(kcal) = product.nutrition.kcal() {
                    put("energy-kcal", kcal.round(), "kcal");
                }
            }
            Nutrient::Salt => {
                put("salt", value, "g");
                put("sodium", value / SALT_PER_SODIUM, "g");
            }
            Nutrient::Fat => put("fat", value, "g"),
            Nutrient::SaturatedFat => put("saturated-fat", value, "g"),
            Nutrient::Carbohydrates => put("carbohydrates", value, "g"),
            Nutrient::Sugars => put("sugars", value, "g"),
            Nutrient::Fiber => put("fiber", value, "g"),
            Nutrient::Proteins => put("proteins", value, "g"),
        }
    }
    values
}

fn analysis_tags(product: &Product) -> Vec<&'static str> {
    let tag = |verdict: Verdict, [yes, no, maybe, unknown]: [&'static str; 4]| match verdict {
        Verdict::Yes => yes,
        Verdict::No => no,
        Verdict::Maybe => maybe,
        Verdict::Unknown => unknown,
    };
    let analysis = product.analysis;
    vec![
        tag(
            analysis.palm_oil_free,
            ["en:palm-oil-free", "en:palm-oil", "en:may-contain-palm-oil", "en:palm-oil-content-unknown"],
        ),
        tag(analysis.vegan, ["en:vegan", "en:non-vegan", "en:maybe-vegan", "en:vegan-status-unknown"]),
        tag(
            analysis.vegetarian,
            ["en:vegetarian", "en:non-vegetarian", "en:maybe-vegetarian", "en:vegetarian-status-unknown"],
        ),
    ]
}

/// A name as Open Food Facts writes it in tags: lower case, words joined by hyphens.
fn slug(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allergens_that_are_not_understood_are_never_an_empty_list() {
        let milk = Allergens::from(Allergen::Milk);
        for (allergens, written, expected) in [
            (None, &[][..], None),
            (Some(Allergens::NONE), &[], Some(vec![])),
            (Some(milk), &[], Some(vec!["en:milk"])),
            (Some(Allergens::OTHER), &[], None),
            (Some(Allergens::OTHER), &["en:gelatin"], Some(vec!["en:gelatin"])),
            (Some(milk), &["fr:lait"], Some(vec!["fr:lait", "en:milk"])),
            (Some(milk | Allergens::OTHER), &["en:milk", "en:gelatin"], Some(vec!["en:milk", "en:gelatin"])),
        ] {
            let written: Vec<String> = written.iter().map(|tag| (*tag).to_owned()).collect();

            assert_eq!(allergen_tags(allergens, &written), expected, "{allergens:?} {written:?}");
        }
    }
}
