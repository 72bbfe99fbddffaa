//! What is true of every product, whatever it was read from.

use foodswap::food::nutrition::Nutrient;
use foodswap::food::product::Product;

/// Panics where one is not.
pub(crate) fn hold(product: &Product) {
    assert!(!product.names.is_empty(), "a product has a name");
    for name in &product.names {
        assert!(!name.text.is_empty() && name.text == name.text.trim(), "a name is not blank: {:?}", name.text);
        assert!(!name.text.contains(char::is_control), "a name is one line: {:?}", name.text);
    }
    for nutrient in Nutrient::ALL {
        let amount = product.nutrition.amount(nutrient);
        assert!(amount.is_none_or(|amount| amount.value.is_finite() && amount.value >= 0.0), "{nutrient:?} {amount:?}");
    }
    assert!(product.completeness <= 100);
    assert!(product.nova_group.is_none_or(|group| (1..=4).contains(&group)));
    let lists = [&product.categories, &product.labels, &product.additives, &product.food_groups];
    for tag in lists.into_iter().flatten() {
        assert!(!tag.is_empty() && !tag.ends_with(":null") && !tag.ends_with(":undefined"), "junk tag {tag:?}");
    }
    assert_eq!(product.code.to_string().parse(), Ok(product.code), "a code reads as it is written");
}
