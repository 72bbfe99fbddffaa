//! What every answer keeps to: hard filters, what is unknown, brands, letters, allergens, countries.

use foodswap::food::allergen::Allergen;
use foodswap::food::country::Country;
use foodswap::food::diet::Verdict;
use foodswap::food::nutri_score::{Grade, NutriScore, Source};
use foodswap::food::nutrition::{Amount, Nutrient};
use foodswap::food::product::{Implausibility, Product};
use foodswap::food::substitution::{Hidden, Lane, Status, Wishes};

use crate::substitution_shelf::{Shelf, Traits, food, without};

fn cookie(name: &str, brand: &str, judged: &str, sugars: f64) -> Product {
    food(&format!("{name}; {brand}; en:chocolate-chip-cookies; {judged}; 1900 20 5 {sugars} 5 7 0.5"))
}

fn sweet() -> Product {
    cookie("Sweet cookies", "Sucre", "e 20", 40.0)
}

fn names<'a>(shelf: &'a Shelf, asked: &str, wishes: &Wishes) -> Vec<&'a str> {
    shelf.ask(asked, wishes).substitutes.iter().map(|substitute| shelf.name(substitute)).collect()
}

#[test]
fn what_contains_or_may_contain_an_avoided_allergen_never_appears() {
    let shelf = Shelf::of([
        sweet().containing(&[Allergen::Gluten, Allergen::Milk]),
        cookie("With milk", "One", "a -1", 3.0).containing(&[Allergen::Milk]),
        cookie("With traces of milk", "Two", "a -1", 3.0).containing(&[]).with_traces_of(&[Allergen::Milk]),
        cookie("Undeclared", "Three", "a -1", 3.0),
        cookie("Without milk", "Four", "c 8", 15.0).containing(&[Allergen::Gluten]),
    ]);

    let answer = shelf.ask("Sweet cookies", &without(&[Allergen::Milk]));

    assert_eq!(answer.status, Status::Found);
    assert_eq!(names(&shelf, "Sweet cookies", &without(&[Allergen::Milk])), ["Without milk"]);
    assert_eq!(answer.hidden, Hidden { allergen: 2, unknown: 1, ..Hidden::default() });
}

#[test]
fn what_would_not_be_proposed_anyway_is_not_said_to_be_hidden() {
    // A better letter on the pack, and nothing in the values that got better.
    let worse = |brand: &str| cookie("With milk", brand, "d 12", 50.0).containing(&[Allergen::Milk]);
    let shelf = Shelf::of([sweet().containing(&[Allergen::Gluten]), worse("One"), worse("Two")]);

    let unfiltered = shelf.ask("Sweet cookies", &Wishes::default());
    let filtered = shelf.ask("Sweet cookies", &without(&[Allergen::Milk]));

    assert_eq!((unfiltered.status, unfiltered.substitutes.len()), (Status::NoneFound, 0));
    assert_eq!((filtered.status, filtered.hidden), (Status::NoneFound, Hidden::default()));
}

#[test]
fn a_diet_takes_only_what_is_known_to_fit_it() {
    let shelf = Shelf::of([
        sweet(),
        cookie("Vegan", "One", "c 8", 15.0).vegan(Verdict::Yes),
        cookie("Not vegan", "Two", "a -1", 3.0).vegan(Verdict::No),
        cookie("Maybe vegan", "Three", "a -1", 3.0).vegan(Verdict::Maybe),
        cookie("Who knows", "Four", "a -1", 3.0),
    ]);
    let wishes = Wishes { vegan: true, ..Wishes::default() };

    assert_eq!(names(&shelf, "Sweet cookies", &wishes), ["Vegan"]);
    let hidden = shelf.ask("Sweet cookies", &wishes).hidden;
    assert_eq!(hidden, Hidden { diet: 1, unknown: 2, ..Hidden::default() });
}

