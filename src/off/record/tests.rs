//! Records of every shape, written for these tests.

mod limits;
mod nutrition;

use serde_json::{Value, json};

use super::*;
use crate::food::allergen::{Allergen, Allergens};
use crate::food::diet::Verdict;
use crate::food::nutri_score::{Grade, NutriScore, Source, Version};
use crate::food::nutrition::Amount;
use crate::food::product::{FrontImage, Lang};

/// A record with a code and a name, and what `more` adds or replaces.
fn record(more: Value) -> Value {
    let mut record = json!({"code": "4000000000013", "lang": "fr", "product_name": "Biscuits aux noisettes"});
    if let (Some(record), Value::Object(more)) = (record.as_object_mut(), more) {
        record.extend(more);
    }
    record
}

fn read(record: &Value) -> Result<Product, Rejection> {
    parse(record.to_string().as_bytes())
}

fn product(more: Value) -> Product {
    read(&record(more)).expect("a product")
}

fn nutriments() -> Value {
    json!({
        "energy-kj_100g": 1900, "energy-kcal_100g": 454, "energy_100g": 1900, "fat_100g": "18,5", "saturated-fat_100g": 5,
        "carbohydrates_100g": 66, "sugars_100g": " 24 ", "proteins_100g": 6.5, "salt_100g": null, "sodium_100g": 0.2,
        "fiber_100g": "<0.5", "fat_prepared_100g": 3, "sugars_serving": 7.2, "salt": 1,
        "fruits-vegetables-legumes-estimate-from-ingredients_100g": 12
    })
}

/// The same values as [`nutriments`], in the shape of schema 1003.
fn nutrition() -> Value {
    let packaging =
        |value: f64, unit: &str| json!({"value": value, "unit": unit, "source": "packaging", "source_index": 0});
    json!({"input_sets": [], "aggregated_set": {"per": "100g", "preparation": "as_sold", "nutrients": {
        "energy-kj": packaging(1900.0, "kJ"), "energy-kcal": packaging(454.0, "kcal"), "energy": packaging(1900.0, "kJ"),
        "fat": packaging(18.5, "g"), "saturated-fat": packaging(5.0, "g"), "carbohydrates": packaging(66.0, "g"),
        "sugars": packaging(24.0, "g"), "proteins": packaging(6.5, "g"), "sodium": packaging(0.2, "g"),
        "fiber": packaging(0.5, "g"),
        "fruits-vegetables-legumes": {"value": 12, "unit": "%", "source": "estimate", "modifier": "~"}
    }}})
}

#[test]
fn a_product_is_the_same_in_every_shape() {
    let brands = |tag: &str| json!({"brands_tags": [tag]});
    let front = json!({"rev": "4", "imgid": "1", "sizes": {"100": {"w": 75, "h": 100}}});
    let flat = json!({"1": {"uploader": "someone"}, "front_fr": front, "nutrition_fr": {"rev": "9"}});
    let split = json!({"uploaded": {"1": {}}, "selected": {"front": {"fr": front}, "nutrition": {"fr": {"rev": "9"}}}});
    let shapes = [
        (json!({"ecoscore_grade": "d", "nutriments": nutriments(), "images": flat}), brands("mon-biscuit")),
        (
            json!({"schema_version": 999, "ecoscore_grade": "d", "nutriments": nutriments(), "images": flat}),
            brands("mon-biscuit"),
        ),
        (
            json!({"schema_version": 1000, "environmental_score_grade": "d", "nutriments": nutriments(), "images": flat}),
            brands("mon-biscuit"),
        ),
        (
            json!({"schema_version": 1001, "environmental_score_grade": "d", "nutriments": nutriments(), "images": flat}),
            brands("xx:mon-biscuit"),
        ),
        (
            json!({"schema_version": 1002, "environmental_score_grade": "d", "nutriments": nutriments(), "images": split}),
            brands("xx:mon-biscuit"),
        ),
        (
            json!({"schema_version": 1003, "environmental_score_grade": "d", "nutriments": {}, "nutrition": nutrition(), "images": split}),
            brands("xx:mon-biscuit"),
        ),
        (
            json!({"schema_version": 1004, "environmental_score_grade": "d", "nutrition": nutrition(), "images": split, "tags_sources": {}}),
            brands("xx:mon-biscuit"),
        ),
    ];
    let read: Vec<Product> = shapes
        .into_iter()
        .map(|(shape, brands)| {
            let mut record = record(shape);
            record.as_object_mut().expect("an object").extend(brands.as_object().expect("an object").clone());
            read(&record).expect("a product")
        })
        .collect();

    for product in &read {
        assert_eq!(product, &read[0]);
    }
    assert_eq!(read[0].brands, ["mon biscuit"]);
    assert_eq!(read[0].environmental_grade.as_deref(), Some("d"));
    assert_eq!(read[0].image, Some(FrontImage { lang: Lang::FR, revision: 4 }));
    assert_eq!(read[0].nutrition.fat_g, Some(Amount::labelled(18.5)));
    assert_eq!(read[0].nutrition.salt_g, Some(Amount::labelled(0.5)), "salt is 2.5 times sodium");
    assert_eq!(read[0].nutrition.fiber_g, Some(Amount::labelled(0.5)));
    assert_eq!(read[0].nutrition.fruits_vegetables_legumes_percent, Some(Amount::estimated(12.0)));
}

