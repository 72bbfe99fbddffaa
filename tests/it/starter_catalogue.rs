//! The starter catalogue is what it says: many foods of all kinds, in both languages, with values that fit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foodswap::catalogue::starter;
use foodswap::food::country::CountrySet;
use foodswap::food::diet::Verdict;
use foodswap::food::nutri_score::{Family, Grade, NutriScore, family_of};
use foodswap::food::nutrition::{Amount, Nutrition};
use foodswap::food::product::{Lang, Product};

/// Below this difference in energy the rounding of the nutrients explains it, kJ.
const ROUNDING_KJ: f64 = 20.0;

/// Something that may be so of a food.
type Claim = fn(&Product) -> bool;

fn foods() -> Vec<Product> {
    starter::products().expect("the tables are sound")
}

fn value(amount: Option<Amount>) -> Option<f64> {
    amount.map(|amount| amount.value)
}

/// Energy by the factors of Regulation (EU) 1169/2011, annex XIV; none unless all macronutrients are known.
fn energy_of_parts(nutrition: &Nutrition) -> Option<f64> {
    const ALCOHOL_G_PER_PERCENT: f64 = 0.789;
    Some(
        37.0 * value(nutrition.fat_g)?
            + 17.0 * value(nutrition.carbohydrates_g)?
            + 17.0 * value(nutrition.proteins_g)?
            + 8.0 * value(nutrition.fiber_g).unwrap_or_default()
            + 29.0 * ALCOHOL_G_PER_PERCENT * nutrition.alcohol_percent.unwrap_or_default(),
    )
}

#[test]
fn there_are_at_least_400_foods_in_at_least_80_categories() {
    let foods = foods();
    let own: BTreeSet<_> = foods.iter().filter_map(|food| food.compared_to_category.clone()).collect();

    assert!(foods.len() >= 400, "{} foods", foods.len());
    assert!(own.len() >= 80, "{} categories hold foods", own.len());
}

#[test]
fn codes_are_unique_valid_and_kept_for_use_inside_a_company() {
    let foods = foods();
    let codes: BTreeSet<_> = foods.iter().map(|food| food.code).collect();

    assert_eq!(codes.len(), foods.len());
    for food in &foods {
        assert!(food.code.has_valid_check_digit(), "{}", food.code);
        assert!(food.code.to_string().starts_with("2000000"), "{}", food.code);
    }
}

#[test]
fn every_food_and_every_category_has_its_own_name_in_english_and_in_french() {
    for lang in [Lang::EN, Lang::FR] {
        let mut seen = BTreeSet::new();
        for food in foods() {
            let name = food.names.iter().find(|name| name.lang == lang).expect("a name").text.clone();
            assert!(seen.insert(name.to_lowercase()), "`{name}` stands twice");
        }
    }
    let taxonomy = starter::taxonomy().expect("sound");
    for id in taxonomy.ids() {
        let langs: Vec<Lang> = taxonomy.node(id).names.iter().map(|(lang, _)| *lang).collect();
        assert_eq!(langs, [Lang::EN, Lang::FR], "{}", taxonomy.tag(id));
    }
}

#[test]
fn every_category_holds_a_food() {
    let foods = foods();
    let held: BTreeSet<_> = foods.iter().flat_map(|food| food.categories.iter().map(String::as_str)).collect();
    let taxonomy = starter::taxonomy().expect("sound");

    let empty: Vec<&str> = taxonomy.ids().map(|id| taxonomy.tag(id)).filter(|tag| !held.contains(tag)).collect();

    assert!(empty.is_empty(), "{empty:?}");
}

#[test]
fn categories_run_from_general_to_specific() {
    let taxonomy = starter::taxonomy().expect("sound");
    for food in foods() {
        let ids: Vec<_> = food.categories.iter().map(|tag| taxonomy.id(tag).expect("known")).collect();
        assert!(ids.windows(2).all(|pair| taxonomy.depth(pair[0]) <= taxonomy.depth(pair[1])), "{:?}", food.categories);
        for id in &ids {
            assert!(taxonomy.ancestors(*id).iter().all(|above| ids.contains(above)), "{:?}", food.categories);
        }
    }
}

#[test]
fn energy_fits_the_nutrients_within_a_tenth() {
    let mut off = Vec::new();
    for food in foods() {
        let (Some(energy), Some(parts)) = (value(food.nutrition.energy_kj), energy_of_parts(&food.nutrition)) else {
            continue;
        };
        // Vinegar's energy is its acid's, which has a factor of its own (13 kJ/g).
        let of_acid = food.categories.iter().any(|tag| tag == "en:vinegars");
        if !of_acid && (energy - parts).abs() > (parts * 0.1).max(ROUNDING_KJ) {
            off.push(format!("{}: {energy} kJ, {parts:.0} by its parts", food.name(Lang::EN)));
        }
    }
    assert!(off.is_empty(), "{off:#?}");
}

