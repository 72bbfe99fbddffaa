//! What people type, and what they mean: a small shelf and a judged list.

use foodswap::catalogue::search::{Count, SearchRequest};
use foodswap::food::category::Taxonomy;
use foodswap::food::country::Country;
use foodswap::food::nutri_score::Grade;
use proptest::prelude::*;

use crate::search_shelf::{Shelf, Stocked, category, food, request};

fn shelf() -> Shelf {
    let spreads = "en:spreads";
    let (yogurts, sodas, teas) = ("en:yogurts", "en:sodas", "en:teas");
    let taxonomy = Taxonomy::new([
        category(spreads, &[], "Pâtes à tartiner", "Spreads"),
        category("en:hazelnut-spreads", &[spreads], "Pâtes à tartiner aux noisettes", "Hazelnut spreads"),
        category(yogurts, &[], "Yaourts", "Yogurts"),
        category(sodas, &[], "Sodas", "Sodas"),
        category(teas, &[], "Thés", "Teas"),
        category("en:seeds", &[], "Pépitas", "Pepitas"),
    ]);
    let france = Country::from_code("fr").expect("France");
    let products = vec![
        food(3_017_620_422_003, "Nutella", "Ferrero")
            .scanned(9000)
            .in_category("en:hazelnut-spreads")
            .sold_in(france)
            .graded(Grade::E)
            .of_quantity("400 g"),
        food(3_017_620_425_035, "Nutella", "Ferrero")
            .scanned(8000)
            .in_category("en:hazelnut-spreads")
            .of_quantity("1 kg"),
        food(3_000_000_000_013, "Nutella biscuits", "Ferrero").scanned(8500).graded(Grade::E),
        food(3_000_000_000_020, "Pâte à tartiner", "Jardin Bio").scanned(300).in_category(spreads).graded(Grade::C),
        food(5_449_000_000_996, "Coca-Cola", "Coca-Cola").scanned(8800).in_category(sodas).graded(Grade::E),
        food(5_449_000_131_805, "Coca-Cola zéro sucres", "Coca-Cola").scanned(7000).in_category(sodas).graded(Grade::B),
        food(3_000_000_000_037, "Glace vanille noix de macadamia", "Häagen-Dazs").scanned(500),
        food(3_000_000_000_044, "Pépito chocolat au lait", "Lu").scanned(600),
        food(3_000_000_000_051, "Graines de courge", "Vrac").scanned(650).in_category("en:seeds"),
        food(3_000_000_000_068, "Velouté nature", "Danone").scanned(5000).in_category(yogurts).sold_in(france),
        food(3_000_000_000_075, "Yaourt nature", "La Ferme").scanned(100).in_category(yogurts),
        food(3_000_000_000_082, "Thé vert à la menthe", "Tetley").scanned(200).in_category(teas),
        food(3_000_000_000_099, "Haricots verts", "Cassegrain").scanned(4000),
        food(3_000_000_000_105, "Crème fraîche d'Isigny", "Isigny Sainte-Mère").scanned(900),
        food(3_000_000_000_112, "Œufs de poules élevées en plein air", "Loué").scanned(1500),
        food(3_000_000_000_129, "Chocolat noir 70%", "Lindt").scanned(2500).named("en", "Dark chocolate 70%"),
        food(3_000_000_000_136, "Chocolat au lait", "Milka").scanned(2600),
        food(3_000_000_000_143, "Lait demi-écrémé", "Lactel").scanned(2700).of_quantity("1 L"),
        food(737_628_064_502, "Thai peanut noodle kit", "Simply Asia").scanned(50),
        food(3_000_000_000_150, "可口可乐", "").scanned(40),
        food(3_000_000_000_167, "Шоколад молочный", "Алёнка").scanned(30),
    ];
    Shelf::of(products, taxonomy)
}