#[test]
fn a_line_without_a_product_says_why() {
    for (line, reason) in [
        (String::new(), Rejection::NotJson),
        ("<html>".to_owned(), Rejection::NotJson),
        (record(json!({})).to_string().replace('}', ""), Rejection::NotJson),
        (json!({"product_name": "Thé"}).to_string(), Rejection::NoCode),
        (json!({"code": "0000", "product_name": "Thé"}).to_string(), Rejection::NoCode),
        (json!({"code": "abc", "product_name": "Thé"}).to_string(), Rejection::BadCode),
        (json!({"code": "1".repeat(25), "product_name": "Thé"}).to_string(), Rejection::BadCode),
        (json!({"code": "123", "product_name": " "}).to_string(), Rejection::NoName),
        (json!({"code": "123", "product_name": ["Thé"]}).to_string(), Rejection::NoName),
        (record(json!({"product_type": "beauty"})).to_string(), Rejection::NotFood),
        (record(json!({"product_type": "petfood"})).to_string(), Rejection::NotFood),
    ] {
        assert_eq!(parse(line.as_bytes()).err(), Some(reason), "{line}");
    }
    assert_eq!(parse(b"{\"code\":\"123\",\"product_name\":\"caf\xe9\"}").err(), Some(Rejection::NoName), "not UTF-8");
}

#[test]
fn reasons_are_stable_and_written_alike_everywhere() {
    for reason in Rejection::ALL {
        assert_eq!(serde_json::to_string(&reason).expect("JSON"), format!("\"{}\"", reason.reason()));
        assert!(reason.to_string().len() > 20, "{reason} helps");
    }
}

#[test]
fn a_code_may_be_a_number_or_stand_in_the_id() {
    for code in [json!({"code": 17, "product_name": "Thé"}), json!({"_id": "00017", "product_name": "Thé"})] {
        assert_eq!(read(&code).expect("a product").code.to_string(), "00000017");
    }
}

#[test]
fn fields_of_a_wrong_type_are_as_good_as_absent() {
    let odd = json!({
        "brands": 7.5, "categories_tags": {"a": 1}, "nutriments": [], "images": "none", "nutrition": null, "nutriscore": [],
        "completeness": "high", "unique_scans_n": -4, "nova_group": "four", "labels_tags": null, "countries_tags": 3,
        "ingredients_text": {}, "last_modified_t": "yesterday", "nutriments_estimated": 0
    });

    // A number is a brand's name all the same, and one thing known of eight.
    let product = Product { brands: Vec::new(), completeness: 0, ..product(odd) };

    assert_eq!(product, self::product(json!({})));
}

