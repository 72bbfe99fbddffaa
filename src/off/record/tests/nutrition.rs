//! What a record says of its nutrients.

use serde_json::json;

use super::{nutriments, product};
use crate::food::nutrition::{Amount, Basis};
use crate::food::product::Implausibility;

#[test]
fn estimates_stand_in_only_where_the_label_says_nothing() {
    let estimated = json!({"energy-kj_100g": 900, "sugars_100g": 5.3, "fiber_100g": 7.4, "salt_100g": 0.1});
    let labelled = json!({"nutriments": {"carbohydrates_100g": 1.5}, "nutriments_estimated": estimated});
    let unlabelled = json!({"nutriments": {"sugars_serving": 3}, "nutriments_estimated": estimated});

    let (labelled, unlabelled) = (product(labelled).nutrition, product(unlabelled).nutrition);

    assert_eq!((labelled.carbohydrates_g, labelled.sugars_g), (Some(Amount::labelled(1.5)), None));
    assert_eq!(
        (unlabelled.sugars_g, unlabelled.energy_kj),
        (Some(Amount::estimated(5.3)), Some(Amount::estimated(900.0)))
    );
}

#[test]
fn marks_of_estimates_are_kept() {
    let set = json!({"nutrition": {"aggregated_set": {"per": "100g", "preparation": "as_sold", "nutrients": {
        "energy-kj": {"value": 1900, "source": "packaging", "modifier": "~"},
        "fat": {"value": 18, "source": "estimate"},
        "saturated-fat": {"value": 25, "source": "estimate", "modifier": "~"},
        "sodium": {"value": 0.4, "source": "packaging", "modifier": "~"},
        "proteins": {"value": "6,5", "source": "packaging", "modifier": "<"}
    }}}});
    let old =
        json!({"nutriments": {"fat_100g": 18, "fat_modifier": "~", "salt_100g": "~ 1", "proteins_modifier": "~"}});

    let (set, old) = (product(set).nutrition, product(old).nutrition);

    assert_eq!(set.energy_kj, Some(Amount::estimated(1900.0)));
    assert_eq!(set.fat_g, Some(Amount::estimated(18.0)));
    assert_eq!(set.saturated_fat_g, None, "an estimated part that outweighs its whole");
    assert_eq!(set.salt_g, Some(Amount::estimated(1.0)));
    assert_eq!(set.proteins_g, Some(Amount::labelled(6.5)));
    assert_eq!(
        (old.fat_g, old.salt_g, old.proteins_g),
        (Some(Amount::estimated(18.0)), Some(Amount::estimated(1.0)), None)
    );
}

#[test]
fn prepared_and_absurd_values_are_none() {
    let prepared = json!({"nutrition": {"aggregated_set": {"per": "100g", "preparation": "prepared", "nutrients": {"fat": {"value": 3}}}}});
    let absurd = json!({"nutriments": {"fat_100g": -3, "sugars_100g": 1e9, "salt_100g": "much"}});

    for record in [prepared, absurd] {
        let nutrition = product(record).nutrition;
        assert_eq!((nutrition.fat_g, nutrition.sugars_g, nutrition.salt_g), (None, None, None));
    }
}

#[test]
fn energy_is_in_kilojoules_whatever_the_record_has() {
    for (nutriments, kilojoules) in [
        (json!({"energy-kj_100g": 1900, "energy_100g": 1899, "energy-kcal_100g": 454}), 1900.0),
        (json!({"energy_100g": 1899, "energy-kcal_100g": 454}), 1899.0),
        (json!({"energy-kcal_100g": 100}), 418.0),
    ] {
        let energy = product(json!({"nutriments": nutriments})).nutrition.energy_kj;
        assert_eq!(energy, Some(Amount::labelled(kilojoules)), "{nutriments}");
    }
}

#[test]
fn kilocalories_are_those_of_the_record_where_it_states_them() {
    let aggregated = json!({"nutrition": {"aggregated_set": {"per": "100g", "nutrients": {
        "energy-kj": {"value": 2252, "unit": "kJ", "source": "packaging"},
        "energy-kcal": {"value": 539, "unit": "kcal", "source": "packaging"},
    }}}});
    for (record, kcal) in [
        (json!({"nutriments": {"energy-kj_100g": 2252, "energy-kcal_100g": "539"}}), 539.0),
        (aggregated, 539.0),
        (json!({"nutriments": {"energy_100g": 418.4}}), 100.0),
        (json!({"nutriments": {"energy-kcal_100g": 538.4}}), 538.4),
    ] {
        let found = product(record.clone()).nutrition.kcal().expect("energy");
        assert!((found - kcal).abs() < 1e-9, "{found} {record}");
    }
}

#[test]
fn drinks_are_counted_per_100_ml() {
    for (record, basis) in [
        (json!({}), Basis::Per100g),
        (json!({"nutrition_data_per": "100ml"}), Basis::Per100ml),
        (json!({"product_quantity_unit": "ml"}), Basis::Per100ml),
        (json!({"product_quantity_unit": "g", "categories_tags": ["en:beverages"]}), Basis::Per100g),
        (json!({"quantity": "33 cl"}), Basis::Per100ml),
        (json!({"quantity": "1,5L"}), Basis::Per100ml),
        (json!({"quantity": "250 ml e"}), Basis::Per100ml),
        (json!({"quantity": "350 g"}), Basis::Per100g),
        (json!({"categories_tags": ["en:beverages", "en:sodas"]}), Basis::Per100ml),
        (json!({"nutrition": {"aggregated_set": {"per": "100ml", "nutrients": {}}}}), Basis::Per100ml),
    ] {
        assert_eq!(product(record.clone()).nutrition.basis, basis, "{record}");
    }
}

#[test]
fn what_cannot_be_true_is_kept_and_marked() {
    for (record, implausible) in [
        (json!({"nutriments": nutriments()}), None),
        (json!({"nutriments": {"fat_100g": 60, "carbohydrates_100g": 60}}), Some(Implausibility::NutrientSum)),
        (json!({"nutriments": {"sugars_100g": 60, "carbohydrates_100g": 50}}), Some(Implausibility::PartExceedsWhole)),
        (json!({"nutriments": {"energy-kj_100g": 450, "energy-kcal_100g": 450}}), Some(Implausibility::Energy)),
        (
            json!({"data_quality_errors_tags": ["en:nutrition-value-over-3800-energy"]}),
            Some(Implausibility::DataQualityError),
        ),
        (json!({"obsolete": "on", "data_quality_errors_tags": ["en:x"]}), Some(Implausibility::Obsolete)),
    ] {
        assert_eq!(product(record.clone()).implausible, implausible, "{record}");
    }
}
