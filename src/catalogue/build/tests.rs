use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::catalogue::Catalogue;
use crate::catalogue::build::order::Rank;
use crate::catalogue::samples::{TAGS, any_product, graded, product, spread};
use crate::catalogue::search::SearchRequest;
use crate::catalogue::snapshot::{Doc, LISTED_MAX};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Node};
use crate::food::nutri_score::Grade;
use crate::food::nutrition::{Amount, Nutrient, Nutrition};
use crate::food::product::{Lang, Text};
use crate::food::substitution::{Status, Wishes};

/// Builds a generation out of a list.
fn built(folder: &Path, generation: u64, products: &[Product]) -> Snapshot {
    build(folder, generation, Origin::OpenFoodFacts, 1_700_000_000, None, |add| {
        products.iter().cloned().try_for_each(add)
    })
    .expect("build")
}

fn filed(code: u64, grade: Grade, score: i8, categories: &[&str]) -> Product {
    let categories = categories.iter().map(|&tag| tag.to_owned()).collect();
    Product { nutri_score: graded(grade, Some(score)), categories, ..product(code, "food") }
}

fn looking_for(text: &str) -> SearchRequest {
    SearchRequest::of(text, Lang::FR, 10)
}

fn codes(snapshot: &Snapshot, docs: &[Doc]) -> Vec<u128> {
    docs.iter().map(|doc| snapshot.code(*doc).expect("code").number()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_is_built_is_what_is_read(mut products in vec(any_product(), 0..40)) {
        products.sort_by_key(|product| product.code);
        products.dedup_by_key(|product| product.code);
        let folder = tempfile::tempdir().expect("tempdir");

        let snapshot = built(folder.path(), 7, &products);

        prop_assert_eq!(snapshot.len(), products.len());
        prop_assert_eq!(snapshot.generation(), 7);
        prop_assert_eq!(snapshot.built_t(), 1_700_000_000);
        prop_assert_eq!(snapshot.origin(), Origin::OpenFoodFacts);
        snapshot.verify().expect("whole");
        products.sort_by_key(Rank::of);
        for (doc, product) in products.iter().enumerate() {
            prop_assert_eq!(snapshot.find(product.code), Some(Doc(doc as u32)));
            let card = snapshot.card(Doc(doc as u32), Lang::EN);
            prop_assert_eq!(card.code, product.code);
            prop_assert_eq!(&card.name, product.name(Lang::EN));
            prop_assert_eq!(&snapshot.card(Doc(doc as u32), Lang::FR).name, product.name(Lang::FR));
            prop_assert_eq!(&card.brands, &product.brands);
            prop_assert_eq!(&card.quantity, &product.quantity);
            prop_assert_eq!(card.nutri_score, product.nutri_score);
            prop_assert_eq!(card.nova_group, product.nova_group);
            prop_assert_eq!(&card.image, &product.image);
            let tags: Vec<_> = card.categories.iter().map(|id| snapshot.taxonomy().tag(*id)).collect();
            prop_assert!(product.categories.iter().all(|tag| tags.contains(&tag.as_str())));
            prop_assert_eq!(snapshot.facts().countries(doc as u32), product.countries);
            prop_assert_eq!(snapshot.facts().grade(doc as u32), product.nutri_score.grade());
        }
        for tag in TAGS {
            let Some(category) = snapshot.taxonomy().id(tag) else { continue };
            let listing = snapshot.category(category, 0, usize::MAX);
            let of = |doc: &u32| snapshot.facts().categories(*doc).contains(&category.0);
            let members: Vec<u32> = (0..products.len() as u32).filter(of).collect();
            prop_assert_eq!(listing.count as usize, members.len());
            prop_assert_eq!(listing.docs.len(), members.len());
            for grade in Grade::ALL {
                let expected = members.iter().filter(|doc| snapshot.facts().grade(**doc) == Some(grade)).count();
                prop_assert_eq!(listing.grades[grade as usize] as usize, expected);
            }
        }
    }
}

#[test]
fn an_unknown_barcode_finds_nothing_and_a_barcode_of_any_length_is_found() {
    let folder = tempfile::tempdir().expect("tempdir");
    let long = Product::new(Barcode::from_number(u128::from(u64::MAX) + 5), "long");
    let short = product(4, "its lower word is that of the long one");
    let snapshot = built(folder.path(), 1, &[long.clone(), short.clone()]);

    assert_eq!(snapshot.find(long.code).and_then(|doc| snapshot.code(doc)), Some(long.code));
    assert_eq!(snapshot.find(short.code).and_then(|doc| snapshot.code(doc)), Some(short.code));
    assert_eq!(snapshot.find(Barcode::from_number(5)), None);
}

#[test]
fn an_empty_catalogue_answers_everything_with_nothing() {
    let folder = tempfile::tempdir().expect("tempdir");
    let snapshot = built(folder.path(), 1, &[]);

    assert!(snapshot.is_empty() && snapshot.taxonomy().is_empty());
    assert_eq!(snapshot.find(spread().code), None);
    assert_eq!(snapshot.category(CategoryId(0), 0, 10).count, 0);
    assert_eq!(snapshot.card(Doc(3), Lang::EN).name, "");
}

#[test]
fn a_category_lists_all_below_it_the_healthiest_first() {
    let folder = tempfile::tempdir().expect("tempdir");
    let mut implausible = filed(6, Grade::A, -10, &TAGS[..1]);
    implausible.implausible = Some(crate::food::product::Implausibility::NutrientSum);
    let mut popular = filed(7, Grade::B, 1, &TAGS[..2]);
    popular.popularity = 9;
    let products = [
        filed(1, Grade::D, 12, &TAGS[..3]),
        filed(2, Grade::B, 2, &TAGS[..2]),
        filed(3, Grade::B, 1, &TAGS[..3]),
        Product { categories: vec![TAGS[0].to_owned()], ..product(4, "ungraded") },
        filed(5, Grade::A, -1, &TAGS[3..4]),
        implausible,
        popular,
    ];
    let snapshot = built(folder.path(), 1, &products);
    let spreads = snapshot.taxonomy().id(TAGS[0]).expect("spreads");

    let listing = snapshot.category(spreads, 0, 10);

    assert_eq!(codes(&snapshot, &listing.docs), [7, 3, 2, 1, 4, 6]);
    assert_eq!((listing.count, listing.grades), (6, [1, 3, 0, 1, 0]));
    assert_eq!(codes(&snapshot, &snapshot.category(spreads, 2, 2).docs), [2, 1]);
}

#[test]
fn a_large_category_is_counted_in_full_and_lists_its_healthiest() {
    let folder = tempfile::tempdir().expect("tempdir");
    let count = 2 * LISTED_MAX as u64 + 200;
    let products: Vec<_> = (0..count)
        .map(|number| {
            filed(number + 1, if number % 10 == 9 { Grade::A } else { Grade::E }, (number % 7) as i8, &TAGS[..1])
        })
        .collect();
    let snapshot = built(folder.path(), 1, &products);
    let listing = snapshot.category(CategoryId(0), 0, usize::MAX);

    assert_eq!(u64::from(listing.count), count);
    assert_eq!(u64::from(listing.grades[0]), count / 10);
    assert_eq!(listing.docs.len(), LISTED_MAX);
    let mut expected: Vec<&Product> = products.iter().collect();
    expected.sort_by_key(|product| (product.nutri_score.grade(), product.nutri_score.score(), product.code));
    let expected: Vec<_> = expected[..LISTED_MAX].iter().map(|product| product.code.number()).collect();
    assert_eq!(codes(&snapshot, &listing.docs), expected);
}

#[test]
fn categories_come_with_all_above_them_from_general_to_specific() {
    let folder = tempfile::tempdir().expect("tempdir");
    let node = |tag: &str, parents: &[&str]| Node {
        tag: tag.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        names: vec![(Lang::EN, format!("name of {tag}"))],
        ..Node::default()
    };
    let known = Taxonomy::new([
        node("en:jams", &["en:sweet-spreads"]),
        node("en:spreads", &[]),
        node("en:sweet-spreads", &["en:spreads"]),
        node("en:unused", &[]),
    ]);
    let jam = filed(1, Grade::C, 5, &["en:jams", "en:made-up"]);

    let snapshot = build(folder.path(), 1, Origin::Starter, 0, Some(&known), |add| add(jam)).expect("build");

    let card = snapshot.card(Doc(0), Lang::EN);
    let tags: Vec<_> = card.categories.iter().map(|id| snapshot.taxonomy().tag(*id)).collect();
    assert_eq!(tags, ["en:made-up", "en:spreads", "en:sweet-spreads", "en:jams"]);
    assert_eq!(snapshot.taxonomy().id("en:unused"), None);
    let named = |tag| snapshot.taxonomy().name(snapshot.taxonomy().id(tag).expect(tag), Lang::FR);
    assert_eq!((named("en:jams"), named("en:made-up")), ("name of en:jams", "Made up"));
}

#[test]
fn a_tag_that_the_taxonomy_lacks_does_not_keep_a_product_from_being_placed_by_its_name() {
    let folder = tempfile::tempdir().expect("tempdir");
    let node = |tag: &str, parents: &[&str], names: &[&str]| Node {
        tag: tag.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        names: names.iter().map(|&name| (Lang::EN, name.to_owned())).collect(),
        ..Node::default()
    };
    let known =
        Taxonomy::new([node("en:dairies", &[], &["Dairies"]), node("en:cheeses", &["en:dairies"], &["Cheeses"])]);
    let salty = Product {
        names: vec![Text { lang: Lang(*b"pl"), text: "Ser owczy".to_owned() }],
        nutrition: Nutrition::default().with(Nutrient::Salt, 3.0),
        ..filed(1, Grade::E, 22, &["en:dairies", "pl:ser-owczy"])
    };
    let fresh = Product {
        names: vec![Text { lang: Lang::EN, text: "Fresh cheese".to_owned() }],
        nutrition: Nutrition::default().with(Nutrient::Salt, 0.5),
        ..filed(2, Grade::A, -1, &["en:dairies", "en:cheeses"])
    };

    let snapshot = build(folder.path(), 1, Origin::OpenFoodFacts, 0, Some(&known), |add| {
        [salty.clone(), fresh].into_iter().try_for_each(add)
    })
    .expect("build");

    let answer = snapshot.substitutes(snapshot.find(salty.code).expect("original"), &Wishes::default());
    assert_eq!(answer.status, Status::Found);
}

#[test]
fn a_product_is_found_by_its_name_its_brand_and_its_category() {
    let folder = tempfile::tempdir().expect("tempdir");
    let snapshot = built(folder.path(), 1, &[spread(), product(2, "lemonade")]);
    let doc = snapshot.find(spread().code).expect("spread");

    for text in ["pâte à tartiner", "noisettine", "hazelnut spreads", "3017620000001"] {
        assert_eq!(snapshot.search(&looking_for(text)).docs, [doc], "{text}");
    }
}

#[test]
fn a_better_product_of_the_same_category_is_a_substitute() {
    let folder = tempfile::tempdir().expect("tempdir");
    let better = Product { nutrition: nutrition(9.0), ..filed(2, Grade::A, -2, &TAGS[..3]) };
    let original = Product { nutrition: nutrition(50.0), ..spread() };
    let snapshot = built(folder.path(), 1, &[original.clone(), better.clone()]);

    let answer = snapshot.substitutes(snapshot.find(original.code).expect("original"), &Wishes::default());

    let codes = codes(&snapshot, &answer.substitutes.iter().map(|found| Doc(found.doc)).collect::<Vec<_>>());
    assert_eq!((answer.status, codes), (Status::Found, vec![better.code.number()]));
}

#[test]
fn what_the_ingredients_name_without_its_being_declared_is_avoided_too() {
    let folder = tempfile::tempdir().expect("tempdir");
    let ingredients = Text { lang: Lang::FR, text: "sucre, lait écrémé en poudre, lécithine de soja".to_owned() };
    let soya = Allergens::from(Allergen::Soybeans);
    let better = Product {
        nutrition: nutrition(9.0),
        allergens: Some(soya),
        ingredients_text: Some(ingredients),
        ..filed(2, Grade::A, -2, &TAGS[..3])
    };
    let original = Product { nutrition: nutrition(50.0), ..spread() };
    let snapshot = built(folder.path(), 1, &[original.clone(), better]);
    let asked = |without| {
        let wishes = Wishes { without, ..Wishes::default() };
        snapshot.substitutes(snapshot.find(original.code).expect("original"), &wishes)
    };

    let without_milk = asked(Allergens::from(Allergen::Milk));

    assert_eq!((without_milk.status, without_milk.hidden.allergen), (Status::NoneFound, 1));
    assert_eq!(asked(Allergens::from(Allergen::Fish)).status, Status::Found);
}

fn nutrition(sugars_g: f64) -> Nutrition {
    Nutrition {
        energy_kj: Some(Amount::labelled(1_000.0)),
        fat_g: Some(Amount::labelled(5.0)),
        saturated_fat_g: Some(Amount::labelled(1.0)),
        carbohydrates_g: Some(Amount::labelled(50.0)),
        sugars_g: Some(Amount::labelled(sugars_g)),
        proteins_g: Some(Amount::labelled(5.0)),
        salt_g: Some(Amount::labelled(0.1)),
        ..Nutrition::default()
    }
}

#[test]
fn readers_finish_on_the_old_snapshot_while_a_newer_one_is_swapped_in() {
    let folder = tempfile::tempdir().expect("tempdir");
    let catalogue = Catalogue::new(built(folder.path(), 1, &[product(1, "old")]));
    let held: Arc<Snapshot> = catalogue.snapshot();

    for generation in 2..=4 {
        catalogue.swap(built(folder.path(), generation, &[product(1, "new"), product(2, "newer")]));
    }

    assert!(!generations::path(folder.path(), 1).exists());
    assert_eq!(held.card(Doc(0), Lang::EN).name, "old");
    held.verify().expect("still whole");
    assert_eq!((catalogue.snapshot().generation(), catalogue.snapshot().len()), (4, 2));
}

type Source<'a> = &'a mut dyn FnMut(&mut dyn FnMut(Product) -> Result<(), BuildError>) -> Result<(), BuildError>;

#[test]
fn a_failed_build_leaves_the_catalogue_as_it_was() {
    let folder = tempfile::tempdir().expect("tempdir");
    built(folder.path(), 1, &[spread()]);
    let mut failures: Vec<BuildError> = Vec::new();
    let mut fail = |products: Source<'_>| {
        failures.push(build(folder.path(), 2, Origin::OpenFoodFacts, 0, None, products).expect_err("refused"));
    };

    fail(&mut |add| {
        add(spread())?;
        Err(BuildError::Source("the store is gone".into()))
    });
    fail(&mut |add| {
        add(spread())?;
        add(Product { popularity: 1, ..spread() })
    });

    assert!(matches!(failures[..], [BuildError::Source(_), BuildError::CodeTwice(code)] if code == spread().code));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    assert_eq!(left, [generations::path(folder.path(), 1)]);
    let again = build(folder.path(), 1, Origin::OpenFoodFacts, 0, None, |_| Ok(()));
    assert!(matches!(again, Err(BuildError::GenerationExists(1))));
}