#[test]
fn the_first_result_is_what_a_person_means() {
    let shelf = shelf();
    let table = [
        ("nutella", "Nutella"),
        ("nutela", "Nutella"),
        ("nuttela", "Nutella"),
        ("mutella", "Nutella"),
        ("NUTELLA ferrero", "Nutella"),
        ("ferrero nutella 400g", "Nutella"),
        ("pate a tartiner", "Pâte à tartiner"),
        ("pâtes à tartiner", "Pâte à tartiner"),
        ("coca", "Coca-Cola"),
        ("coca zero", "Coca-Cola zéro sucres"),
        ("cocacola zero", "Coca-Cola zéro sucres"),
        ("coca cola", "Coca-Cola"),
        ("cocacola", "Coca-Cola"),
        ("Häagen dazs", "Glace vanille noix de macadamia"),
        ("haagendazs", "Glace vanille noix de macadamia"),
        ("hagendazs", "Glace vanille noix de macadamia"),
        ("haagen-dazs vanille", "Glace vanille noix de macadamia"),
        ("pépito", "Pépito chocolat au lait"),
        ("pepito", "Pépito chocolat au lait"),
        ("the vert", "Thé vert à la menthe"),
        ("menthe the", "Thé vert à la menthe"),
        ("creme d'isigny", "Crème fraîche d'Isigny"),
        ("creme isigny", "Crème fraîche d'Isigny"),
        ("oeufs plein air", "Œufs de poules élevées en plein air"),
        ("œuf", "Œufs de poules élevées en plein air"),
        ("choc noir", "Chocolat noir 70%"),
        ("chocolat noi", "Chocolat noir 70%"),
        ("dark choco", "Chocolat noir 70%"),
        ("choclat noir", "Chocolat noir 70%"),
        ("lait 1l", "Lait demi-écrémé"),
        ("lait 1 L", "Lait demi-écrémé"),
        ("yaourt", "Yaourt nature"),
        ("yaourts danone", "Velouté nature"),
        ("可乐", "可口可乐"),
        ("шоколад", "Шоколад молочный"),
        ("3017620422003", "Nutella"),
        ("0003017620422003", "Nutella"),
        ("737628064502", "Thai peanut noodle kit"),
        ("0737628064502", "Thai peanut noodle kit"),
        ("7376280", "Thai peanut noodle kit"),
        ("3 017620 422003", "Nutella"),
    ];
    let wrong: Vec<_> = table
        .into_iter()
        .map(|(text, meant)| (text, meant, shelf.search(text)))
        .filter(|(_, meant, results)| shelf.names(results).first() != Some(meant))
        .map(|(text, meant, results)| format!("{text}: {meant} was meant, got {:?}", shelf.names(&results)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_as_written_comes_before_what_is_begun_and_what_is_misspelt() {
    let products = vec![
        food(1001, "Pommeau", "").scanned(900),
        food(1002, "Pommes", "").scanned(10),
        food(1003, "Gomme", "").scanned(5000),
        food(1004, "Pomme", "").scanned(1),
    ];
    let shelf = Shelf::of(products, Taxonomy::default());

    assert_eq!(shelf.names(&shelf.search("pomme")), ["Pomme", "Pommes", "Pommeau", "Gomme"]);
}

#[test]
fn a_misspelling_in_a_name_does_not_make_a_category_of_seeds_out_of_a_biscuit() {
    let shelf = shelf();

    assert_eq!(shelf.names(&shelf.search("pepito")), ["Pépito chocolat au lait"]);
}

#[test]
fn filters_keep_only_what_is_known_to_fit() {
    let shelf = shelf();
    let france = Country::from_code("fr");
    let grade = SearchRequest { grades: vec![Grade::B], ..request("coca") };
    let country = SearchRequest { country: france, ..request("nutella") };
    let category = SearchRequest { category: shelf.taxonomy.id("en:spreads"), ..request("nutella") };
    let listing = SearchRequest { category: shelf.taxonomy.id("en:yogurts"), ..request("") };

    assert_eq!(shelf.names(&shelf.ask(&grade)), ["Coca-Cola zéro sucres"]);
    assert_eq!(shelf.ask(&country).count, Count::Exact(1));
    assert_eq!(shelf.names(&shelf.ask(&category)), ["Nutella", "Nutella"]);
    assert_eq!(shelf.names(&shelf.ask(&listing)), ["Velouté nature", "Yaourt nature"]);
    assert_eq!(shelf.search("").count, Count::Exact(0));
}

#[test]
fn the_preferred_country_decides_among_equals() {
    let germany = Country::from_code("de").expect("Germany");
    let products = vec![food(1, "Brot", "").scanned(12), food(2, "Brot", "").scanned(11).sold_in(germany)];
    let shelf = Shelf::of(products, Taxonomy::default());
    let preferred = SearchRequest { prefer_country: Some(germany), ..request("brot") };

    assert_eq!(shelf.ask(&preferred).docs[0].0, 1);
    assert_eq!(shelf.search("brot").docs[0].0, 0);
}

#[test]
fn a_word_that_nothing_has_is_left_out_and_named() {
    let shelf = shelf();

    let results = shelf.search("nutella xyzxyz");

    assert_eq!(results.left_out.as_deref(), Some("xyzxyz"));
    assert_eq!((shelf.names(&results)[0], results.count), ("Nutella", Count::Exact(3)));
    assert_eq!(shelf.search("xyzxyz").count, Count::Exact(0));
}

#[test]
fn where_the_last_word_is_left_out_the_one_before_it_may_still_be_a_beginning() {
    let shelf = shelf();

    for text in ["chocol xyzxyz", "chocol xyzxyz ", "choc xyzxyz"] {
        let results = shelf.search(text);

        assert_eq!(results.left_out.as_deref(), Some("xyzxyz"), "{text}");
        assert_eq!(shelf.names(&results), shelf.names(&shelf.search("choc")), "{text}");
    }
    assert_eq!(shelf.search("xyzxyz chocol ").count, Count::Exact(0), "a word that a space ends is whole");
}

#[test]
fn a_brand_is_found_however_it_is_put_together() {
    let products = vec![
        food(1, "Lemonade", "7UP").scanned(90),
        food(2, "7 Up Cherry", "").scanned(80),
        food(3, "7-Up Zero", "PepsiCo").scanned(70),
        food(11, "Cookie Dough", "Ben & Jerry's").scanned(60),
        food(12, "Ben and Jerry's Chunky", "").scanned(50),
        food(13, "Ben&Jerry Fudge", "").scanned(40),
        food(14, "Caramel", "Ben & Jerrys").scanned(30),
        food(21, "7 grains", "Upper").scanned(900),
        food(22, "Riz", "Uncle Ben's").scanned(800),
    ];
    let shelf = Shelf::of(products, Taxonomy::default());
    let codes = |text: &str| -> Vec<u64> {
        let found = shelf.search(text).docs;
        let mut codes: Vec<u64> =
            found.iter().map(|doc| shelf.product(*doc).code.to_string().parse().unwrap()).collect();
        codes.sort_unstable();
        codes
    };

    for text in ["7up", "7 up", "7-up", "7UP ", "7 Up "] {
        let found = codes(text);
        assert!(found.starts_with(&[1, 2, 3]) && !found.contains(&22), "{text}: {found:?}");
    }
    for text in [
        "ben & jerry",
        "ben and jerry",
        "ben et jerry",
        "ben jerry",
        "ben jerrys",
        "ben & jerry's",
        "ben and jerry's",
        "ben and jerrys ",
        "ben&jerry's",
    ] {
        assert_eq!(codes(text), [11, 12, 13, 14], "{text}");
    }
    assert!(codes("benjerrys").contains(&11), "a whole brand may be written as one word");
}

#[test]
fn a_filter_alone_lists_what_fits_it_the_most_popular_first() {
    let shelf = shelf();

    let graded = shelf.ask(&SearchRequest { grades: vec![Grade::E], ..request("") });
    let sold = shelf.ask(&SearchRequest { country: Country::from_code("fr"), ..request(" ") });

    assert_eq!(shelf.names(&graded), ["Nutella", "Coca-Cola", "Nutella biscuits"]);
    assert_eq!((shelf.names(&sold), sold.count), (vec!["Nutella", "Velouté nature"], Count::Exact(2)));
}

/// So many that no search reads all of them.
const USUAL: u64 = 9_000;

#[test]
fn two_words_written_as_one_are_found_behind_all_products_that_have_them_apart() {
    let apart = (1..=USUAL).map(|code| food(code, "Lait entier chocolat", "").scanned(100));
    let together = food(USUAL + 1, "Lait chocolat", "Zébulon").scanned(1);
    let shelf = Shelf::of(apart.chain([together]).collect(), Taxonomy::default());

    for text in ["laitchocolat zebulon", "zebulon laitchocolat", "zebulon laitchoc"] {
        assert_eq!(shelf.names(&shelf.search(text)), ["Lait chocolat"], "{text}");
    }
}

#[test]
fn a_usual_word_that_may_still_be_typed_is_found_with_another_usual_one() {
    let usual = (1..=USUAL).flat_map(|code| [food(code, "Riz", ""), food(USUAL + code, "Pâtes", "")]);
    let others = [food(2 * USUAL + 1, "Patesi", ""), food(2 * USUAL + 2, "Riz et pâtes", "")];
    let shelf = Shelf::of(usual.chain(others).collect(), Taxonomy::default());

    for text in ["riz pates", "pates riz", "riz pate"] {
        let results = shelf.search(text);
        assert_eq!((shelf.names(&results), results.count), (vec!["Riz et pâtes"], Count::Exact(1)), "{text}");
    }
}

#[test]
fn a_search_gives_up_two_words_that_take_turns_for_too_long() {
    // Every second product has one word, the others the other: each step of the walk passes one product.
    const APART: u64 = 70_000;
    let apart = (1..=APART).map(|code| food(code, if code % 2 == 0 { "Riz" } else { "Lait" }, "").scanned(100));
    let together = food(APART + 1, "Riz au lait", "").scanned(1);
    let shelf = Shelf::of(apart.chain([together]).collect(), Taxonomy::default());

    let results = shelf.search("riz lait ");

    assert!(results.left_out.is_some(), "behind that many steps it says what it did without: {results:?}");
}

#[test]
fn a_filter_finds_what_stands_behind_all_that_it_turns_away() {
    let japan = Country::from_code("jp").expect("a country");
    let elsewhere = (1..=USUAL).map(|code| food(code, "Yaourt nature", "").scanned(100));
    let there = food(USUAL + 1, "Yaourt au yuzu", "").scanned(1).sold_in(japan);
    let shelf = Shelf::of(elsewhere.chain([there]).collect(), Taxonomy::default());

    let results = shelf.ask(&SearchRequest { country: Some(japan), ..request("yaourt") });

    assert_eq!((shelf.names(&results), results.count), (vec!["Yaourt au yuzu"], Count::Exact(1)));
    assert_eq!(results.left_out, None);
}

#[test]
fn who_names_a_kind_means_foods_of_that_kind_before_brands_called_so() {
    let taxonomy = Taxonomy::new([category("en:butters", &[], "Beurres", "Butters")]);
    let shelf = Shelf::of(
        vec![
            food(1, "Sweet peas", "Beurre Royal").scanned(900),
            food(2, "Biscuits pur beurre", "Un").scanned(800),
            food(3, "Le tendre", "Deux").scanned(20).in_category("en:butters"),
            food(4, "Beurre demi-sel", "Trois").scanned(10).in_category("en:butters"),
        ],
        taxonomy,
    );

    for text in ["beurre", "beurr"] {
        assert_eq!(shelf.names(&shelf.search(text))[..1], ["Beurre demi-sel"], "{text}");
    }
    assert_eq!(shelf.names(&shelf.search("beurre royal"))[0], "Sweet peas");
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let products = (1..60).map(|code| food(code, "Riz rond", "").scanned(code as u32)).collect();
    let shelf = Shelf::of(products, Taxonomy::default());
    let page = |offset| shelf.ask(&SearchRequest { offset, limit: 25, ..request("riz") });

    let all: Vec<u32> = [0, 25, 50, 75].iter().flat_map(|offset| page(*offset).docs).map(|doc| doc.0).collect();

    assert_eq!(all, (0..59).collect::<Vec<_>>());
    assert_eq!(page(usize::MAX).count, Count::Exact(59));
}

#[test]
fn whatever_is_typed_is_answered_in_bounds() {
    let shelf = shelf();
    let long = "nutella ".repeat(5000);
    let hostile =
        ["\0\0", "🍫🍫", "\u{202e}alletun", "((((", "%%%", "' OR 1=1 --", "a", &long, "l'l'l'l'", "0", "00000000"];
    for text in hostile {
        assert!(shelf.search(text).docs.len() <= 10, "{text:.20}");
    }
    proptest!(ProptestConfig::with_cases(300), |(text in any::<String>(), offset in any::<usize>())| {
        let results = shelf.ask(&SearchRequest { offset, ..request(&text) });
        prop_assert!(results.docs.len() <= 10);
    });
    proptest!(ProptestConfig::with_cases(300), |(text in "[a-z0-9éœ' \\-]{0,40}")| {
        prop_assert!(shelf.search(&text).docs.len() <= 10);
    });
}
