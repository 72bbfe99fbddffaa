//! What a record may be at most: junk and pranks stay small.

use serde_json::{Map, Value, json};

use super::product;
use crate::off::assembly::{ENTRIES_MAX, INGREDIENTS_BYTES_MAX, NAME_BYTES_MAX, NAMES_MAX, TAG_BYTES_MAX, TAGS_MAX};

/// Tags or entries, all different.
fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("en:thing-{number}")).collect()
}

#[test]
fn a_product_has_so_many_names_and_no_more() {
    let letters = || "abcdefghijklmnopqrstuvwxyz".chars();
    let named: Map<String, Value> =
        letters().map(|letter| (format!("product_name_z{letter}"), json!(format!("name in z{letter}")))).collect();

    let names = product(Value::Object(named)).names;

    assert_eq!(names.len(), NAMES_MAX);
    assert_eq!(names[0].text, "Biscuits aux noisettes", "the main name is among them");
}

#[test]
fn texts_are_cut_at_a_character_s_end() {
    let long = "é".repeat(INGREDIENTS_BYTES_MAX);

    let product = product(json!({
        "product_name": long, "generic_name": long, "quantity": long, "ingredients_text": long, "brands": long,
    }));

    let in_bounds = |text: &str, bytes_max: usize| text.len() <= bytes_max && text.len() + "é".len() > bytes_max;
    assert!(in_bounds(&product.names[0].text, NAME_BYTES_MAX));
    assert!(in_bounds(&product.generic_name.expect("a general name").text, NAME_BYTES_MAX));
    assert!(in_bounds(&product.quantity, NAME_BYTES_MAX));
    assert!(in_bounds(&product.ingredients_text.expect("ingredients").text, INGREDIENTS_BYTES_MAX));
    assert!(in_bounds(&product.brands[0], TAG_BYTES_MAX));
}

#[test]
fn lists_are_cut_at_their_ends() {
    let many = many(TAGS_MAX + 50);

    let product = product(json!({
        "categories_tags": many, "labels_tags": many, "additives_tags": many, "food_groups_tags": many,
        "brands_tags": many, "stores": many.join(","),
    }));

    for tags in [&product.categories, &product.labels, &product.additives, &product.food_groups] {
        assert_eq!((tags.len(), tags[0].as_str()), (TAGS_MAX, "en:thing-0"));
    }
    assert_eq!((product.brands.len(), product.stores.len()), (ENTRIES_MAX, ENTRIES_MAX));
}

#[test]
fn a_tag_that_is_a_text_is_no_tag() {
    let (longest, longer) = (format!("en:{}", "x".repeat(TAG_BYTES_MAX - 3)), "x".repeat(TAG_BYTES_MAX + 1));

    let categories = product(json!({"categories_tags": [longest, longer, "en:line\nbreak", "en:biscuits"]})).categories;

    assert_eq!(categories, [longest, "en:biscuits".to_owned()]);
}