#[test]
fn the_name_of_the_main_language_comes_first_and_no_text_twice() {
    let product = product(json!({
        "product_name_en": "Hazelnut biscuits", "product_name_fr": "Biscuits", "product_name_de": "Hazelnut biscuits",
        "product_name_es": "  ", "product_name_it": "Biscotti &quot;alle nocciole&quot;\nbuoni", "product_name_debug_tags": ["x"]
    }));

    let names: Vec<_> = product.names.iter().map(|name| (name.lang.as_str(), name.text.as_str())).collect();
    assert_eq!(
        names,
        [("fr", "Biscuits aux noisettes"), ("en", "Hazelnut biscuits"), ("it", "Biscotti \"alle nocciole\" buoni")]
    );
}

#[test]
fn a_record_without_a_name_goes_by_its_description() {
    let product =
        read(&json!({"code": "123", "lc": "de", "product_name": "", "generic_name": "Kekse"})).expect("a product");

    assert_eq!((product.name(Lang::FR), product.lang), ("Kekse", Lang(*b"de")));
}

#[test]
fn long_names_are_cut_at_a_character() {
    let product = product(json!({"product_name": "é".repeat(1000)}));

    assert_eq!(product.names[0].text, "é".repeat(150));
}

#[test]
fn junk_tags_and_repetitions_are_dropped() {
    let product = product(json!({
        "categories_tags": ["en:null", "en:biscuits", "", "en:undefined", "en:biscuits", null, "fr:sablés"],
        "compared_to_category": "en:null"
    }));

    assert_eq!(product.categories, ["en:biscuits", "fr:sablés"]);
    assert_eq!(product.compared_to_category, None);
}

#[test]
fn the_official_grade_of_2023_wins_over_the_one_shown() {
    let nutriscore = json!({"2021": {"grade": "c", "score": 9}, "2023": {"grade": "d", "score": 14, "data": {"is_red_meat_product": 1}}});
    let shown = json!({"nutriscore_grade": "c", "nutriscore_score": 9, "nutriscore_version": "2021"});

    let mut record = record(shown.clone());
    record["nutriscore"] = nutriscore;
    let both = read(&record).expect("a product");
    let only_shown = product(shown);

    let official =
        |grade, score, version| NutriScore::Graded { grade, score: Some(score), version, source: Source::Off };
    assert_eq!(both.nutri_score, official(Grade::D, 14, Version::V2023));
    assert_eq!((both.stated_grade, both.red_meat), (Some(Grade::C), Some(true)));
    assert_eq!(only_shown.nutri_score, official(Grade::C, 9, Version::V2021));
    assert_eq!(product(json!({"nutriscore_grade": "not-applicable"})).nutri_score, NutriScore::NotApplicable);
    assert_eq!(product(json!({"nutriscore_grade": "unknown"})).nutri_score, NutriScore::Unknown);
}

#[test]
fn the_marks_of_allergens_within_the_ingredients_are_no_part_of_the_text() {
    let marked = product(json!({"lang": "fr", "ingredients_text": "Sucre, _lait_ écrémé, _noisettes_ 13%"}));

    assert_eq!(marked.ingredients_text.expect("ingredients").text, "Sucre, lait écrémé, noisettes 13%");
}

#[test]
fn allergens_are_unknown_until_somebody_said_so() {
    let milk = Some(Allergens::from(Allergen::Milk));
    for (record, allergens) in [
        (json!({}), None),
        (json!({"allergens_tags": []}), None),
        (json!({"ingredients_text": "sucre"}), None),
        (json!({"allergens_tags": [], "ingredients_text": "sucre"}), Some(Allergens::NONE)),
        (json!({"allergens_tags": [], "ingredients_text": "น้ำตาล นม"}), None),
        (json!({"allergens_tags": ["en:none"]}), Some(Allergens::NONE)),
        (json!({"allergens_tags": ["en:milk"]}), milk),
        (json!({"allergens_tags": ["fr:lait écrémé"]}), milk),
        (json!({"allergens": "Lait, lait en poudre"}), milk),
        (json!({"allergens_tags": ["en:dragon"]}), Some(Allergens::OTHER)),
    ] {
        assert_eq!(product(record.clone()).allergens, allergens, "{record}");
    }
}