/// `/dev/full` refuses every byte as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_whatever_is_being_written() {
    for file in ["run-0000", "cards", UNFINISHED] {
        let scratch = tempfile::tempdir().expect("tempdir");
        std::os::unix::fs::symlink("/dev/full", scratch.path().join(file)).expect("link");
        let header = Header { generation: 2, origin: Origin::OpenFoodFacts, built_t: 0, count: 0 };

        let refusal = write(scratch.path(), header, None, |add| add(spread())).expect_err(file);

        assert!(matches!(&refusal, BuildError::DiskFull { path } if path.starts_with(scratch.path())), "{refusal}");
    }
}

#[test]
fn a_damaged_byte_anywhere_is_noticed() {
    let folder = tempfile::tempdir().expect("tempdir");
    drop(built(folder.path(), 1, &[spread(), filed(2, Grade::A, -2, &TAGS[..2])]));
    let path = generations::path(folder.path(), 1);
    let whole = fs::read(&path).expect("read");
    let altered = folder.path().join("altered");

    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&altered, bytes).expect("write");
        let verdict = Snapshot::open(&altered).and_then(|snapshot| {
            // A damaged snapshot that is in use already answers with less, and never panics.
            read_everything(&snapshot);
            snapshot.verify()
        });
        assert!(verdict.is_err(), "byte {at} of {}", whole.len());
    }
}

fn read_everything(snapshot: &Snapshot) {
    for doc in (0..snapshot.len() as u32).take(5) {
        snapshot.substitutes(Doc(doc), &Wishes::default());
        snapshot.card(Doc(doc), Lang::FR);
        snapshot.facts().countries(doc);
    }
    for category in snapshot.taxonomy().ids().take(5) {
        snapshot.category(category, 0, 10);
    }
    snapshot.find(spread().code);
    snapshot.search(&looking_for("noisettine tartiner"));
    snapshot.search(&looking_for("tartimer"));
}