#[test]
fn a_country_takes_only_what_is_known_to_be_sold_there() {
    let shelf = Shelf::of([
        sweet().sold_in(&["fr"]),
        cookie("French", "One", "c 8", 15.0).sold_in(&["fr", "be"]),
        cookie("Polish", "Two", "a -1", 3.0).sold_in(&["pl"]),
        cookie("From somewhere", "Three", "a -1", 3.0),
    ]);
    let wishes = Wishes { country: Country::from_code("be"), ..Wishes::default() };

    assert_eq!(names(&shelf, "Sweet cookies", &wishes), ["French"]);
    assert_eq!(shelf.ask("Sweet cookies", &wishes).hidden, Hidden { country: 2, ..Hidden::default() });
}

#[test]
fn what_shares_a_shelf_of_a_shop_alone_is_not_put_to_one_use() {
    let shelf = Shelf::of([
        food("Mayonnaise; Jaune; en:mayonnaises en:groceries; e 20; 2900 76 8 1.5 0 1.2 1.5"),
        food("Spring onion; Vert; en:fresh-vegetables en:groceries; a -6; 130 0.2 0 3 2 1.8 0.02"),
        food("Tomato purée; Rouge; en:tomato-purees en:groceries; a -4; 150 0.3 0 5 2 1.5 0.05"),
        food("Mayonnaise, light; Jaunette; en:mayonnaises en:groceries; c 7; 1050 25 2 3 0 0.8 1.4"),
    ]);

    assert_eq!(names(&shelf, "Mayonnaise", &Wishes::default()), ["Mayonnaise, light"]);
}

#[test]
fn nobody_drinks_lemon_juice_for_orange_juice() {
    let shelf = Shelf::of([
        food("Orange juice; Soleil; en:beverages en:fruit-juices en:orange-juices; c 4; 180 0.2 0 9 0.5 0.7 0"),
        food("Pure lemon juice; Jaune; en:beverages en:fruit-juices; b 1; 110 0.1 0 2 0.3 0.4 0"),
        food("Grapefruit juice; Rose; en:beverages en:fruit-juices; b 2; 140 0.1 0 6 0.5 0.6 0"),
    ]);

    assert_eq!(names(&shelf, "Orange juice", &Wishes::default()), ["Grapefruit juice"]);
}

#[test]
fn of_two_alike_the_one_with_the_values_of_its_label_comes_first() {
    let computed = |product: Product, source| {
        let NutriScore::Graded { grade, score, version, .. } = product.nutri_score else { panic!("a grade") };
        Product { nutri_score: NutriScore::Graded { grade, score, version, source }, ..product }
    };
    let shelf = Shelf::of([
        sweet(),
        computed(cookie("From estimates", "One", "b 2", 5.0), Source::Estimated),
        computed(cookie("From the label", "Two", "b 2", 5.0), Source::Computed),
        computed(cookie("Clearly better", "Three", "a -3", 1.0), Source::Estimated),
    ]);

    let names = names(&shelf, "Sweet cookies", &Wishes::default());

    assert_eq!(names, ["Clearly better", "From the label", "From estimates"]);
}

#[test]
fn without_a_wish_what_is_sold_where_the_original_is_comes_first() {
    let shelf = Shelf::of([
        sweet().sold_in(&["fr"]),
        cookie("French", "One", "b 2", 5.0).sold_in(&["fr"]),
        cookie("Polish", "Two", "b 2", 5.0).sold_in(&["pl"]),
    ]);

    assert_eq!(names(&shelf, "Sweet cookies", &Wishes::default()), ["French", "Polish"]);
}

#[test]
fn an_allergen_is_added_only_where_nothing_else_exists_and_is_said() {
    let with_nuts = || cookie("With nuts", "One", "a -1", 3.0).containing(&[Allergen::Gluten, Allergen::Nuts]);
    let original = || sweet().containing(&[Allergen::Gluten]);
    let without_nuts = cookie("Without nuts", "Two", "d 14", 28.0).containing(&[Allergen::Gluten]);

    let with_choice = Shelf::of([original(), with_nuts(), without_nuts]);
    let without_choice = Shelf::of([original(), with_nuts()]);

    assert_eq!(names(&with_choice, "Sweet cookies", &Wishes::default()), ["Without nuts"]);
    let answer = without_choice.ask("Sweet cookies", &Wishes::default());
    assert_eq!(answer.substitutes[0].added_allergens, Allergen::Nuts.into());
}

