//! The starter catalogue agrees with Ciqual 2020 (ANSES, Licence Ouverte) within what plain variety explains.
//!
//! Ciqual is no part of the project: without its file the test says so and passes. The table beside this file
//! says which generic food is which of Ciqual's, chosen by hand; what is further off than the bands allow is
//! listed below, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use foodswap::catalogue::starter;
use foodswap::food::nutrition::Nutrient;
use foodswap::food::product::{Lang, Product};
use serde_json::Value;

use crate::shared_data;

const SAME_FOODS: &str = include_str!("starter_against_ciqual.tsv");

/// At least so many foods are compared.
const FOODS_MIN: usize = 150;

/// At least this share of all values lies within the bands.
const WITHIN_MIN: f64 = 0.95;

/// Recipes, breeds, seasons and brands of one generic food differ by about this much.
const VARIETY: f64 = 0.35;

const KJ_PER_KCAL: f64 = 4.184;

/// Values further off than the bands allow, and why they stay.
const ACCEPTED: [(&str, Nutrient, &str); 35] = [
    ("Corn flakes", Nutrient::Salt, "recipes lost half their salt since the analyses"),
    ("Chocolate puffed rice", Nutrient::Salt, "recipes lost salt since the analyses"),
    ("Rusks", Nutrient::SaturatedFat, "made with sunflower or rapeseed oil now, with palm oil then"),
    ("Wholemeal rusks", Nutrient::SaturatedFat, "made with sunflower or rapeseed oil now, with palm oil then"),
    ("Salt-free rusks", Nutrient::SaturatedFat, "made with sunflower or rapeseed oil now, with palm oil then"),
    ("Deep-fried chips", Nutrient::Salt, "salted as they are eaten; theirs are not"),
    ("Butter pound cake", Nutrient::SaturatedFat, "all butter; theirs is a mean with cakes made with oil"),
    ("Blueberry muffin", Nutrient::SaturatedFat, "theirs is a mean with chocolate muffins"),
    ("Raisin pastry swirl", Nutrient::SaturatedFat, "made with butter; theirs is a mean of all fats"),
    ("All-butter croissant", Nutrient::Fiber, "white flour cannot bring the 4.9 g of theirs"),
    ("Croissant with vegetable fat", Nutrient::Fiber, "white flour cannot bring the 5.1 g of theirs"),
    ("Salted tortilla chips", Nutrient::SaturatedFat, "fried in sunflower oil; theirs in palm oil"),
    ("Air-popped popcorn, nothing added", Nutrient::Fat, "without oil there is only the fat of maize, 4 to 5 g"),
    ("Air-popped popcorn, nothing added", Nutrient::SaturatedFat, "without oil there is only the fat of maize"),
    ("Salted crackers", Nutrient::SaturatedFat, "made with sunflower oil; theirs with palm oil"),
    ("Soft butter caramels", Nutrient::Fat, "the Breton kind, with butter; theirs is of all kinds"),
    ("Soft butter caramels", Nutrient::SaturatedFat, "the Breton kind, with butter; theirs is of all kinds"),
    ("Soft butter caramels", Nutrient::Salt, "the Breton kind, with salted butter"),
    ("Processed cheese triangles", Nutrient::Sugars, "the common brands add whey and milk"),
    ("Processed cheese triangles", Nutrient::Proteins, "the common brands add whey and milk, so less cheese"),
    ("Processed cheese triangles", Nutrient::Salt, "melting salts count as salt on a label"),
    ("Dijon mustard", Nutrient::Fiber, "mustard seed brings some; theirs is barely measured"),
    ("Carbonara sauce", Nutrient::Fiber, "cream, egg and bacon have none"),
    ("Ground black pepper", Nutrient::Fat, "the oil of pepper varies with origin and method, 3 to 8 g"),
    ("Breaded chicken escalope", Nutrient::Fat, "24 g with 7 g of protein is hardly an escalope"),
    ("Breaded chicken escalope", Nutrient::SaturatedFat, "follows from the fat"),
    ("Breaded chicken escalope", Nutrient::Fiber, "follows from how much is breading"),
    ("Breaded chicken escalope", Nutrient::Proteins, "two thirds chicken cannot have less than 13 g"),
    ("Plain tofu", Nutrient::Salt, "soya, water and a coagulant; theirs includes seasoned kinds"),
    ("Tuna in sunflower oil, drained", Nutrient::Salt, "common cans are salted to about 1 g"),
    ("Cooked prawns", Nutrient::Carbohydrates, "prawns have next to none"),
    ("Tomato passata", Nutrient::Salt, "sold with and without salt; ours is barely salted"),
    ("Baked beans in tomato sauce", Nutrient::Sugars, "the British kind is sweetened"),
    ("Baked beans in tomato sauce", Nutrient::Salt, "the British kind is less salted"),
    ("Vegetable samosas", Nutrient::Proteins, "theirs is a mean with meat samosas"),
];