#[test]
fn no_part_exceeds_its_whole_and_all_parts_weigh_at_most_102_g() {
    for food in foods() {
        let Nutrition { fat_g, saturated_fat_g, carbohydrates_g, sugars_g, fiber_g, proteins_g, salt_g, .. } =
            food.nutrition;
        let name = food.name(Lang::EN);
        let within = |part, whole| value(part).zip(value(whole)).is_none_or(|(part, whole)| part <= whole);

        assert!(within(sugars_g, carbohydrates_g), "{name}: sugars");
        assert!(within(saturated_fat_g, fat_g), "{name}: saturated fat");
        let sum: f64 = [fat_g, carbohydrates_g, fiber_g, proteins_g, salt_g].into_iter().filter_map(value).sum();
        assert!(sum <= 102.0, "{name}: {sum} g");
        assert_eq!(food.implausible, None, "{name}");
    }
}

#[test]
fn what_a_food_is_made_of_agrees_with_its_diet() {
    use foodswap::food::allergen::Allergen::{Crustaceans, Eggs, Fish, Milk, Molluscs};
    for food in foods() {
        let name = food.name(Lang::EN);
        let contains =
            |list: &[_]| food.allergens.is_some_and(|set| list.iter().any(|allergen| set.contains(*allergen)));
        if food.analysis.vegan == Verdict::Yes {
            assert_eq!(food.analysis.vegetarian, Verdict::Yes, "{name}");
            assert!(!contains(&[Milk, Eggs, Fish, Crustaceans, Molluscs]), "{name} is not vegan");
        }
        if food.analysis.vegetarian == Verdict::Yes {
            assert!(!contains(&[Fish, Crustaceans, Molluscs]), "{name} is not vegetarian");
            assert_ne!(food.red_meat, Some(true), "{name} is not vegetarian");
        }
        if let (Some(allergens), Some(traces)) = (food.allergens, food.traces) {
            assert!(!allergens.intersects(traces), "{name}: an allergen is no trace of itself");
        }
    }
}

#[test]
fn every_grade_is_there_in_plenty() {
    let mut grades: BTreeMap<Grade, usize> = BTreeMap::new();
    for grade in foods().iter().filter_map(|food| food.nutri_score.grade()) {
        *grades.entry(grade).or_default() += 1;
    }
    println!("grades: {grades:?}");
    for grade in Grade::ALL {
        assert!(grades.get(&grade).is_some_and(|count| *count >= 40), "{grade:?}: {grades:?}");
    }
}

#[test]
fn every_family_of_the_nutri_score_is_there_with_more_than_one_grade_but_water() {
    let mut families: HashMap<Family, BTreeSet<Grade>> = HashMap::new();
    for food in foods() {
        if let Some(grade) = food.nutri_score.grade() {
            families.entry(family_of(&food.categories, food.red_meat)).or_default().insert(grade);
        }
    }
    println!("families: {families:?}");
    assert_eq!(families.get(&Family::Water), Some(&BTreeSet::from([Grade::A])));
    for family in [Family::General, Family::Beverage, Family::Cheese, Family::FatsOilsNutsSeeds, Family::RedMeat] {
        assert!(families.get(&family).is_some_and(|grades| grades.len() >= 2), "{family:?}: {families:?}");
    }
}

#[test]
fn kinds_without_a_grade_are_there() {
    let foods = foods();
    for tag in ["en:honeys", "en:wines", "en:coffees", "en:spices", "en:vinegars", "en:salts", "en:baby-foods"] {
        let of_kind: Vec<_> =
            foods.iter().filter(|food| food.categories.iter().any(|category| category == tag)).collect();
        assert!(!of_kind.is_empty(), "{tag}");
        assert!(of_kind.iter().all(|food| food.nutri_score == NutriScore::NotApplicable), "{tag}");
    }
}

#[test]
fn unknowns_of_every_kind_are_there() {
    let foods = foods();
    let unknowns: [(&str, Claim); 8] = [
        ("grade", |food| food.nutri_score == NutriScore::Unknown),
        ("a nutrient", |food| food.nutrition.sugars_g.is_none()),
        ("NOVA group", |food| food.nova_group.is_none()),
        ("allergens", |food| food.allergens.is_none()),
        ("traces", |food| food.traces.is_none()),
        ("vegan", |food| food.analysis.vegan == Verdict::Unknown),
        ("palm oil", |food| food.analysis.palm_oil_free == Verdict::Unknown),
        ("sweetened drinks", |food| food.sweeteners == Some(true)),
    ];
    for (what, holds) in unknowns {
        assert!(foods.iter().any(holds), "{what}");
    }
}

#[test]
fn foods_that_only_one_country_knows_are_there() {
    let sets: BTreeSet<usize> = foods().iter().map(|food| CountrySet::len(food.countries)).collect();

    assert!(sets.contains(&1) && sets.contains(&4), "{sets:?}");
}