#[test]
fn a_brand_has_at_most_two_of_the_first_five_places() {
    let mut products = vec![sweet()];
    products.extend(
        (0..6).map(|at| cookie(&format!("Crowd {}", ["a", "b", "c", "d", "e", "f"][at]), "Crowd", "a -1", 3.0)),
    );
    products.extend((0..4).map(|at| cookie(&format!("Other {at}"), &format!("Brand {at}"), "c 8", 15.0)));
    let shelf = Shelf::of(products);

    let answer = shelf.ask("Sweet cookies", &Wishes { limit: 5, ..Wishes::default() });

    let crowd = answer.substitutes.iter().filter(|one| shelf.product(one).brands == ["Crowd"]).count();
    assert_eq!((answer.substitutes.len(), crowd), (5, 2));
}

#[test]
fn one_product_in_two_sizes_is_proposed_once_and_never_for_itself() {
    let shelf = Shelf::of([
        sweet(),
        cookie("Sweet cookies 500 g", "Sucre", "a -1", 3.0),
        cookie("Light cookies 200 g", "Leger", "b 2", 6.0),
        cookie("LIGHT COOKIES 400g", "léger", "b 2", 6.0),
    ]);

    assert_eq!(names(&shelf, "Sweet cookies", &Wishes::default()), ["Light cookies 200 g"]);
}

#[test]
fn a_letter_is_never_worse_neither_ours_nor_the_one_on_the_pack() {
    let shelf = Shelf::of([
        cookie("Middling", "Sucre", "d 14", 28.0).stating(Grade::C),
        cookie("Better by our count only", "One", "b 2", 5.0).stating(Grade::D),
        cookie("Better by both", "Two", "c 9", 17.0).stating(Grade::B),
    ]);

    assert_eq!(names(&shelf, "Middling", &Wishes::default()), ["Better by both"]);
}

#[test]
fn clearly_better_points_count_within_one_letter() {
    let shelf = Shelf::of([
        cookie("Original", "Sucre", "d 17", 33.0),
        cookie("Hardly better", "One", "d 16", 32.0),
        cookie("Clearly better", "Two", "d 12", 22.0),
    ]);

    let answer = shelf.ask("Original", &Wishes::default());

    assert_eq!(names(&shelf, "Original", &Wishes::default()), ["Clearly better"]);
    assert_eq!((answer.substitutes[0].gain.grades, answer.substitutes[0].gain.score), (0, Some(5)));
}

#[test]
fn what_contradicts_itself_is_never_proposed() {
    let impossible =
        Product { implausible: Some(Implausibility::NutrientSum), ..cookie("Impossible cookies", "Faux", "a -5", 1.0) };
    let shelf = Shelf::of([sweet(), impossible]);

    assert_eq!(shelf.ask("Sweet cookies", &Wishes::default()).status, Status::NoneFound);
}

#[test]
fn more_processing_is_owned_up_to() {
    let shelf = Shelf::of([sweet().nova(3), cookie("Factory cookies", "One", "b 2", 5.0).nova(4)]);

    let answer = shelf.ask("Sweet cookies", &Wishes::default());

    assert_eq!(answer.substitutes[0].worse_nova, Some((3, 4)));
}

#[test]
fn more_salt_sugars_or_saturates_is_among_the_reasons() {
    let shelf = Shelf::of([
        food("Sweet; One; en:dry-biscuits; e 20; 1900 20 5 40 5 7 0.2"),
        food("Salty; Two; en:dry-biscuits; c 9; 1900 20 8 10 5 7 0.9"),
    ]);

    let reasons = &shelf.ask("Sweet", &Wishes::default()).substitutes[0].reasons;

    let worse: Vec<_> = reasons.iter().filter(|reason| !reason.better).map(|reason| reason.nutrient).collect();
    assert_eq!(worse.len(), 2, "{reasons:?}");
}

