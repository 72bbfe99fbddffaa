//! A plain drawing per food group, shown where a picture would be.

use crate::food::category::{CategoryId, Taxonomy};

/// The drawing of a food that fits no group.
const ANY: &str = "basket";

/// Which drawing stands for which category and those below it. A product takes the drawing of its most specific
/// category that is named here, so that a frozen pizza is a pizza before it is frozen.
const DRAWINGS: [(&str, &str); 86] = [
    ("en:beverages", "bottle"),
    ("en:alcoholic-beverages", "glass"),
    ("en:wines", "glass"),
    ("en:beers", "glass"),
    ("en:carbonated-drinks", "bottle"),
    ("en:sodas", "bottle"),
    ("en:waters", "bottle"),
    ("en:fruit-juices", "carton"),
    ("en:juices-and-nectars", "carton"),
    ("en:fruit-based-beverages", "carton"),
    ("en:plant-based-milk-alternatives", "carton"),
    ("en:milk-substitutes", "carton"),
    ("en:milks", "carton"),
    ("en:dairy-drinks", "carton"),
    ("en:hot-beverages", "cup"),
    ("en:coffees", "cup"),
    ("en:teas", "cup"),
    ("en:herbal-teas", "cup"),
    ("en:cocoa-and-its-products", "cup"),
    ("en:cocoa-and-chocolate-powders", "cup"),
    ("en:spreads", "jar"),
    ("en:sweet-spreads", "jar"),
    ("en:jams", "jar"),
    ("en:honeys", "jar"),
    ("en:bee-products", "jar"),
    ("en:pickles", "jar"),
    ("en:sauces", "sauce"),
    ("en:condiments", "sauce"),
    ("en:dressings", "sauce"),
    ("en:fats", "oil"),
    ("en:vegetable-oils", "oil"),
    ("en:olive-oils", "oil"),
    ("en:vegetable-fats", "butter"),
    ("en:butters", "butter"),
    ("en:margarines", "butter"),
    ("en:animal-fats", "butter"),
    ("en:breakfast-cereals", "bowl"),
    ("en:mueslis", "bowl"),
    ("en:soups", "bowl"),
    ("en:cereals-and-their-products", "grain"),
    ("en:cereals-and-potatoes", "grain"),
    ("en:cereal-grains", "grain"),
    ("en:flours", "grain"),
    ("en:rices", "grain"),
    ("en:pastas", "pasta"),
    ("en:noodles", "pasta"),
    ("en:breads", "loaf"),
    ("en:crispbreads", "loaf"),
    ("en:rusks", "loaf"),
    ("en:viennoiseries", "croissant"),
    ("en:pastries", "croissant"),
    ("en:biscuits-and-cakes", "biscuit"),
    ("en:biscuits", "biscuit"),
    ("en:cakes", "cake"),
    ("en:desserts", "pot"),
    ("en:yogurts", "pot"),
    ("en:dairy-desserts", "pot"),
    ("en:fermented-milk-products", "pot"),
    ("en:creams", "pot"),
    ("en:fruits-based-foods", "fruit"),
    ("en:fruits", "fruit"),
    ("en:compotes", "pot"),
    ("en:vegetables-based-foods", "leaf"),
    ("en:vegetables", "leaf"),
    ("en:salads", "leaf"),
    ("en:aromatic-plants", "leaf"),
    ("en:potatoes", "potato"),
    ("en:legumes-and-their-products", "pulse"),
    ("en:legumes", "pulse"),
    ("en:nuts-and-their-products", "nut"),
    ("en:nuts", "nut"),
    ("en:dried-fruits", "nut"),
    ("en:fishes", "fish"),
    ("en:seafood", "fish"),
    ("en:cheeses", "cheese"),
    ("en:meats", "meat"),
    ("en:meats-and-their-products", "meat"),
    ("en:meat-alternatives", "pulse"),
    ("en:eggs", "egg"),
    ("en:canned-foods", "can"),
    ("en:meals", "plate"),
    ("en:pizzas", "pizza"),
    ("en:sandwiches", "sandwich"),
    ("en:frozen-desserts", "ice"),
    ("en:confectioneries", "sweets"),
    ("en:chocolates", "chocolate"),
];

/// Further ones, whose categories stand apart from the groups above.
const MORE: [(&str, &str); 11] = [
    ("en:seeds", "nut"),
    ("en:baby-foods", "pot"),
    ("en:baby-milks", "bottle"),
    ("en:meal-replacements", "carton"),
    ("en:sugar-substitutes", "sweets"),
    ("en:salty-snacks", "crisps"),
    ("en:crisps", "crisps"),
    ("en:appetizers", "crisps"),
    ("en:sweet-snacks", "biscuit"),
    ("en:bars", "chocolate"),
    ("en:sugars", "sweets"),
];

/// The drawing for a product of these categories, general to specific.
pub fn of(categories: &[CategoryId], taxonomy: &Taxonomy) -> &'static str {
    let known = |id: CategoryId| {
        let tag = taxonomy.tag(id);
        DRAWINGS.iter().chain(&MORE).find(|(category, _)| *category == tag).map(|(_, drawing)| *drawing)
    };
    categories
        .iter()
        .rev()
        .find_map(|id| known(*id))
        .or_else(|| categories.last().and_then(|id| taxonomy.ancestors(*id).into_iter().find_map(known)))
        .unwrap_or(ANY)
}

/// The names of all drawings, for the test that each was drawn.
#[cfg(test)]
pub fn names() -> std::collections::BTreeSet<&'static str> {
    DRAWINGS.iter().chain(&MORE).map(|(_, drawing)| *drawing).chain([ANY]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_was_drawn() {
        let drawn = std::fs::read_to_string("ui/image/drawings.svg").expect("drawings");

        for name in names() {
            assert!(drawn.contains(&format!("<symbol id=\"{name}\"")), "{name}");
        }
    }
}