/// Differences below this, in g (energy in kJ), mean little whatever their share.
fn floor(nutrient: Nutrient) -> f64 {
    match nutrient {
        Nutrient::Energy => 150.0,
        Nutrient::Carbohydrates => 4.0,
        Nutrient::Fat | Nutrient::Sugars => 3.0,
        Nutrient::Fiber | Nutrient::Proteins => 2.0,
        Nutrient::SaturatedFat => 1.5,
        Nutrient::Salt => 0.3,
    }
}

fn ciqual() -> Option<Value> {
    Some(serde_json::from_slice(&shared_data::unpacked("ciqual.json.gz")?).expect("Ciqual is JSON"))
}

fn value_in_ciqual(food: &Value, nutrient: Nutrient) -> Option<f64> {
    let name = match nutrient {
        Nutrient::Energy => "energy-kcal",
        Nutrient::Fat => "fat",
        Nutrient::SaturatedFat => "saturated-fat",
        Nutrient::Carbohydrates => "carbohydrates",
        Nutrient::Sugars => "sugars",
        Nutrient::Fiber => "fiber",
        Nutrient::Proteins => "proteins",
        Nutrient::Salt => "salt",
    };
    let value = food["nutriments"][name]["value"].as_f64()?;
    Some(if nutrient == Nutrient::Energy { value * KJ_PER_KCAL } else { value })
}

/// Each of our foods with the code of the same food in Ciqual.
fn same_foods() -> Vec<(Product, &'static str)> {
    let mut foods: BTreeMap<String, Product> = starter::products()
        .expect("the tables are sound")
        .into_iter()
        .map(|food| (food.code.to_string(), food))
        .collect();
    SAME_FOODS
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let food = foods.remove(cells[0]).unwrap_or_else(|| panic!("no food, or twice: {line}"));
            assert_eq!(food.name(Lang::EN), cells[2], "the name beside the code is that of the food");
            (food, cells[1])
        })
        .collect()
}

#[test]
fn the_table_of_same_foods_is_large_and_sound() {
    assert!(same_foods().len() >= FOODS_MIN);
}

#[test]
fn values_differ_from_ciqual_by_no_more_than_variety_explains() {
    let Some(ciqual) = ciqual() else { return };
    let mut compared = 0;
    let mut outliers = BTreeSet::new();
    for (food, code) in same_foods() {
        let theirs = ciqual.get(code).unwrap_or_else(|| panic!("Ciqual has no {code}"));
        for nutrient in Nutrient::ALL {
            let (Some(ours), Some(theirs)) = (food.nutrition.value(nutrient), value_in_ciqual(theirs, nutrient)) else {
                continue;
            };
            compared += 1;
            if (ours - theirs).abs() > floor(nutrient).max(theirs * VARIETY) {
                println!("{} ({code}), {nutrient:?}: {ours} against {theirs:.2}", food.name(Lang::EN));
                outliers.insert((food.name(Lang::EN).to_owned(), nutrient));
            }
        }
    }
    let accepted: BTreeSet<_> = ACCEPTED.iter().map(|(name, nutrient, _)| ((*name).to_owned(), *nutrient)).collect();
    let within = 1.0 - outliers.len() as f64 / f64::from(compared);
    println!("{compared} values compared, {:.1} % within", within * 100.0);

    assert!(within >= WITHIN_MIN, "{within}");
    assert_eq!(outliers.difference(&accepted).collect::<Vec<_>>(), Vec::<&(String, Nutrient)>::new(), "unexplained");
    assert_eq!(accepted.difference(&outliers).collect::<Vec<_>>(), Vec::<&(String, Nutrient)>::new(), "no longer off");
}