#[test]
fn without_a_letter_or_a_category_there_is_nothing_to_compare() {
    let ungraded = Product { nutri_score: NutriScore::Unknown, ..cookie("Ungraded", "One", "e 20", 40.0) };
    let unplaced = Product { categories: Vec::new(), ..food("Zzz; Two; en:cakes; e 20; 1900 20 5 40 5 7 0.5") };
    let shelf = Shelf::of([ungraded, unplaced, cookie("Good", "Three", "a -1", 3.0)]);

    for name in ["Ungraded", "Zzz"] {
        assert_eq!(shelf.ask(name, &Wishes::default()).status, Status::NotComparable, "{name}");
    }
}

#[test]
fn unknown_tags_and_names_still_place_a_product() {
    let stranger = Product {
        categories: vec!["en:grandmas-chocolate-chip-cookies".to_owned()],
        ..food("Grandma's; Mamie; en:cakes; e 20; 1900 20 5 40 5 7 0.5")
    };
    let named = Product {
        categories: Vec::new(),
        ..food("Best chocolate chip cookies; Top; en:cakes; e 21; 1900 20 5 41 5 7 0.5")
    };
    let shelf = Shelf::of([stranger, named, cookie("Good", "Three", "a -1", 3.0)]);

    for name in ["Grandma's", "Best chocolate chip cookies"] {
        assert_eq!(shelf.proposed(name, Lane::Same), ["Good"], "{name}");
    }
}

#[test]
fn the_limit_holds_and_both_lanes_have_their_places() {
    let mut products = vec![sweet()];
    for (at, word) in ["oat", "rye", "nut", "spelt", "rice", "corn", "fig", "date"].iter().enumerate() {
        products.push(cookie(&format!("Cookies of {word}"), &format!("Brand {at}"), "b 2", 5.0));
        products.push(food(&format!("Purée of {word}; Verger {at}; en:apple-compotes; a -1; 240 0 0 11 2 0 0")));
    }
    let shelf = Shelf::of(products);

    let answer = shelf.ask("Sweet cookies", &Wishes { limit: 5, ..Wishes::default() });

    let lanes: Vec<Lane> = answer.substitutes.iter().map(|substitute| substitute.lane).collect();
    assert_eq!(lanes, [Lane::Same, Lane::Same, Lane::Same, Lane::Bolder, Lane::Bolder]);
}

/// Chocolate of letter d, of which a few points less is all there is of the same use, and nuts.
fn chocolate_and_nuts() -> Vec<Product> {
    vec![
        food("Dark chocolate; One; en:dark-chocolates; d 18; 2500 46 27 30 10 8 0.02"),
        food("Darker chocolate; Two; en:dark-chocolates; d 13; 2500 46 22 14 13 9 0.02"),
        food("Almonds; Three; en:almonds; a -6; 2550 53 4 5 12 21 0.01"),
    ]
}

#[test]
fn a_bolder_swap_that_stands_in_well_goes_first_where_the_same_use_has_no_better_letter() {
    let shelf = Shelf::of(chocolate_and_nuts());

    assert_eq!(names(&shelf, "Dark chocolate", &Wishes::default()), ["Almonds", "Darker chocolate"]);
    for (lane, expected) in [(Lane::Same, "Darker chocolate"), (Lane::Bolder, "Almonds")] {
        assert_eq!(shelf.proposed("Dark chocolate", lane), [expected], "{lane:?}");
    }
    let one = Wishes { limit: 1, ..Wishes::default() };
    assert_eq!(names(&shelf, "Dark chocolate", &one), ["Almonds"]);
}

#[test]
fn a_better_letter_of_the_own_category_stays_first_though_another_food_gains_more() {
    let light = food("Chocolate, light; Four; en:dark-chocolates; c 9; 1900 30 9 9 16 9 0.02");
    let shelf = Shelf::of(chocolate_and_nuts().into_iter().chain([light]));

    assert_eq!(names(&shelf, "Dark chocolate", &Wishes::default())[0], "Chocolate, light");
}