#[test]
fn diets_come_from_the_analysis_and_the_labels() {
    let analysed = product(
        json!({"ingredients_analysis_tags": ["en:non-vegan", "en:maybe-vegetarian", "en:palm-oil-content-unknown"]}),
    );
    let labelled = product(json!({"labels_tags": ["en:no-palm-oil"]}));

    assert_eq!((analysed.analysis.vegan, analysed.analysis.vegetarian), (Verdict::No, Verdict::Maybe));
    assert_eq!(analysed.analysis.palm_oil_free, Verdict::Unknown);
    assert_eq!(labelled.analysis.palm_oil_free, Verdict::Yes);
}

#[test]
fn sweeteners_are_counted_or_found_among_the_additives() {
    for (record, sweeteners) in [
        (json!({}), None),
        (json!({"additives_tags": []}), None),
        (json!({"additives_tags": [], "ingredients_text": "eau"}), Some(false)),
        (json!({"additives_tags": ["en:e960a"]}), Some(true)),
        (json!({"additives_tags": ["en:e965"], "ingredients_text": "maltitol"}), Some(false)),
        (json!({"with_non_nutritive_sweeteners": 1}), Some(true)),
        (json!({"ingredients_non_nutritive_sweeteners_n": 0}), Some(false)),
    ] {
        assert_eq!(product(record.clone()).sweeteners, sweeteners, "{record}");
    }
}

#[test]
fn countries_are_read_from_tags_else_from_names() {
    for record in [
        json!({"countries_tags": ["en:france", "en:spain", "en:world"]}),
        json!({"countries": "France, España"}),
        json!({"countries": "en:FR,Espagne"}),
    ] {
        let codes: Vec<_> = product(record.clone()).countries.iter().map(crate::food::country::Country::code).collect();
        assert_eq!(codes, ["es", "fr"], "{record}");
    }
}

#[test]
fn popularity_is_scans_by_people_where_counted() {
    for (record, popularity) in [
        (json!({"unique_scans_n": 12, "scans_n": 40, "popularity_key": 24_950_000_012_u64}), 12),
        (json!({"scans_n": 40}), 40),
        (json!({"popularity_key": 24_950_000_034_u64}), 34),
        (json!({}), 0),
    ] {
        assert_eq!(product(record.clone()).popularity, popularity, "{record}");
    }
}

#[test]
fn the_picture_of_the_main_language_is_preferred() {
    for (record, image) in [
        (json!({"images": {"front_en": {"rev": 3}, "front_fr": {"rev": "8"}}}), Some((Lang::FR, 8))),
        (json!({"images": {"front_en": {"rev": 3}}}), Some((Lang::EN, 3))),
        (json!({"images": {"front": {"rev": "2"}, "front_xyz": {"rev": "2"}}}), None),
        (json!({"image_url": "https://images.example/400/front_fr.12.400.jpg"}), Some((Lang::FR, 12))),
        (json!({"image_url": "https://images.example/400/1.400.jpg"}), None),
    ] {
        let image = image.map(|(lang, revision)| FrontImage { lang, revision });
        assert_eq!(product(record.clone()).image, image, "{record}");
    }
}

#[test]
fn a_record_that_does_not_say_how_complete_it_is_is_judged_by_what_it_holds() {
    let said = product(json!({"code": "3017620422003", "product_name": "Spread", "completeness": 0.75}));
    let bare = product(json!({"code": "3017620422003", "product_name": "Spread"}));
    let fuller = product(json!({
        "code": "3017620422003", "product_name": "Spread", "brands": "Brand", "quantity": "400 g",
        "categories_tags": ["en:spreads"], "countries_tags": ["en:france"], "nutriments": {"energy_100g": 2252},
        "nutriscore_grade": "e",
    }));

    assert_eq!((said.completeness, bare.completeness, fuller.completeness), (75, 0, 75));
}