#[test]
fn one_letter_in_another_category_is_less_than_more_of_what_stands_in_well_and_two_are_enough() {
    let sweets = |other: &str| {
        Shelf::of([
            food("Milk chocolate; One; en:milk-chocolates; e 24; 2250 31 18 55 2 7 0.25"),
            food(&format!("Dark chocolate; Two; en:dark-chocolates; {other}; 2300 36 14 35 10 8 0.02")),
            food("Almonds; Three; en:almonds; a -6; 2550 53 4 5 12 21 0.01"),
        ])
    };

    for (other, first) in [("d 16", "Almonds"), ("c 9", "Dark chocolate"), ("b 2", "Dark chocolate")] {
        assert_eq!(names(&sweets(other), "Milk chocolate", &Wishes::default())[0], first, "{other}");
    }
}

#[test]
fn another_food_for_one_letter_must_stand_in_well() {
    let pasta = |judged: &str| {
        let pasta = food(&format!("Pasta; One; en:pastas; {judged}; 1500 1.5 0.3 3 3 12 0.3"));
        Shelf::of([pasta, food("Lentils; Two; en:lentils; a -6; 1400 1.5 0.2 1 12 24 0.02")])
    };
    assert!(pasta("b 1").proposed("Pasta", Lane::Bolder).is_empty());
    assert_eq!(pasta("c 8").proposed("Pasta", Lane::Bolder), ["Lentils"]);

    let popcorn = food("Popcorn; Five; en:popcorn; a -3; 1600 4 0.5 1 14 12 0");
    let crisps = food("Light crisps; Six; en:potato-crisps; b 2; 1900 18 2 1 5 6 0.6");
    assert_eq!(Shelf::of([crisps, popcorn]).proposed("Light crisps", Lane::Bolder), ["Popcorn"]);
}

#[test]
fn mayonnaise_is_not_answered_with_tomato_sauce() {
    let tomatoes = food("Tomato sauce; One; en:tomato-sauces; a -2; 150 0.5 0.1 4 2 1.5 0.3");
    let hummus = food("Hummus; Two; en:hummus; b 2; 900 18 2 1 6 7 0.9");
    let mayonnaise = food("Mayonnaise; Three; en:mayonnaises; e 20; 2900 78 7 2 0 1 1.3");
    let shelf = Shelf::of([mayonnaise, tomatoes.clone(), hummus]);

    assert_eq!(names(&shelf, "Mayonnaise", &Wishes::default()), ["Hummus"]);

    let pesto = food("Pesto; Four; en:pestos; d 15; 1900 45 6 3 2 5 2");
    assert_eq!(names(&Shelf::of([pesto, tomatoes]), "Pesto", &Wishes::default()), ["Tomato sauce"]);
}

#[test]
fn where_the_kind_is_a_guess_another_food_leads_only_by_three_letters() {
    // No category that is in the taxonomy: the kind is read from the name.
    let guessed = food("Milk chocolate; One; en:no-such-category; e 24; 2250 31 18 55 2 7 0.25");
    let shelf = |same: &str, bolder: &str| {
        Shelf::of([
            guessed.clone(),
            food(&format!("Chocolate; Two; en:milk-chocolates; {same}; 2300 36 14 35 10 8 0.02")),
            food(&format!("Almonds; Three; en:almonds; {bolder}; 2550 53 4 5 12 21 0.01")),
        ])
    };

    for (same, bolder, first) in
        [("d 16", "a -6", "Almonds"), ("d 16", "b 1", "Chocolate"), ("c 9", "a -6", "Chocolate")]
    {
        assert_eq!(names(&shelf(same, bolder), "Milk chocolate", &Wishes::default())[0], first, "{same}, {bolder}");
    }
}

#[test]
fn of_a_broad_category_a_spread_is_not_answered_with_what_is_no_spread() {
    let broad = |name: &str, judged: &str, more: &str| {
        food(&format!("{name}; {name}; en:cereals-and-their-products {more}; {judged}; 900 5 1 3 4 6 0.5"))
    };
    let alike = |more: &str| {
        let better = food(&format!(
            "Chickpea and tomato paste, mild; Two; en:cereals-and-their-products {more}; a -3; 500 2 0.2 1 6 7 0.1"
        ));
        let shelf = Shelf::of([broad("Chickpea and tomato paste", "d 14", "en:spreads"), better]);
        shelf.proposed("Chickpea and tomato paste", Lane::Bolder).len()
    };

    assert_eq!((alike("en:spreads"), alike("")), (1, 0));
}

#[test]
fn what_cannot_be_compared_comes_after_what_can() {
    let mut energy_alone = cookie("Energy alone", "One", "a -1", 3.0);
    (energy_alone.nutrition.sugars_g, energy_alone.nutrition.salt_g) = (None, None);
    energy_alone.nutrition.saturated_fat_g = None;
    energy_alone.nutrition.energy_kj = Some(Amount::labelled(1_500.0));
    let shelf = Shelf::of([sweet(), energy_alone, cookie("All told", "Two", "a -1", 3.0)]);

    assert_eq!(names(&shelf, "Sweet cookies", &Wishes::default()), ["All told", "Energy alone"]);
}

#[test]
fn meat_comes_last_for_who_eats_none() {
    let patty = |name: &str, vegetarian: Verdict| {
        let mut product = food(&format!("{name}; {name}; en:meat-analogues; a -2; 700 5 1 1 6 18 0.8"));
        product.analysis.vegetarian = vegetarian;
        product
    };
    let mut beans = food("Bean patty; One; en:meat-analogues; c 8; 900 12 2 2 5 14 1.4");
    beans.analysis.vegetarian = Verdict::Yes;
    let shelf = Shelf::of([beans, patty("With chicken", Verdict::No), patty("Lentils", Verdict::Yes)]);

    assert_eq!(names(&shelf, "Bean patty", &Wishes::default()), ["Lentils", "With chicken"]);

    let bread = |name: &str, vegan: Verdict| {
        food(&format!("{name}; {name}; en:white-breads; a -2; 1000 2 0.4 2 6 9 0.8")).vegan(vegan)
    };
    let plain = food("White bread; One; en:white-breads; c 8; 1100 3 0.6 5 3 8 1.4").vegan(Verdict::Yes);
    let shelf = Shelf::of([plain, bread("With milk", Verdict::No), bread("With seeds", Verdict::Yes)]);
    assert_eq!(names(&shelf, "White bread", &Wishes::default()), ["With seeds", "With milk"]);
}

#[test]
fn a_record_without_a_name_or_of_no_food_is_never_proposed() {
    let shelf = Shelf::of([
        sweet(),
        cookie("Chargement…", "Two", "a -1", 3.0),
        cookie("Ear Wax Removal Drops", "Four", "a -1", 3.0),
        cookie("With oats", "Three", "c 8", 15.0),
    ]);

    assert_eq!(names(&shelf, "Sweet cookies", &Wishes::default()), ["With oats"]);
}

#[test]
fn where_nothing_stands_in_well_no_other_food_goes_first() {
    let shelf = Shelf::of([
        food("Mustard; One; en:mustards; c 9; 600 11 0.6 3 4 7 5"),
        food("Mustard with less salt; Two; en:mustards; c 4; 600 11 0.6 3 4 7 3"),
        food("Hummus; Three; en:hummus; a -2; 900 16 1.5 1 7 7 0.6"),
    ]);

    assert_eq!(names(&shelf, "Mustard", &Wishes::default())[0], "Mustard with less salt");
}

#[test]
fn no_brand_crowds_the_first_places_whichever_lane_leads() {
    let places = ["Valencia", "Provence", "Sicily", "California"];
    let nuts = places.map(|place| food(&format!("Almonds of {place}; Noix; en:almonds; a -6; 2550 53 4 5 12 21 0.01")));
    let shelf = Shelf::of(chocolate_and_nuts().into_iter().chain(nuts));

    let names = names(&shelf, "Dark chocolate", &Wishes::default());

    assert_eq!(names.iter().take(5).filter(|name| name.starts_with("Almonds of")).count(), 2, "{names:?}");
}

#[test]
fn what_is_filed_exactly_where_the_original_is_goes_before_what_is_only_below_it() {
    let dessert = |name: &str, brand: &str, category: &str, judged: &str| {
        food(&format!("{name}; {brand}; {category}; {judged}; 500 5 3 12 1 4 0.1"))
    };
    let shelf = Shelf::of([
        food("Dessert cream; One; en:dairy-desserts; d 12; 650 5 3.2 20 1 3 0.2"),
        dessert("Plain yogurt", "Two", "en:plain-yogurts", "a -2"),
        dessert("Light dessert cream", "Three", "en:dairy-desserts", "b 2"),
    ]);

    assert_eq!(shelf.proposed("Dessert cream", Lane::Same), ["Light dessert cream", "Plain yogurt"]);
}

#[test]
fn who_is_filed_in_a_broad_category_too_goes_first_where_the_original_is_filed_there_alone() {
    let patty = |name: &str, brand: &str, categories: &str| {
        food(&format!("{name}; {brand}; {categories}; a -3; 700 6 1 2 6 12 0.5"))
    };
    let shelf = Shelf::of([
        food("Fried bulgur; One; en:cereals-and-their-products en:meat-analogues; d 12; 1000 14 3 4 3 6 1.6"),
        patty("Soya patty", "Two", "en:meat-analogues"),
        patty("Barley patty", "Three", "en:meat-analogues en:cereals-and-their-products"),
    ]);

    assert_eq!(names(&shelf, "Fried bulgur", &Wishes::default())[0], "Barley patty");
}

/// A record that states its letter and no value.
fn of_letter_alone(name: &str, judged: &str) -> Product {
    let mut product = cookie(name, "Lettre", judged, 0.0);
    let letter = product.nutri_score.grade();
    (product.nutrition, product.nutri_score, product.stated_grade) = Default::default();
    product.stated_grade = letter;
    product
}

#[test]
fn a_record_of_which_only_the_letter_is_known_gets_a_better_letter_and_nothing_is_said_beyond_it() {
    let shelf = Shelf::of([
        of_letter_alone("Petit-beurre", "e 20").containing(&[Allergen::Gluten]),
        cookie("Better", "One", "b 2", 5.0).containing(&[Allergen::Gluten]),
        cookie("No better letter", "Two", "e 14", 5.0).containing(&[Allergen::Gluten]),
        cookie("Better, with an allergen more", "Three", "a -1", 3.0).containing(&[Allergen::Gluten, Allergen::Nuts]),
        food("Purée; Verger; en:apple-compotes; a -1; 240 0 0 11 2 0 0"),
    ]);

    let answer = shelf.ask("Petit-beurre", &Wishes::default());

    assert_eq!(names(&shelf, "Petit-beurre", &Wishes::default()), ["Better"]);
    assert!(answer.substitutes[0].is_by_letter_alone());
}

#[test]
fn what_one_of_both_does_not_state_is_told_as_unknown() {
    let mut little_told = food("Little told; One; en:chocolate-chip-cookies; b 2; 1500 20 3 5 5 7 0.5");
    (little_told.nutrition.sugars_g, little_told.nutrition.salt_g) = (None, None);
    let shelf = Shelf::of([sweet(), little_told, cookie("Told", "Two", "b 2", 5.0)]);

    let answer = shelf.ask("Sweet cookies", &Wishes::default());

    let untold = |name: &str| {
        let named = answer.substitutes.iter().find(|one| shelf.name(one) == name).expect("a proposal");
        named.untold.clone()
    };
    assert_eq!(untold("Little told"), [Nutrient::Sugars, Nutrient::Salt]);
    assert!(untold("Told").is_empty());
}
